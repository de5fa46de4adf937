"""A table made from columns of another."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin.exceptions import RefusedChange
from dynadmin.models import DynamicModel, SchemaRevision, extract, foresee_extraction, undo
from dynadmin.models.extracting import steps

ROWS = [("UA", "United", 1), ("AA", "American", 2), ("UA", "United", 3), ("", "", 4), ("B6", "", 5)]


def fill(table, rows):
    model = table.django_model
    model.objects.bulk_create(model(carrier=c, carrier_name=n, number=i) for c, n, i in rows)


def make(tables, rows=ROWS):
    table = tables.make("flights", carrier="char", carrier_name="char", number="int")
    fill(table, rows)
    return table


def values(table, *names):
    return list(table.django_model.objects.order_by("number").values_list(*names))


def test_distinct_combinations_become_rows_and_the_columns_a_relation(tables):
    flights = make(tables)

    airlines = flights.extract(["carrier", "carrier_name"], name="airlines", label="Airlines")

    told = list(airlines.django_model.objects.order_by("carrier").values_list("carrier", "carrier_name"))
    assert told == [("AA", "American"), ("B6", ""), ("UA", "United")]
    assert values(flights, "number", "carrier__carrier_name") == [
        (1, "United"),
        (2, "American"),
        (3, "United"),
        (4, None),
        (5, ""),
    ]
    assert [field.name for field in flights.fields.order_by("position")] == ["carrier", "number"]
    assert airlines.django_model.objects.get(carrier="UA").flights.count() == 2


def test_what_would_happen_is_told_before(tables):
    flights = make(tables, [*ROWS, ("UA", "Untied", 6), ("", "Lost", 7)])

    found = foresee_extraction(flights, ["carrier", "carrier_name"])

    assert (found.rows, found.conflicting, found.without_key) == (3, 1, 2)
    assert found.samples[0] == ("AA", "American")
    [conflict] = found.conflicts
    assert (conflict.key, conflict.others) == ("UA", (("United",), ("Untied",)))
    assert DynamicModel.objects.count() == 1


def test_conflicts_stop_it_unless_the_first_is_taken(tables):
    flights = make(tables, [*ROWS, ("UA", "Untied", 6)])

    with pytest.raises(RefusedChange, match="UA: United / Untied"):
        flights.extract(["carrier", "carrier_name"], name="airlines")
    airlines = flights.extract(["carrier", "carrier_name"], name="airlines", conflicts="first")

    assert airlines.django_model.objects.get(carrier="UA").carrier_name == "United"


def test_undo_brings_the_columns_back(tables):
    flights = make(tables)
    before = values(flights, "carrier", "carrier_name", "number")
    flights.extract(["carrier", "carrier_name"], name="airlines")

    undo(SchemaRevision.objects.latest("pk"))

    assert values(flights, "carrier", "carrier_name", "number") == before


@pytest.mark.parametrize("step", ["_fill", "_refer"])
def test_called_again_it_goes_on_where_it_ended(tables, monkeypatch, step):
    flights = make(tables)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, step, die)
        with pytest.raises(KeyboardInterrupt):
            flights.extract(["carrier", "carrier_name"], name="airlines")
    fill(flights, [("DL", "Delta", 6)])
    airlines = extract(flights, ["carrier", "carrier_name"], name="airlines")

    assert airlines.django_model.objects.count() == 4
    assert values(flights, "carrier__carrier_name")[-1] == ("Delta",)


REFUSED = {
    "none": ([], "at least one"),
    "twice": (["carrier", "carrier"], "each once"),
    "unknown": (["ghost"], "“ghost” is no column"),
    "all": (["carrier", "carrier_name", "number"], "the whole table"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_columns_of_which_no_table_can_be_made_are_refused(tables, case):
    names, message = REFUSED[case]

    with pytest.raises(RefusedChange, match=message):
        make(tables).extract(names, name="airlines")


@pytest.mark.parametrize("type", ["float", "time", "duration", "bool"])
def test_what_does_not_tell_rows_is_refused_before_anything_is_made(tables, type):
    flights = tables.make("flights", carrier=type, number="int")

    with pytest.raises(RefusedChange, match="cannot be told by “Carrier”"):
        flights.extract(["carrier"], name="airlines")

    assert DynamicModel.objects.count() == 1


def test_what_a_conversion_takes_for_empty_tells_no_row(tables):
    flights = make(tables, [("  ", "Nobody", 1), ("UA", "United", 2), ("", "No one", 3), ("\t", "", 4)])

    found = foresee_extraction(flights, ["carrier", "carrier_name"])
    airlines = flights.extract(["carrier", "carrier_name"], name="airlines")

    assert (found.rows, found.without_key) == (1, 3)
    assert list(airlines.django_model.objects.values_list("carrier", flat=True)) == ["UA"]


def test_changes_that_wait_are_neither_applied_with_it_nor_given_up(tables):
    flights = make(tables)
    flights.fields.filter(name="number").delete()

    with pytest.raises(RefusedChange, match="wait to be applied"):
        flights.extract(["carrier", "carrier_name"], name="airlines")

    assert DynamicModel.objects.count() == 1
    assert not flights.fields.filter(name="number").exists()


def test_the_relation_is_required_and_explained_as_the_column_was(tables):
    options = {"blank": False, "unique": True, "help_text": "Two letters"}
    flights = tables.make("flights", carrier=("char", options), number="int")
    flights.django_model.objects.create(carrier="UA", number=1)

    flights.extract(["carrier"], name="airlines")

    carrier = flights.django_model._meta.get_field("carrier")
    assert (carrier.blank, carrier.unique, carrier.help_text) == (False, True, "Two letters")


def test_a_table_of_that_name_with_other_fields_is_not_touched(tables):
    flights = make(tables)
    tables.make("airlines", code="char")

    with pytest.raises(RefusedChange, match="already, with other fields"):
        flights.extract(["carrier"], name="airlines")


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    codes=st.lists(st.sampled_from(["A", "a", "B ", "É", "E", "", "Z;", "'x"]), min_size=1, max_size=8),
)
def test_every_row_refers_to_what_it_had(tables, codes):
    for name in ("flights", "airlines"):
        if old := DynamicModel.objects.filter(name=name).first():
            old.retire(with_references=True)
    flights = make(tables, [(code.strip(), f"name of {code.strip()}", n) for n, code in enumerate(codes)])

    flights.extract(["carrier", "carrier_name"], name="airlines")

    assert [carrier or "" for carrier, _ in values(flights, "carrier__carrier", "number")] == [
        code.strip() for code in codes
    ]
