"""Exports: what they hold, that they stream, and that no text in them is a formula."""

import csv
import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pyarrow import parquet

from dynadmin.exceptions import BadColumns, BadFile, TransferError
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.writers import parquet as writing_parquet
from tests.staticapp.models import Flight, Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def flights():
    Flight.objects.bulk_create([Flight(flight=number, carrier="UA", dest="IAH") for number in (3, 1, 2)])
    return Flight.objects.all()


def rows_of(path, delimiter=","):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_the_order_and_the_columns_are_those_asked_for(flights, dump):
    path = dump(flights.order_by("-flight"), fields=["dest", "flight"])

    assert rows_of(path) == [["dest", "flight"], ["IAH", "3"], ["IAH", "2"], ["IAH", "1"]]


def test_without_a_choice_all_columns_are_there(flights, dump):
    assert rows_of(dump(flights))[0] == [field.name for field in Flight._meta.concrete_fields]


def test_filters_count(flights, dump):
    assert rows_of(dump(flights.filter(flight=2), fields=["flight"])) == [["flight"], ["2"]]


def test_tabs_separate_in_tsv(flights, dump):
    assert rows_of(dump(flights, format="tsv", fields=["flight", "dest"]), "\t")[1] == ["3", "IAH"]


def test_json_has_numbers_and_nothing_as_such(flights, dump):
    path = dump(flights, format="json", fields=["flight", "carrier", "year"])

    assert json.loads(path.read_text())[0] == {"flight": 3, "carrier": "UA", "year": None}


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "json", "parquet"])
def test_a_table_without_rows_gives_a_file_with_a_header(dump, format):
    assert dump(Flight.objects.all(), format=format).stat().st_size


def test_ndjson_has_an_object_a_line(flights, dump):
    path = dump(flights, format="ndjson", fields=["flight", "carrier"])

    assert [json.loads(line)["flight"] for line in path.read_text().splitlines()] == [3, 1, 2]


def test_parquet_has_the_types_of_the_fields(dump):
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
    Item.objects.create(code="A", price="1.50", moment=moment, day="2024-01-02", data={"a": [1]}, weight=0.5)

    table = parquet.read_table(dump(Item.objects.all(), format="parquet"))

    [row] = table.select(["code", "price", "moment", "day", "weight", "is_sold"]).to_pylist()
    assert row == {
        "code": "A",
        "price": Decimal("1.50"),
        "moment": moment,
        "day": datetime.date(2024, 1, 2),
        "weight": 0.5,
        "is_sold": False,
    }
    assert table.schema.field("price").type.scale == 2


def test_parquet_is_given_out_group_by_group(flights, monkeypatch):
    monkeypatch.setattr(writing_parquet, "_GROUP_ROWS", 2000)
    Flight.objects.bulk_create([Flight(flight=number) for number in range(5000)])

    pieces = list(export_rows(flights, format="parquet"))

    assert pieces[0] == b"PAR1"
    assert len([piece for piece in pieces if piece]) >= 4


def test_the_header_is_there_before_the_first_row_is_asked_for(flights):
    with CaptureQueriesContext(connection) as captured:
        first = next(export_rows(flights, fields=["flight", "dest"]))

    assert first == b"flight,dest\r\n"
    assert not [query for query in captured.captured_queries if "staticapp_flight" in query["sql"]]


def test_json_of_no_rows_is_an_empty_array(dump):
    assert json.loads(dump(Flight.objects.all(), format="json").read_text()) == []


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
def test_no_text_reaches_a_spreadsheet_as_a_formula(dump, format):
    Item.objects.create(code="=1+1", label="@SUM(1)", note="\t=2", count=None, price="-5.00")
    path = dump(Item.objects.all(), format=format, fields=["code", "label", "note", "price"])

    if format == "xlsx":
        cells = list(load_workbook(path).active[2])
        assert {cell.data_type for cell in cells} == {"s", "n"}
        texts = [str(cell.value) for cell in cells]
    else:
        texts = rows_of(path, "\t" if format == "tsv" else ",")[1]
    assert texts[:3] == ["'=1+1", "'@SUM(1)", "'\t=2"]
    assert float(texts[3]) == -5


def test_escaping_can_be_left_out(dump):
    Item.objects.create(code="=1+1")

    assert rows_of(dump(Item.objects.all(), escape=False, fields=["code"]))[1] == ["=1+1"]


def test_even_an_unescaped_workbook_holds_texts_and_no_formulas(dump):
    Item.objects.create(code="=1+1", label="#N/A")

    path = dump(Item.objects.all(), format="xlsx", escape=False, fields=["code", "label"])

    assert [(cell.value, cell.data_type) for cell in load_workbook(path).active[2]] == [
        ("=1+1", "s"),
        ("#N/A", "s"),
    ]


def test_unknown_fields_and_formats_are_refused_before_anything_is_written():
    with pytest.raises(BadColumns, match="no field colour"):
        export_rows(Item.objects.all(), fields=["colour"])
    with pytest.raises(BadFile, match="no format ods"):
        export_rows(Item.objects.all(), format="ods")


def test_a_text_too_long_for_a_workbook_is_refused_with_the_way_out(dump):
    Item.objects.create(code="A", note="x" * 40_000)

    with pytest.raises(TransferError, match="choose CSV"):
        dump(Item.objects.all(), format="xlsx")


def test_the_number_of_queries_does_not_grow_with_the_rows(flights):
    with CaptureQueriesContext(connection) as captured:
        b"".join(export_rows(flights))

    assert len(captured) <= 1


def test_rows_come_in_pieces(flights):
    Flight.objects.bulk_create([Flight(flight=number) for number in range(5000)])

    assert len(list(export_rows(flights))) > 2
