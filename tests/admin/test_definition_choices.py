"""Choices made from the values of a field that is to be chosen from a list."""

import json

import pytest
from django.contrib.auth.models import Permission

from dynadmin.admin.definitions.options_widget import read_json
from tests.admin.definition_page import errors_on, form_data, page_url, rows_of

VALUES = ["sky", "Red", "sky", "", "blue; sky", "two\nlines"]


@pytest.fixture
def colours(tables):
    table = tables.make("colours", label="Colours", colour=("text", {}), size="int")
    table.django_model.objects.bulk_create(
        table.django_model(colour=colour, size=number) for number, colour in enumerate(VALUES)
    )
    return table


def send(client, table, number, type, **options):
    """Send the page with another type of one field; return the options as they come back, and the message."""
    rows = rows_of(table)
    rows[number] |= {"type": type, "options": json.dumps(options)}
    response = client.post(page_url("change", table.pk), form_data(*rows, definition=table))
    form = response.context["inline_admin_formsets"][0].formset.forms[number]
    return read_json(form["options"].value()), " ".join(errors_on(response)[f"fields-{number}-options"])


def values_of(options):
    return [choice["value"] for choice in options["choices"]]


def test_a_choice_without_choices_is_offered_the_values_with_their_numbers(admin_client, colours):
    options, message = send(admin_client, colours, 0, "choice", help_text="Of the wall.", choices=[])

    assert values_of(options) == ["blue; sky", "Red", "sky"]
    assert options["help_text"] == "Of the wall."
    assert "sky (2), blue; sky (1), Red (1)." in message


def test_what_was_offered_is_taken(admin_client, colours):
    options, _message = send(admin_client, colours, 1, "choice", choices=[])
    rows = rows_of(colours)
    rows[1] |= {"type": "choice", "options": json.dumps(options)}

    admin_client.post(page_url("change", colours.pk), form_data(*rows, definition=colours))

    assert values_of(colours.fields.get(name="size").options) == list("012345")


def test_several_values_of_one_text_are_offered_each(admin_client, colours):
    options, message = send(admin_client, colours, 0, "multichoice", choices=[])

    assert values_of(options) == ["blue", "Red", "sky"]
    assert "sky (3), blue (1), Red (1)." in message


def test_choices_that_somebody_gave_are_left_alone(admin_client, colours):
    options, message = send(admin_client, colours, 0, "choice", choices=[{"value": ""}])

    assert options == {"choices": [{"value": ""}]}
    assert "sky" not in message


def test_who_may_not_see_rows_is_offered_none_of_their_values(client, django_user_model, colours):
    ada = django_user_model.objects.create_user("bob", is_staff=True)
    ada.user_permissions.set(Permission.objects.filter(codename__endswith="_dynamicmodel"))
    client.force_login(ada)

    options, message = send(client, colours, 0, "choice", choices=[])

    assert options == {"choices": []}
    assert "sky" not in message
