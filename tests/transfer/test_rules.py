"""Rules on whole rows in imports: refused by line, within the file and against the table."""

import pytest

from tests.test_rules import add_rule

TAKEN = "Another row has the same “Carrier” and “Flight”."
LATE = "“Departure” must be earlier than “Arrival”."
SMALL = "“Seats” must be at least 1."


@pytest.fixture
def trips(tables):
    table = tables.define(
        "trips",
        carrier=("char", {"max_length": 5}),
        flight="int",
        departure="time",
        arrival="time",
        seats="int",
    )
    add_rule(table, "unique", "carrier", "flight")
    add_rule(table, "check", "departure", operator="<", other="arrival")
    add_rule(table, "check", "seats", operator=">=", value="1")
    table.sync()
    model = table.django_model
    model.objects.create(carrier="UA", flight=1, departure="10:00", arrival="12:00")
    model.objects.create(carrier="UA", flight=2, departure="13:00", arrival="14:00")
    return model


def refused(result):
    return {row.line: row.reasons for row in result.refused}


@pytest.mark.parametrize("dry_run", [True, False])
def test_rows_that_break_a_rule_are_refused_by_line(load, trips, dry_run):
    content = (
        "carrier,flight,departure,arrival,seats\n"
        "UA,1,,,\n"
        "AA,1,10:00,09:00,\n"
        "AA,2,10:00,,0\n"
        "AA,3,,,5\n"
        "AA,3,,,6\n"
        "AA,,,,\n"
        "AA,,,,\n"
    )
    result = load(trips, content, dry_run=dry_run, skip_refused=True)

    assert refused(result) == {
        2: {"": (TAKEN,)},
        3: {"": (LATE,)},
        4: {"seats": (SMALL,)},
        6: {"": ("The row at line 5 has the same Carrier and Flight.",)},
    }
    assert result.totals.created == 3
    assert trips.objects.count() == (2 if dry_run else 5)


def test_what_the_file_says_of_a_row_is_judged_with_the_rest_of_it(load, trips):
    first, second = trips.objects.order_by("pk")
    content = f"id,flight,arrival\n{first.pk},1,09:30\n{second.pk},1,15:00\n"

    result = load(trips, content, key=["id"], skip_refused=True)

    assert refused(result) == {2: {"": (LATE,)}, 3: {"": (TAKEN,)}}


def test_a_file_in_which_every_line_breaks_a_rule_costs_no_more_statements(
    load, trips, django_assert_max_num_queries
):
    lines = "".join(f"AA,{n},10:00,09:00\n" for n in range(500))

    with django_assert_max_num_queries(60):
        result = load(trips, "carrier,flight,departure,arrival\n" + lines, skip_refused=True)

    assert result.totals.refused == 500


def test_rows_found_by_the_combination_are_changed(load, trips):
    result = load(trips, "carrier,flight,seats\nUA,1,9\nUA,3,7\n", key=["carrier", "flight"])

    assert (result.totals.changed, result.totals.created, result.totals.refused) == (1, 1, 0)
