"""Options posted by the definitions page: kept, refused beside the option, and never a crash."""

import html
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.admin.definitions.options_widget import read_json, schemas
from dynadmin.fieldtypes import field_types
from dynadmin.models import DynamicModel
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of

DEEP = "[" * 5000 + "]" * 5000

JUNK = {
    "no JSON": "{max_length: 3}",
    "a list": "[1, 2]",
    "a text": '"max_length"',
    "a number": "3",
    "true": "true",
    "cut off": '{"max_length": ',
    "NaN": '{"max_length": NaN}',
    "beyond floats": '{"max_length": 1e999}',
    "thousands of digits": '{"max_length": ' + "9" * 5000 + "}",
    "many digits": '{"max_length": ' + "9" * 400 + "}",
    "deep": DEEP,
    "deep in an option": '{"default": ' + DEEP + "}",
    "an object in a number": '{"max_length": {"a": 1}}',
    "a list in a number": '{"max_length": [1]}',
    "a list in a checkbox": '{"blank": []}',
    "a text in a checkbox": '{"blank": "yes"}',
    "an object in a text": '{"help_text": {"a": 1}}',
    "unknown key": '{"max_lenght": 3}',
    "key of markup": '{"<script>alert(1)</script>": 3}',
    "key of half a surrogate pair": '{"\\ud800": 3}',
    "half a surrogate pair": '{"help_text": "\\ud800"}',
    "NUL": '{"help_text": "\\u0000"}',
    "null": '{"max_length": null}',
    "negative": '{"max_length": -1}',
    "default too long": '{"max_length": 1, "default": "ab"}',
}


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.mark.parametrize("case", JUNK)
def test_options_of_a_wrong_shape_are_a_message_and_kept(browser, case):
    response = browser.post(page_url("add"), form_data(field_row("A", options=JUNK[case]), label="Flights"))

    assert errors_on(response)["fields-0-options"]
    kept = response.context["inline_admin_formsets"][0].formset.forms[0]["options"].value()
    assert read_json(kept) == read_json(JUNK[case])
    assert not DynamicModel.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "null", "{}"])
def test_no_options_are_the_usual_ones(browser, text):
    browser.post(page_url("add"), form_data(field_row("A", options=text), label="Flights"))

    assert DynamicModel.objects.get().fields.get().options["max_length"] == 255


def shown_errors(response) -> dict:
    """Return the errors that the editor shows, by option."""
    widget = response.context["inline_admin_formsets"][0].formset.forms[0].fields["options"].widget
    return {option: [str(message) for message in messages] for option, messages in widget.error_map.items()}


def test_an_error_of_an_option_shows_beside_it_and_nowhere_else(browser):
    options = {"max_length": 1, "default": "ab"}

    response = browser.post(page_url("add"), form_data(field_row("A", options=options), label="Flights"))

    [message] = shown_errors(response)["default"]
    assert html.unescape(response.content.decode()).count(message) == 1
    assert set(shown_errors(response)) == {"default"}


def test_an_error_of_no_known_option_shows_above_the_editor(browser):
    row = field_row("A", options={"<b>": 1})

    page = browser.post(page_url("add"), form_data(row, label="Flights")).content.decode()

    assert "There is no option “&lt;b&gt;” here." in page
    assert "<b>” here" not in page


def test_options_are_kept_as_their_form_has_cleaned_them(browser):
    row = field_row("A", type="int", options={"min_value": 3, "max_value": None, "help_text": ""})

    browser.post(page_url("add"), form_data(row, label="Flights"))

    field = DynamicModel.objects.get().fields.get()
    assert field.options == field.field_type.clean_options({"min_value": 3})


def test_a_type_that_is_not_installed_is_kept_and_named(browser, tables):
    table = tables.define("flights", carrier="char")
    table.fields.update(type="gone")

    page = browser.get(page_url("change", table.pk)).content.decode()
    response = browser.post(page_url("change", table.pk), form_data(*rows_of(table), definition=table))

    assert "gone (not installed)" in page
    assert "no field type “gone”" in errors_on(response)["fields-0-type"][0]


@pytest.mark.django_db
def test_every_type_has_a_schema_without_what_the_editor_cannot_do():
    assert list(schemas()) == [field_type.slug for field_type in field_types]
    text = json.dumps(schemas())
    assert not any(f'"{word}"' in text for word in ("oneOf", "anyOf", "$ref"))


def test_the_schemas_are_on_the_page_once_however_many_fields(browser, tables):
    few = tables.define("few", **{f"field{n}": "char" for n in range(2)})
    many = tables.define("many", **{f"field{n}": "char" for n in range(100)})

    pages = [browser.get(page_url("change", table.pk)).content.decode() for table in (few, many)]

    assert pages[0].count('"helpText"') == pages[1].count('"helpText"') > 10
    assert pages[1].count('<li class="field-card') == 101  # one is the template of new ones


def test_saving_takes_the_same_queries_however_many_fields(browser, tables):
    counts = []
    for size in (2, 40):
        table = tables.make(f"table{size}", **{f"field{n}": "char" for n in range(size)})
        with CaptureQueriesContext(connection) as queries:
            browser.post(page_url("change", table.pk), form_data(*rows_of(table), definition=table))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_hundred_fields_are_saved_at_once(browser):
    rows = [field_row(f"Field {n}", type="int", position=n) for n in range(100)]

    browser.post(page_url("add"), form_data(*rows, label="Wide"))

    assert len(DynamicModel.objects.get().django_model._meta.fields) == 101
