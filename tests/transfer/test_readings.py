"""Columns whose texts are written as people write them: read as the plan says, never as the field guesses."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from dynadmin.exceptions import BadColumns
from dynadmin.transfer import match_columns, open_source
from dynadmin.transfer.importer import import_rows
from tests.staticapp.models import Item

pytestmark = pytest.mark.django_db

COMMA = {"kind": "number", "decimal": ",", "percent": "", "currency": ""}
MOMENTS = {"zone": "Europe/Warsaw", "unit": "", "language": "pl"}
GERMAN_DAY = {"kind": "date", "order": "dmy", **MOMENTS}

WARSAW = {"kind": "datetime", "order": "dmy", **MOMENTS}


@pytest.fixture
def load_read(write):
    """Import two columns, the code and one more, whose texts are read in some way."""

    def load(field, texts, reading):
        rows = [f'{number};"{text}"' for number, text in enumerate(texts)]
        source = open_source(write("\n".join([f"code;{field}", *rows, ""])), delimiter=";")
        plan = match_columns(Item, source.headers, readings={1: reading})
        result = import_rows(Item, source, plan=plan, skip_refused=True)
        return result, list(Item.objects.order_by("code").values_list(field, flat=True))

    return load


READ = [
    ("price", COMMA, "1.234,50", Decimal("1234.50")),
    ("price", COMMA, "-12", Decimal(-12)),
    ("price", COMMA | {"currency": "EUR"}, "12,5 €", Decimal("12.5")),
    ("price", COMMA | {"percent": "fraction"}, "50 %", Decimal("0.5")),
    ("price", COMMA, "(7)", Decimal(-7)),
    ("weight", COMMA, "0,1", 0.1),
    ("count", COMMA, "1.000", 1000),
    ("day", GERMAN_DAY, "1.2.2013", date(2013, 2, 1)),
    ("day", GERMAN_DAY, "3 maja 2013", date(2013, 5, 3)),
    ("day", GERMAN_DAY | {"order": "mdy"}, "1/2/2013", date(2013, 1, 2)),
    ("moment", WARSAW, "1.7.2013 12:00", datetime(2013, 7, 1, 10, tzinfo=UTC)),
    ("clock", MOMENTS | {"kind": "time", "order": ""}, "2:30 pm", time(14, 30)),
    ("span", {"kind": "duration", "parts": "minutes"}, "1:30", timedelta(seconds=90)),
    ("is_sold", {"kind": "bool"}, "tak", True),
    ("count", {"empty": ["n/a"]}, "n/a", None),
    ("count", {"empty": ["n/a"]}, "5", 5),
]  # fmt: skip


@pytest.mark.parametrize(("field", "reading", "text", "value"), READ)
def test_a_text_is_read_as_its_column_says(load_read, field, reading, text, value):
    result, values = load_read(field, [text], reading)

    assert not result.refused
    assert values == [value]


@pytest.mark.parametrize(
    ("field", "reading", "text"),
    [
        # The field alone would take each of these, and mean something else by it.
        ("price", COMMA, "1.5"),
        ("weight", COMMA, "1e5.0"),
        ("price", COMMA | {"currency": "EUR"}, "5 $"),
        ("day", GERMAN_DAY, "13/13/2013"),
    ],
)
def test_a_text_that_does_not_fit_the_reading_is_refused_whatever_the_field_says(
    load_read, field, reading, text
):
    result, values = load_read(field, [text], reading)

    assert values == []
    assert text in result.refused[0].reasons[field][0]


def test_misfits_can_be_left_empty_instead_of_refusing_their_rows(load_read):
    result, values = load_read("price", ["1,5", "soon", "12345678,90"], COMMA | {"misfits": "empty"})

    assert result.totals.refused == 0
    assert values == [Decimal("1.5"), None, None]


def test_a_reading_that_is_none_is_refused_before_anything_is_read(load_read):
    with pytest.raises(BadColumns):
        load_read("price", ["1"], {"kind": "magic"})
    with pytest.raises(BadColumns, match="Mars"):
        load_read("day", ["1.2.2013"], GERMAN_DAY | {"zone": "Mars/Olympus"})
