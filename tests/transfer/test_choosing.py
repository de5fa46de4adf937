"""Of a file that holds several tables or files, the one is read that somebody chooses; bounds come first."""

import pytest

from dynadmin.exceptions import BadFile, SeveralFiles
from dynadmin.transfer import open_source, uploads
from tests.transfer.corpus.making import gzipped, ndjson, ods, ods_row, parquet, xlsx_of, zipped

SHEETS = {
    "rows.xlsx": xlsx_of([["a"], ["1"]], [["b"], ["2"]]),
    "rows.ods": ods({"one": ods_row("a") + ods_row("1"), "two": ods_row("b") + ods_row("2")}),
}


@pytest.mark.parametrize("name", SHEETS)
def test_the_sheets_of_a_workbook_are_offered_and_one_is_chosen(write, name):
    path = write(SHEETS[name], name)

    first, second = open_source(path), open_source(path, sheet="two")

    assert (first.sheet, first.sheets, list(first)) == ("one", ("one", "two"), [(2, ["1"])])
    assert (second.sheet, second.headers, list(second)) == ("two", ("b",), [(2, ["2"])])
    with pytest.raises(BadFile, match="no sheet three; there are: one, two"):
        open_source(path, sheet="three")


TITLED = {"rows.csv": "of 2024,\n\nby city,\ncity,sold\nOslo,x\n"} | {
    "rows.xlsx": xlsx_of([["of 2024"], [], ["by city", None], ["city", "sold"], ["Oslo", "x"]])
}


@pytest.mark.parametrize("name", TITLED)
def test_how_many_rows_stand_above_the_header_can_be_said(write, name):
    source = open_source(write(TITLED[name], name), above=3)

    assert (source.headers, list(source)) == (("city", "sold"), [(5, ["Oslo", "x"])])
    assert (source.above, source.rows_above) == (3, 3)


@pytest.mark.parametrize("name", TITLED)
def test_that_more_rows_stand_above_the_header_than_there_are_is_refused(write, name):
    with pytest.raises(BadFile, match="no header"):
        open_source(write(TITLED[name], name), above=9)


def test_the_arrays_of_a_json_object_are_offered_and_one_is_chosen(write):
    path = write('{"one": [{"a": 1}], "n": 2, "two": [{"b": [2]}]}', "rows.json")

    assert open_source(path).sheets == ("one", "two")
    assert list(open_source(path, sheet="two")) == [(1, [[2]])]
    with pytest.raises(BadFile, match="it has one, two"):
        open_source(path, sheet="three")


def test_one_file_of_several_in_an_archive_is_chosen(write):
    path = write(zipped({"a.csv": b"a\n1\n", "b.json": b'[{"b": 2}]'}), "rows.zip")

    with pytest.raises(SeveralFiles) as error:
        open_source(path)

    assert error.value.members == ("a.csv", "b.json")
    source = open_source(path, member="b.json")
    assert (source.member, source.members, list(source)) == ("b.json", ("a.csv", "b.json"), [(1, [2])])
    with pytest.raises(BadFile, match=r"no file c\.csv in the archive"):
        open_source(path, member="c.csv")


def test_what_was_unpacked_is_gone_with_its_source_and_when_it_is_refused(write, settings, tmp_path):
    settings.DYNADMIN = {"UPLOAD_DIR": tmp_path / "uploads"}
    source = open_source(write(gzipped(b"a\n1\n"), "rows.csv.gz"))
    assert source.path.exists()

    del source
    with pytest.raises(BadFile):
        open_source(write(gzipped(b"\x89PNG\r\n\x1a\n"), "rows.csv.gz"))

    assert list((tmp_path / "uploads").iterdir()) == []


def test_what_a_killed_process_unpacked_is_purged_with_the_uploads(settings, tmp_path):
    settings.DYNADMIN = {"UPLOAD_DIR": tmp_path / "uploads", "UPLOAD_MAX_AGE_S": -1}
    uploads.unpacked_path().write_bytes(b"x")

    assert uploads.purge_uploads() == 1


BOUNDS = {
    "rows of CSV": ("x.csv", b"a\n" + b"1\n" * 11, {"IMPORT_MAX_ROWS": 10}, "more than 10 rows"),
    "rows of a workbook": ("x.xlsx", xlsx_of([["a"]] * 12), {"IMPORT_MAX_ROWS": 10}, "more than 10 rows"),
    "rows of JSON": ("x.json", b'[{"a": 1}, {"a": 1}]', {"IMPORT_MAX_ROWS": 1}, "more than 1 rows"),
    "rows of NDJSON": ("x.ndjson", ndjson({"a": 1}, {"a": 1}), {"IMPORT_MAX_ROWS": 1}, "more than 1 rows"),
    "rows of Parquet": ("x.parquet", parquet({"a": [1, 2]}), {"IMPORT_MAX_ROWS": 1}, "more than 1 rows"),
    "columns of CSV": ("x.csv", b"a,b,c\n", {"IMPORT_MAX_COLUMNS": 2}, "3 columns; at most 2"),
    "columns of Parquet": (
        "x.parquet",
        parquet({"a": [1], "b": [1]}),
        {"IMPORT_MAX_COLUMNS": 1},
        "2 columns; at most 1",
    ),
    "keys of JSON": (
        "x.json",
        b'[{"a": 1, "b": 2}]',
        {"IMPORT_MAX_COLUMNS": 1},
        "more than 1 different keys",
    ),
    "bytes of an archive": (
        "x.gz",
        gzipped(b"a\n" + b"1\n" * 5_000_000),
        {"IMPORT_MAX_UNPACKED_BYTES": 1000},
        "more than 1000 bytes",
    ),
    "cells of a workbook": (
        "x.xlsx",
        xlsx_of([["a", "b"]] * 3),
        {"IMPORT_MAX_SHEET_CELLS": 5},
        "more than 5 cells",
    ),
    "cells of OpenDocument": (
        "x.ods",
        ods({"one": ods_row("a", "b") * 3}),
        {"IMPORT_MAX_SHEET_CELLS": 5},
        "more than 5 cells",
    ),
}


@pytest.mark.parametrize("case", BOUNDS)
def test_a_file_beyond_a_bound_is_refused_before_a_row_is_taken(write, settings, case):
    name, content, bounds, words = BOUNDS[case]
    settings.DYNADMIN = bounds

    with pytest.raises(BadFile, match=words):
        open_source(write(content, name))


def test_a_file_that_takes_too_long_is_given_up(write, settings):
    settings.DYNADMIN = {"IMPORT_MAX_TIME_S": -1}

    with pytest.raises(BadFile, match="took more than -1 seconds"):
        list(open_source(write("a\n1\n")))


def test_an_upload_that_another_process_takes_away_meanwhile_is_no_error(settings, tmp_path):
    settings.DYNADMIN = {"UPLOAD_DIR": tmp_path / "uploads"}
    uploads.purge_uploads()
    # To whoever asks for it, what leads nowhere is as what is gone since it was listed.
    (tmp_path / "uploads" / ("a" * 32)).symlink_to(tmp_path / "gone")

    assert uploads.purge_uploads() == 0
