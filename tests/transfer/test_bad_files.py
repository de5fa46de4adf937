"""Files that cannot be imported: each gets a sentence that says where and why, and nothing is saved."""

import csv
import zipfile

import pytest

from dynadmin.exceptions import TransferError
from tests.staticapp.models import Item

pytestmark = pytest.mark.django_db

WHOLE = {
    "empty": ("", "The file is empty"),
    "only blank lines": ("\n\n\n", "no header"),
    "binary": (b"\x89PNG\r\n\x1a\n" + bytes(1000), "This is a PNG file"),
    "unnamed columns": (",,\n1,2,3\n", "no header"),
    "a blank header": ("code,\nA,1\n", "Column 2 has no header"),
    "a header twice": ("code,label,label\nA,1,2\n", "Several columns fill the field label"),
    "two headers of one field": ("code,Article Code\nA,B\n", "Several columns fill the field code"),
    "no known header": ("x,y\n1,2\n", "Its headers: x, y."),
    "a column missing that rows need": ("label\nx\n", "no column for what every new row needs: Article code"),
    "an open quote": (
        'code,label\nA,"never closed\nB,x\n',
        "A quotation mark is opened in the row at line 2",
    ),
    "a broken quote": ('code,label\nA,x\nB,"x"y\n', "The row at line 3 cannot be read"),
    "ten megabytes in a cell": (
        "code,label\nA," + "x" * 10_000_000 + "\n",
        "Line 2 is longer than 4000000 characters",
    ),
    "a cell beyond the limit": ("code,label\nA," + "x" * 1_000_001 + "\n", "more than 1000000 characters"),
    "ten megabytes in a quoted cell": (
        'code,label\nA,"' + "x\n" * 5_000_000 + '"\n',
        "The row at line 2 has a cell of more than 1000000 characters",
    ),
    "thousands of columns": (
        ",".join(f"c{number}" for number in range(3000)) + "\n",
        "3000 columns; at most 2000",
    ),
    "a line without end": ("code," + "x" * 5_000_000, "longer than 4000000 characters"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(load, case):
    content, message = WHOLE[case]

    with pytest.raises(TransferError) as error:
        load(Item, content)

    assert message in str(error.value)
    assert not Item.objects.exists()


ROWS = {
    "too few cells": ("code,label\nA\nB,ok\n", 2, "", "The row has 1 cells, the header has 2."),
    "too many cells": ("code,label\nB,ok\nA,x,y\n", 3, "", "The row has 3 cells, the header has 2."),
    "a null character": ("code,label\nA,x\x00y\n", 2, "label", "NUL characters are not allowed."),
    "too long": ("code\n12345678901\n", 2, "code", "at most 10 characters"),
    "a required cell empty": ("code,label\n,x\n", 2, "code", "This field cannot be blank."),
    "a number too large": ("code,count\nA,9223372036854775808\n", 2, "count", ""),
    "a number too large for Python": ("code,count\nA," + "9" * 5000 + "\n", 2, "count", ""),
    "no number": ("code,count\nA,NA\n", 2, "count", "must be an integer"),
    "a day that does not exist": ("code,day\nA,2023-02-29\n", 2, "day", "invalid date"),
    "a time that does not exist": ("code,clock\nA,24:01\n", 2, "clock", "invalid time"),
    "no truth value": ("code,is_sold\nA,perhaps\n", 2, "is_sold", "True or False"),
    "none of the choices": ("code,size\nA,XL\n", 2, "size", "not a valid choice"),
    "too many decimals": ("code,price\nA,1.234\n", 2, "price", "no more than 2 decimal places"),
    "no JSON": ("code,data\nA,{broken\n", 2, "data", "JSON"),
    "JSON that is too deep": ("code,data\nA," + "[" * 50_000 + "]" * 50_000 + "\n", 2, "data", "not JSON"),
    "no such row": ("code,maker\nA,17\n", 2, "maker", "No row of “makers” has “17”"),
    "a file of the server": ("code,paper\nA,/etc/passwd\n", 2, "paper", "no uploaded file"),
    "a file beside the uploads": ("code,paper\nA,papers/../../x\n", 2, "paper", "no uploaded file"),
    "what the database forbids": ("code,count\nA,-1\n", 2, "", "The database refuses this row"),
    "the same unique value twice": (
        "code\nA\nB\nA\n",
        4,
        "code",
        "The row at line 2 has the same Article code.",
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_is_refused_with_its_line_and_reason(load, case):
    content, line, field, message = ROWS[case]

    result = load(Item, content)

    assert [row.line for row in result.refused] == [line]
    assert list(result.refused[0].reasons) == [field]
    assert message in result.refused[0].reasons[field][0]
    assert result.totals.refused == 1
    assert not result.is_saved
    assert not Item.objects.exists()


def test_all_faults_of_a_row_are_told_at_once(load):
    result = load(Item, "code,count,day\n,x,y\n")

    assert list(result.refused[0].reasons) == ["code", "count", "day"]


def test_lines_are_those_of_the_file_also_after_cells_of_several_lines(load):
    result = load(Item, 'code,note,count\nA,"one\ntwo\nthree",1\nB,x,bad\n')

    assert [row.line for row in result.refused] == [5]


def test_a_file_that_breaks_after_good_rows_saves_none_of_them(load):
    rows = "".join(f"{number},x\n" for number in range(6000))

    with pytest.raises(TransferError, match="line 6002"):
        load(Item, f'code,label\n{rows}bad,"x"y\n')

    assert not Item.objects.exists()


def test_bytes_of_another_encoding_are_told_by_line(write):
    from dynadmin.transfer import import_rows, open_source

    rows = "".join(f"{number},x\n" for number in range(3000)).encode()
    source = open_source(write(b"code,label\n" + rows + b"A,caf\xe9\n"), encoding="utf-8")

    with pytest.raises(TransferError, match="Line 3002 cannot be read as utf-8"):
        import_rows(Item, source)


JSON = {
    "no array": ('{"code": 1}', "no JSON array"),
    "no objects": ("[1, 2]", "Item 1 of the array is not an object"),
    "cut off": ('[{"code": "A"}', "not valid JSON"),
    "no rows": ("[]", "no rows"),
    "a constant that JSON has not": ('[{"code": NaN}]', "not valid JSON"),
}


@pytest.mark.parametrize("case", JSON)
def test_json_that_is_not_rows_is_refused(load, case):
    content, message = JSON[case]

    with pytest.raises(TransferError) as error:
        load(Item, content, "rows.json")

    assert message in str(error.value)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_parsed(tmp_path, load, settings):
    settings.DYNADMIN = {"IMPORT_MAX_SHEET_BYTES": 10_000_000}
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<c>" * 10_000_000)

    with pytest.raises(TransferError, match="larger than 10000000 bytes when unpacked"):
        load(Item, path.read_bytes(), "rows.xlsx")


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path, load, settings):
    settings.DYNADMIN = {"IMPORT_MAX_SHEET_BYTES": 1_000_000}
    path = tmp_path / "liar.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"x" * 10_000_000)
    true, told = (10_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    content = path.read_bytes().replace(true, told)

    with pytest.raises(TransferError, match="larger than 1000000 bytes when unpacked"):
        load(Item, content, "rows.xlsx")


def test_a_workbook_of_two_far_apart_cells_is_refused(tmp_path, load):
    path = tmp_path / "wide.xlsx"
    cells = '<worksheet><sheetData><row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", cells)

    with pytest.raises(TransferError, match="more than 1500000 cells"):
        load(Item, path.read_bytes(), "rows.xlsx")


@pytest.mark.parametrize("content", [b"no zip", b"PK\x03\x04 broken", b""])
def test_what_is_no_workbook_is_refused(load, content):
    with pytest.raises(TransferError):
        load(Item, content, "rows.xlsx")


def test_unknown_kinds_of_files_are_named(load):
    with pytest.raises(TransferError, match=r"end in \.doc"):
        load(Item, b"x", "rows.doc")


def test_the_limit_of_the_csv_module_is_never_lowered(load):
    before = csv.field_size_limit(5_000_000)
    try:
        load(Item, "code\nA\n", dry_run=True)
        assert csv.field_size_limit() == 5_000_000
    finally:
        csv.field_size_limit(before)


def test_half_of_a_letter_in_json_is_refused_rather_than_replaced(load):
    good = "x" * 2_000_000

    result = load(
        Item,
        f'[{{"code": "A", "note": "\\ud83d\\ude80"}}, {{"code": "{good}"}}, {{"code": "a\\ud800"}}]',
        "rows.json",
    )

    assert [row.line for row in result.refused] == [2, 3]
