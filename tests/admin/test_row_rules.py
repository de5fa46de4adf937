"""Rules on whole rows in the form of a row: what is broken stands above the form, and the input stays."""

import pytest
from django.db.models.signals import pre_save

from dynadmin.registry import registry
from tests.admin.row_pages import RowPage, errors_of, url
from tests.admin.test_row_races import elsewhere
from tests.test_rules import add_rule

TAKEN = "Another row has the same “Carrier” and “Flight”."
LATE = "“Departure” must be earlier than “Arrival”."


@pytest.fixture
def trips(tables):
    table = tables.define(
        "trips", carrier=("char", {"max_length": 5}), flight="int", departure="time", arrival="time"
    )
    add_rule(table, "unique", "carrier", "flight")
    add_rule(table, "check", "departure", operator="<", other="arrival")
    table.sync()
    table.django_model.objects.create(carrier="UA", flight=1, departure="10:00", arrival="12:00")
    table.django_model.objects.create(carrier="UA", flight=2)
    return table


def opened(client, trips, flight=1) -> RowPage:
    return RowPage(client, url(trips, "change", trips.django_model.objects.get(flight=flight).pk))


@pytest.mark.parametrize(("name", "value", "words"), [("flight", "2", TAKEN), ("arrival", "09:00", LATE)])
def test_a_row_that_breaks_a_rule_is_not_saved_and_the_page_says_why(admin_client, trips, name, value, words):
    page = opened(admin_client, trips)
    page[name] = value

    response = page.save()

    assert errors_of(response) == words
    assert words in response.content.decode()
    assert page[name] == value
    assert not trips.django_model.objects.filter(**{name: value}, carrier="UA", departure="10:00").exists()


# On SQLite writers take turns, and the form's own check sees the combination.
@pytest.mark.only_on("postgresql")
def test_a_combination_taken_meanwhile_is_an_error_of_the_form(admin_client, trips):
    page = RowPage(admin_client, url(trips, "add"))
    page["carrier"], page["flight"] = "AA", "7"
    model = registry.current.model(trips.pk)

    def take(sender, **kwargs):
        pre_save.disconnect(take)
        elsewhere(lambda: model.objects.bulk_create([model(carrier="AA", flight=7)]))

    pre_save.connect(take)
    response = page.save()

    assert errors_of(response) == TAKEN
    assert page["flight"] == "7"


def test_what_two_people_change_of_one_row_is_judged_together(admin_client, trips):
    first, second = opened(admin_client, trips), opened(admin_client, trips)
    first["departure"], second["arrival"] = "11:30", "11:00"

    assert first.save().status_code == 302
    assert errors_of(second.save()) == LATE
