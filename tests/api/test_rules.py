"""Rules on whole rows at the API: refused in words, whatever part of a row is sent."""

import pytest

from tests.api.test_races import after_query
from tests.test_rules import add_rule

URL = "/api/tables/trips/"
TAKEN = "Another row has the same “Carrier” and “Flight”."
LATE = "“Departure” must be earlier than “Arrival”."


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
    table.sync()
    table.django_model.objects.create(carrier="UA", flight=1, departure="10:00", arrival="12:00")
    table.django_model.objects.create(carrier="UA", flight=2)
    return table


def sent(client, method, url, data):
    return getattr(client, method)(url, data, content_type="application/json")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"carrier": "UA", "flight": 2}, TAKEN),
        ({"departure": "10:00", "arrival": "10:00"}, LATE),
    ],
)
def test_a_new_row_that_breaks_a_rule_is_refused_in_words(admin, trips, values, words):
    answer = sent(admin, "post", URL, values)

    assert (answer.status_code, answer.json()["detail"]) == (400, words)
    assert trips.django_model.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [({"flight": 2}, TAKEN), ({"departure": "12:00"}, LATE), ({"arrival": "09:00"}, LATE)],
)
def test_a_part_of_a_row_is_judged_with_the_rest_of_it(admin, trips, values, words):
    row = trips.django_model.objects.get(flight=1)

    answer = sent(admin, "patch", f"{URL}{row.pk}/", values)

    assert (answer.status_code, answer.json()["detail"]) == (400, words)


def test_a_part_that_keeps_the_rules_is_saved(admin, trips):
    row = trips.django_model.objects.get(flight=1)

    for values in ({"flight": 3}, {"arrival": "11:00"}, {"departure": None}, {"seats": 5}):
        assert sent(admin, "patch", f"{URL}{row.pk}/", values).status_code == 200


def test_who_comes_second_with_a_combination_is_told_so(admin, trips):
    model = trips.django_model

    with after_query(f'FROM "{model._meta.db_table}"', lambda: model.objects.create(carrier="AA", flight=7)):
        answer = sent(admin, "post", URL, {"carrier": "AA", "flight": 7})

    assert (answer.status_code, answer.json()["detail"]) == (400, TAKEN)
