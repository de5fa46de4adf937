"""What the database writes is to the byte what the program writes, for every type and value."""

import datetime
import math

import pytest
from django.db import connection, models
from django.db.utils import ConnectionHandler
from hypothesis import given
from hypothesis import strategies as st

from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.outlets import chunks_of, outlet_of
from dynadmin.transfer.references import file_fields
from dynadmin.transfer.sqllines import can_be_joined
from dynadmin.transfer.sqltexts import database_text
from dynadmin.transfer.writers import write_delimited
from tests.fieldtypes.cases import CASES, Case
from tests.staticapp.models import Item
from tests.transfer.test_round_trip import ITEMS, few_examples, file_of

pytestmark = pytest.mark.django_db

NUMBERS = [0.0, -0.0, 1.0, 0.1, -2.5, 1e14, 999999999999999.9, 1e15, -1e15, 1234567890123456.0, 2.0**53]
NUMBERS += [1e16, -1.5e16, 1e22, 1e100, 5e-324, 1e-4, 1e-5, -1.25e-7, 1.7e308, math.inf, -math.inf]
TEXTS = ["", "'", "''", "=1", "'=1", "''=1", "-", "+", "@x", "\tx", "\rx", "\nx", " =x", "a,b", 'a"b']
TEXTS += [
    "a\nb",
    "a\rb",
    "a;b",
    r"\.",
    r"\N",
    "NULL",
    "é",
    "'é",
    "漢字",
    " ",
    "x ",
    "''''@",
    "0",
    "<",
    "A",
    "{}",
    "%s",
]


def written_by_program(rows, *, format="csv", escape=True):
    """Return the file as it is when the database gives values and no texts."""
    fields = file_fields(rows.model)
    columns = [outlet_of(field, None, alias=rows.db, as_lists=False) for field in fields]
    delimiter = "\t" if format == "tsv" else ","
    chunks = chunks_of(rows.order_by("pk"), columns)
    pieces = write_delimited(columns, chunks, escape=escape, delimiter=delimiter, encoding="utf-8")
    return b"".join(pieces)


@few_examples
@given(items=st.lists(ITEMS, min_size=1, max_size=4))
def test_any_rows_are_written_alike(items):
    Item.objects.all().delete()
    Item.objects.bulk_create(Item(code=str(number), **values) for number, values in enumerate(items))
    # These the program writes on both engines, so that the others would not be written by the database alone.
    rows = Item.objects.all()

    for format in ("csv", "tsv"):
        for escape in (True, False):
            expected = written_by_program(rows, format=format, escape=escape)
            assert b"".join(export_rows(rows, format=format, escape=escape)) == expected


@pytest.mark.parametrize("escape", [True, False])
def test_texts_are_written_alike(escape):
    Item.objects.bulk_create(
        Item(code=str(number), label=text, note=text or None) for number, text in enumerate(TEXTS)
    )
    names = ["id", "label", "note", "token"]
    whole = b"".join(export_rows(Item.objects.all(), fields=names, escape=escape))

    columns = [outlet_of(Item._meta.get_field(name), None, alias="default", as_lists=False) for name in names]
    chunks = chunks_of(Item.objects.order_by("pk"), columns)
    assert whole == b"".join(write_delimited(columns, chunks, escape=escape, delimiter=",", encoding="utf-8"))


@few_examples
@given(st.lists(st.tuples(*[st.text("aé'=\"\t\r\n, ", max_size=4)] * 2), min_size=1, max_size=5))
def test_any_texts_are_written_alike(pairs):
    Item.objects.all().delete()
    Item.objects.bulk_create(
        Item(code=str(number), label=label, note=note) for number, (label, note) in enumerate(pairs)
    )
    names = ["label", "code", "note"]
    columns = [outlet_of(Item._meta.get_field(name), None, alias="default", as_lists=False) for name in names]

    for format, delimiter in (("csv", ","), ("tsv", "\t")):
        chunks = chunks_of(Item.objects.order_by("pk"), columns)
        expected = write_delimited(columns, chunks, escape=True, delimiter=delimiter, encoding="utf-8")
        assert b"".join(export_rows(Item.objects.all(), fields=names, format=format)) == b"".join(expected)


