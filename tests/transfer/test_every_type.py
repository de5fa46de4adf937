"""Every type's values through files: what the model field says is what happens, as in forms and the API."""

import csv
import io
import json

import pytest
from django.core.exceptions import ValidationError

from dynadmin.fieldtypes.cells import from_text
from dynadmin.transfer import import_rows, open_source
from tests.fieldtypes.cases import CASES, Case

FILE_SLUGS = {"file", "image"}
every_case = pytest.mark.parametrize("case", [case for case in CASES if case.slug not in FILE_SLUGS], ids=str)


@pytest.fixture
def things(tables, request):
    """A table with one field, of the case."""
    case = request.getfixturevalue("case")
    return tables.make("things", label="Things", value=(case.slug, case.options)).django_model


def csv_of(texts: list[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([["value"], *([text] for text in texts)])
    return file.getvalue()


def is_storable(text: str) -> bool:
    """Whether the text can be in a file at all: half a pair has no bytes."""
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


def is_json(value) -> bool:
    try:
        return json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError, UnicodeError):
        return False


def is_filled_in(model) -> bool:
    field = model._meta.get_field("value")
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)


@every_case
def test_the_texts_of_valid_values_are_read(case: Case, things, load):
    for text, value in case.texts:
        if is_filled_in(things) and not text:
            continue
        result = load(things, csv_of([text]))

        assert result.refused == (), text
        assert things.objects.latest("pk").value == value, text


@every_case
def test_texts_are_refused_in_the_words_of_the_field(case: Case, things, load):
    field = things._meta.get_field("value")
    texts = [given for given, _message in case.invalid if isinstance(given, str) and is_storable(given)]
    texts = [text for text in texts if "\x00" not in text]

    for text in texts:
        with pytest.raises(ValidationError) as refusal:
            from_text(field, text)
        [row] = load(things, csv_of([text])).refused
        assert row.reasons == {"value": tuple(refusal.value.messages)}, text
    assert not things.objects.exists()


@every_case
def test_json_values_are_judged_as_the_api_judges_them(case: Case, things, load):
    field = things._meta.get_field("value")
    givens = [given for given, *_rest in (*case.valid, *case.invalid) if is_json(given)]

    for given in givens:
        if is_filled_in(things) and given in (None, ""):
            continue
        try:
            field.clean(given, None)
            is_legal = True
        except ValidationError:
            is_legal = False

        result = load(things, json.dumps([{"value": given}]), "rows.json", dry_run=True)

        assert (result.refused == ()) == is_legal, given


@every_case
@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "json", "ndjson", "parquet"])
def test_what_is_exported_imports_as_the_same_rows(case: Case, things, dump, format):
    things.objects.bulk_create(things(value=value) for _given, value, _text in case.valid)
    before = list(things.objects.order_by("pk").values())
    source = open_source(dump(things.objects.all(), format=format))
    assert import_rows(things, source).totals.skipped == len(before)
    things.objects.all().delete()

    result = import_rows(things, source)

    assert result.refused == ()
    assert list(things.objects.order_by("pk").values()) == before
