"""Files that others made to break readers: csv-spectrum, and the Big List of Naughty Strings."""

import json
from pathlib import Path

import pytest

from dynadmin.transfer import import_rows, match_columns, open_source
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.formats import written_formats
from tests.staticapp.models import Item
from tests.transfer.corpus.making import delimited

VENDOR = Path(__file__).parent / "vendor"
SPECTRUM = sorted((VENDOR / "csv-spectrum" / "csvs").glob("*.csv"))
NAUGHTY = json.loads((VENDOR / "blns" / "blns.json").read_text(encoding="utf-8"))
# As published this one's JSON is an object, and of another telephone.
OTHERWISE = {"location_coordinates": {"Contact Phone Number": "2095257564"}}


@pytest.mark.parametrize("path", SPECTRUM, ids=lambda path: path.stem)
def test_each_file_of_csv_spectrum_is_its_json(path):
    told = json.loads((VENDOR / "csv-spectrum" / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
    expected = [told] if isinstance(told, dict) else told

    source = open_source(path)

    rows = [dict(zip(source.headers, cells, strict=True)) for _line, cells in source]
    assert rows == [{**row, **OTHERWISE.get(path.stem, {})} for row in expected]


def test_there_are_twelve_of_them_and_hundreds_of_naughty_strings():
    assert (len(SPECTRUM), len(NAUGHTY)) == (12, 485)


@pytest.mark.parametrize(("delimiter", "width"), [(",", 1), (",", 2), (";", 2), ("\t", 3), ("|", 5)])
def test_naughty_cells_are_read_as_they_are(write, delimiter, width):
    cells = [*NAUGHTY, *NAUGHTY[: -len(NAUGHTY) % width]]
    rows = [cells[at : at + width] for at in range(0, len(cells), width)]
    headers = ["one", "two", "three", "four", "five"][:width]

    source = open_source(write(delimited([headers, *rows], delimiter=delimiter)))

    assert source.headers == tuple(headers)
    assert [cells for _line, cells in source] == rows


def test_naughty_headers_are_read_as_they_are_and_matched_to_nothing(write):
    source = open_source(write(delimited([["code", *NAUGHTY], ["A", *NAUGHTY]])))

    assert source.headers == ("code", *NAUGHTY)
    assert next(iter(source))[1] == ["A", *NAUGHTY]
    assert [column.field for column in match_columns(Item, source.headers).matched] == ["code"]


@pytest.mark.django_db
@pytest.mark.parametrize("format", [format_.slug for format_ in written_formats()])
def test_naughty_strings_that_are_imported_and_exported_are_the_same(write, tmp_path, format):
    codes = [str(number) for number in range(len(NAUGHTY))]
    came = delimited([["code", "note"], *zip(codes, NAUGHTY, strict=True)])
    assert import_rows(Item, open_source(write(came))).totals.refused == 0
    path = tmp_path / f"export.{format}"
    path.write_bytes(b"".join(export_rows(Item.objects.order_by("pk"), format=format)))
    stored = dict(Item.objects.values_list("code", "note"))

    Item.objects.all().delete()
    result = import_rows(Item, open_source(path))

    assert result.totals.refused == 0
    assert [stored[code] or "" for code in codes] == NAUGHTY
    assert dict(Item.objects.values_list("code", "note")) == stored