def test_a_database_that_is_not_of_utf_8_leaves_the_lines_to_the_program():
    told = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    fields = [Item._meta.get_field(name) for name in ("label", "note")]
    for encoding in ("UTF-8", "UTF-16"):
        other = ConnectionHandler({"default": told})["default"]
        other.ensure_connection()
        other.connection.execute(f"PRAGMA encoding = '{encoding}'")

        assert can_be_joined(fields, other) == (encoding == "UTF-8")
        other.close()


def numbers():
    """Return the numbers as they are stored (SQLite has no nought below nought), and as they are exported."""
    stored = Item.objects.order_by("pk").values_list("weight", flat=True)
    lines = b"".join(export_rows(Item.objects.all(), fields=["code", "weight"])).decode().splitlines()[1:]
    return [repr(value) for value in stored], [line.partition(",")[2] for line in lines]


def test_numbers_are_written_alike():
    Item.objects.bulk_create(Item(code=str(number), weight=value) for number, value in enumerate(NUMBERS))

    expected, written = numbers()

    assert written == expected


@given(st.lists(st.floats(allow_nan=False), min_size=50, max_size=50))
@few_examples
def test_any_number_is_written_alike(values):
    Item.objects.all().delete()
    Item.objects.bulk_create(Item(code=str(number), weight=value) for number, value in enumerate(values))

    expected, written = numbers()

    assert written == expected


@pytest.mark.parametrize("microseconds", [0, 1, 500_000, 999_999, 120_000])
def test_moments_are_written_alike(microseconds):
    moment = datetime.datetime(2024, 2, 29, 23, 59, 59, microseconds, tzinfo=datetime.UTC)
    Item.objects.create(code="A", moment=moment, day=moment.date())
    text = database_text(Item._meta.get_field("moment"), "moment", connection, escape=True)

    assert Item.objects.values_list(text, flat=True).get() == moment.isoformat()


@pytest.mark.parametrize("case", [case for case in CASES if case.slug not in {"file", "image"}], ids=str)
def test_the_values_of_every_type_are_written_alike(case: Case, tables):
    things = tables.make("things", label="Things", value=(case.slug, case.options)).django_model
    things.objects.bulk_create(things(value=value) for _given, value, _text in case.valid)

    for format in ("csv", "tsv"):
        whole = b"".join(export_rows(things.objects.all(), format=format))
        assert whole == written_by_program(things.objects.all(), format=format)


class Shouted(models.CharField):
    """A type of another app with a way of its own to read what is stored."""

    def from_db_value(self, value, expression, connection):
        return value and value.upper()


def test_a_type_with_ways_of_its_own_is_left_to_the_program():
    field = Shouted(max_length=5)
    field.set_attributes_from_name("label")

    assert database_text(field, "label", connection, escape=True) is None
    assert database_text(Item._meta.get_field("label"), "label", connection, escape=True) is not None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1250"])
def test_other_encodings_come_back_as_well(tmp_path, encoding):
    Item.objects.create(code="Zażółć", label="gęślą")
    source = file_of(tmp_path, Item.objects.all(), "csv", fields=["code", "label"], encoding=encoding)
    Item.objects.all().delete()

    import_rows(Item, source if encoding != "cp1250" else open_source(source.path, encoding=encoding))

    assert Item.objects.get().label == "gęślą"


def test_lines_of_very_many_columns_are_written_alike(tables):
    columns = {f"c{number}": ("char", {"null": True}) for number in range(120)}
    wide = tables.make("wide", label="Wide", **columns).django_model
    wide.objects.create(c0="=1", c99="a,b", c100='"', c119="x")

    assert b"".join(export_rows(wide.objects.all())) == written_by_program(wide.objects.all())
