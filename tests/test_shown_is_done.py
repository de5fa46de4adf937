"""What a preview lists row by row is what the rows then hold, on either engine and for each type."""

import pytest

from dynadmin import executor
from dynadmin.fieldtypes.cells import to_text
from dynadmin.registry import registry
from tests.admin.plan_page import draft

TEXTS = [
    "", "7", " 7 ", "-7", "007", "1,200.00", "1.5", "1.005", "(3.20)", "€ 12.00", "25%", "٣٤", "１２",
    "1e3", "inf", "-Infinity", "NaN", "99999999999", "1" * 30, "yes", "No", "true", "0", "2013-01-02",
    "2013-02-30", "0001-01-01", "9999-12-31", "2013-01-02 03:04", "2013-01-02T03:04:05+02:00", "03:04:05",
    "1357000000", "3 days", "open", "Open", "closed; open", "[1, 2]", '{"a": 1}', "null", "::1", "127.0.0.1",
    "5f3c2a6e-7f50-4c6e-9b1f-0a4f6f1f0d11", "a@example.com", "https://example.com/", "some-slug", "∅", "=1+1",
    "ß", "İ", "\u200b", "x" * 60,
]  # fmt: skip
OPEN_CLOSED = {"choices": [{"value": "open", "label": "Open"}, {"value": "closed", "label": "Shut"}]}
TYPES = {
    "char": {"max_length": 5},
    "text": {},
    "int": {},
    "bigint": {"min_value": 0},
    "float": {},
    "decimal": {"max_digits": 8, "decimal_places": 2},
    "bool": {},
    "choice": OPEN_CLOSED,
    "multichoice": OPEN_CLOSED,
    "date": {},
    "time": {},
    "datetime": {},
    "duration": {},
    "uuid": {},
    "ip": {},
    "json": {},
    "email": {},
    "url": {},
    "slug": {},
}


def texts_in(table):
    """Return the values of the field by the ids of rows, as texts of files."""
    model = table.django_model
    field = model._meta.get_field("value")
    rows = model.objects.order_by("pk").values_list("pk", "value")
    return {pk: to_text(field, value) for pk, value in rows}


def answers_to(questions):
    """Return the first answer to each question."""
    return {question.id: question.choices[0][0] for question in questions}


def decided(table, type):
    """Return arguments of a plan in which all is answered, and texts that do not fit are kept."""
    arguments = {"on_failure": {"value": "keep"}, "answers": {}}
    for _round in range(5):
        (report,) = executor.preview(table.plan(**arguments)).reports
        if not report.open_questions:
            return arguments
        arguments["answers"]["value"] = {**report.choices.answers, **answers_to(report.open_questions)}
    raise AssertionError(f"questions without end: {type}")


@pytest.mark.parametrize("type", TYPES)
def test_rows_hold_afterwards_what_was_listed_before(tables, type):
    apply_and_compare(tables, type)


@pytest.mark.parametrize("type", ["char", "int", "date", "multichoice", "json"])
def test_so_do_those_of_a_large_table(tables, type, settings):
    settings.DYNADMIN = {"ONLINE_ROWS": 10}
    apply_and_compare(tables, type)


def apply_and_compare(tables, type):
    table = tables.make("samples", value=("char", {"max_length": 60}), other="int")
    model = table.django_model
    model.objects.bulk_create(model(value=text) for text in TEXTS)
    before = texts_in(table)
    draft(table, "value", type, **TYPES[type])
    arguments = decided(table, type)
    found = executor.preview(table.plan(**arguments))
    (report,) = found.reports
    listed = {
        row.pk: row for row in executor.affected_rows(report.operation, table.plan(**arguments), report)
    }

    table.sync(**arguments, shown=found.digest)
    registry.refresh()

    after = texts_in(table)
    assert {pk: row.before for pk, row in listed.items()} == {pk: before[pk] for pk in listed}
    assert after == {pk: listed[pk].after if pk in listed else before[pk] for pk in before}
    assert report.changed + report.failed == len(listed)
    kept = dict(table.django_model.objects.exclude(value_original="").values_list("pk", "value_original"))
    assert kept == {pk: row.before for pk, row in listed.items() if row.reason}
