"""Refused rows as a file of the kind of the import, which is read again as what it was."""

import json

import pytest

from dynadmin.transfer import open_source
from dynadmin.transfer.columns import match_columns
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.refusals import refused_file, told_headers
from dynadmin.transfer.writers.ods import write_ods
from tests.staticapp.models import Item

CELLS = ["A  b", " x ", "line\nbreak", "<&>", "'=1+1", "zażółć", "", "tab\there", "🎈"]


def again(tmp_path, source, told, name):
    plan = match_columns(Item, source.headers, by_hand={0: "code", 1: "label"})
    path = tmp_path / name
    path.write_bytes(b"".join(refused_file(source, told, model=Item, plan=plan).pieces))
    found = open_source(path, name=name)
    assert found.headers == (*told_headers(), *source.headers)
    return [tuple(cells) for _line, cells in found]


def csv_of(write):
    rows = "".join(f'"{cell}","{n}"\n' for n, cell in enumerate(CELLS))
    return open_source(write(f"code,label\n{rows}"))


def test_the_cells_of_a_csv_file_stay_as_they_were(write, tmp_path):
    source = csv_of(write)
    told = [(line, "because") for line, _cells in source]

    rows = again(tmp_path, source, told, "refused.csv")

    assert [row[2] for row in rows] == CELLS
    assert [int(row[0]) for row in rows] == [line for line, _why in told]


def test_the_cells_of_an_ods_file_stay_as_they_were(tmp_path):
    # The reader leaves tabs out, whoever has written them.
    texts = [cell for cell in CELLS if "\t" not in cell]
    path = tmp_path / "rows.ods"
    path.write_bytes(b"".join(write_ods(["code", "label"], ([cell, "x"] for cell in texts))))
    source = open_source(path)
    before = [cells[0] for _line, cells in source]
    assert before == texts

    rows = again(tmp_path, source, [(line, "because") for line, _cells in source], "refused.ods")

    assert [row[2] for row in rows] == before


@pytest.mark.parametrize("kind", ["json", "ndjson", "parquet"])
def test_typed_files_come_back_with_values_that_mean_the_same(tmp_path, kind):
    objects = [{"code": cell, "label": None} for cell in CELLS]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(objects))
    source = open_source(path)
    source.format = FORMATS[kind]  # as if it was one of these

    rows = again(tmp_path, source, [(line, "because") for line, _cells in source], f"refused.{kind}")

    assert [(row[2], row[3]) for row in rows] == [(cell, None) for cell in CELLS]
