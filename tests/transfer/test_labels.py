"""Exports for people: labels of choices, what rows are called, labels of fields."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from dynadmin.schema import target_of
from dynadmin.transfer.exporter import export_rows

pytestmark = pytest.mark.django_db(transaction=True)

COLORS = {"choices": [{"value": "r", "label": "Red"}, {"value": "g", "label": "Green"}]}


@pytest.fixture
def things(tables):
    """Rows of things with a colour, a maker and tags."""
    makers = tables.make("makers", title=("char", {"unique": True}))
    tags = tables.make("tags", code=("char", {"unique": True}))
    table = tables.make(
        "things",
        color=("choice", COLORS),
        colors=("multichoice", COLORS),
        maker=("foreignkey", {"target": target_of(makers.pk)}),
        tags=("manytomany", {"target": target_of(tags.pk)}),
    )
    model = table.django_model
    for field in table.fields.all():
        table.fields.filter(pk=field.pk).update(label=field.name.title())
    table.sync()
    model = table.django_model
    row = model.objects.create(
        color="r", colors=["r", "g"], maker=makers.django_model.objects.create(title="ACME")
    )
    row.tags.add(tags.django_model.objects.create(code="a;b"), tags.django_model.objects.create(code="c"))
    model.objects.create(color="g")
    return model


def test_labels_are_what_people_read(things):
    text = b"".join(export_rows(things.objects.all(), labels=True)).decode()

    header, first, second = csv.reader(io.StringIO(text))
    assert header[1:] == ["Color", "Colors", "Maker", "Tags"]
    assert first[1:] == ["Red", "Red; Green", "ACME", '"a;b"; c']
    assert second[1:] == ["Green", "", "", ""]


@pytest.mark.parametrize("format", ["json", "parquet", "xlsx", "ndjson"])
def test_all_formats_have_them(things, format):
    assert b"".join(export_rows(things.objects.all(), labels=True, format=format))


def test_labels_are_texts_in_json(things):
    [row, _other] = json.loads(b"".join(export_rows(things.objects.all(), labels=True, format="json")))

    assert row["Colors"] == "Red; Green"


def test_fields_of_the_same_label_keep_their_names(things):
    for field in things._meta.local_concrete_fields:
        field.verbose_name = "Same"

    text = b"".join(export_rows(things.objects.all(), labels=True, fields=["color", "colors"])).decode()

    assert text.splitlines()[0] == "color,colors"


def test_labels_of_fields_are_no_formulas_in_a_spreadsheet(tables):
    table = tables.define("sums", size="int")
    table.fields.update(label="=1+1")
    table.sync()
    rows = table.django_model.objects.all()

    text, raw = (
        b"".join(export_rows(rows, labels=True, fields=["size"], escape=escape)).decode()
        for escape in (True, False)
    )
    book = load_workbook(
        io.BytesIO(b"".join(export_rows(rows, labels=True, fields=["size"], escape=False, format="xlsx")))
    )

    assert (text.split(), raw.split()) == (["'=1+1"], ["=1+1"])
    assert (book.active["A1"].data_type, book.active["A1"].value) == ("s", "=1+1")
