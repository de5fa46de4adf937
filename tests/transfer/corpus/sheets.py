"""Hard workbooks: dates of both systems, merged cells, formulas, several sheets, what is broken."""

from datetime import date, datetime, time, timedelta

from openpyxl.utils.datetime import CALENDAR_MAC_1904

from dynadmin.transfer.contents import OLD_OFFICE
from tests.transfer.corpus.making import ods, ods_row, with_part, xlsx, xlsx_of, zipped

SHEET = "xl/worksheets/sheet1.xml"


def _formatted(workbook):
    sheet = workbook.active
    sheet.append(["amount", "share", "price", "code"])
    sheet.append([1234.5, 0.25, 3, 7])
    for cell, format in zip(sheet[2], ["#,##0.00", "0%", '#,##0.00 "zł"', "00000"], strict=True):
        cell.number_format = format


def _merged(workbook):
    sheet = workbook.active
    for row in [["carrier", "flight"], ["UA", 1], [None, 2], [None, 3], ["AA", 4]]:
        sheet.append(row)
    sheet.merge_cells("A2:A4")


def _price_list(workbook):
    sheet = workbook.active
    rows = [
        ["Prices of spring"],
        [],
        ["goods", None, "price", None, None],
        ["code", "name", "net", "gross", "note"],
        [1, "nut", 1.5, 1.8],
        [2, "bolt", 2, 2.4, "rare"],
        ["Total", None, 3.5],
    ]
    for row in rows:
        sheet.append(row)
    for merged in ("A1:E1", "A3:B3", "C3:D3"):
        sheet.merge_cells(merged)


def _merged_wide(workbook):
    sheet = workbook.active
    for row in [["a", "b"], ["both", None], [1, 2]]:
        sheet.append(row)
    sheet.merge_cells("A2:B2")


def _hidden_first(workbook):
    workbook.active.sheet_state = "hidden"
    workbook.active.append(["secret"])
    seen = workbook.create_sheet("seen")
    seen.append(["a"])
    seen.append([1])


def _serials(workbook):
    sheet = workbook.active
    sheet.append(["day"])
    for serial in (1, 59, 61, 45292):
        sheet.append([serial])
        sheet.cell(sheet.max_row, 1).number_format = "yyyy-mm-dd"


def _serials_of_1904(workbook):
    workbook.epoch = CALENDAR_MAC_1904
    _serials(workbook)


def _apart(workbook):
    sheet = workbook.active
    for at, text in (("B3", "a"), ("C3", "b"), ("B5", "1"), ("C5", "2"), ("B9", "3")):
        sheet[at] = text


def _cached(xml):
    return xml.replace("<f>1+1</f><v />", "<f>1+1</f><v>2</v>")


A, NOTHING = [["a", "b"], ["1", "2"]], ods_row("")
FORMULA = with_part(xlsx_of([["sum", "text"], ["=1+1", "x"]]), SHEET, _cached)
LONG = '<table:table-cell table:number-columns-repeated="{}"/>'

# name: (file name, content, headers, rows by line)
READ = {
    "typed cells of a workbook": (
        "x.xlsx",
        xlsx_of(
            [
                ["day", "at", "clock", "span", "yes", "number"],
                [
                    date(2024, 2, 29),
                    datetime(2024, 2, 29, 13, 5),
                    time(7, 30),
                    timedelta(hours=30),
                    True,
                    0.1,
                ],
            ]
        ),
        ("day", "at", "clock", "span", "yes", "number"),
        [(2, ["2024-02-29", "2024-02-29T13:05:00", "07:30:00", "1 day, 6:00:00", "True", "0.1"])],
    ),
    "currency, percent and leading zeros that are only formats": (
        "x.xlsx",
        xlsx(_formatted),
        ("amount", "share", "price", "code"),
        [(2, ["1234.5", "0.25", "3", "7"])],
    ),
    "dates as serial numbers since 1900": (
        "x.xlsx",
        xlsx(_serials),
        ("day",),
        [(2, ["1900-01-01"]), (3, ["1900-02-28"]), (4, ["1900-03-01"]), (5, ["2024-01-01"])],
    ),
    "dates as serial numbers since 1904": (
        "x.xlsx",
        xlsx(_serials_of_1904),
        ("day",),
        [(2, ["1904-01-02"]), (3, ["1904-02-29"]), (4, ["1904-03-02"]), (5, ["2028-01-02"])],
    ),
    "serial numbers that are not formatted as dates": (
        "x.xlsx",
        xlsx_of([["day"], [45292], [45292.5]]),
        ("day",),
        [(2, ["45292"]), (3, ["45292.5"])],
    ),
    "cells merged over rows": (
        "x.xlsx",
        xlsx(_merged),
        ("carrier", "flight"),
        [(2, ["UA", "1"]), (3, ["UA", "2"]), (4, ["UA", "3"]), (5, ["AA", "4"])],
    ),
    "cells merged over columns": (
        "x.xlsx",
        xlsx(_merged_wide),
        ("a", "b"),
        [(2, ["both", ""]), (3, ["1", "2"])],
    ),
    "a formula with its value": ("x.xlsx", FORMULA, ("sum", "text"), [(2, ["2", "x"])]),
    "an error in a cell": (
        "x.xlsx",
        xlsx_of([["a", "b"], ["#DIV/0!", "x"]]),
        ("a", "b"),
        [(2, ["", "x"])],
    ),
    "an empty sheet before the rows": ("x.xlsx", xlsx_of([], A), ("a", "b"), [(2, ["1", "2"])]),
    "a hidden sheet before the rows": ("x.xlsx", xlsx(_hidden_first), ("a",), [(2, ["1"])]),
    "a table in the middle of a sheet": (
        "x.xlsx",
        xlsx(_apart),
        ("a", "b"),
        [(5, ["1", "2"]), (9, ["3", ""])],
    ),
    "empty cells beside the table": (
        "x.xlsx",
        xlsx_of([["a", "b", ""], ["1", "2", "note"], ["3", "4", None]]),
        ("a", "b"),
        [(2, ["1", "2", "note"]), (3, ["3", "4"])],
    ),
    "titles above the header, and a line of totals": (
        "x.xlsx",
        xlsx(_price_list),
        ("code", "name", "net", "gross", "note"),
        [
            (5, ["1", "nut", "1.5", "1.8", ""]),
            (6, ["2", "bolt", "2", "2.4", "rare"]),
            (7, ["Total", "", "3.5", "", ""]),
        ],
    ),
    "a sheet without a header": (
        "x.xlsx",
        xlsx_of([["Oslo", 1, "2024-01-01"], ["Rome", 2, "2024-01-02"], ["Bonn", 3, "2024-01-03"]]),
        ("column_1", "column_2", "column_3"),
        [
            (1, ["Oslo", "1", "2024-01-01"]),
            (2, ["Rome", "2", "2024-01-02"]),
            (3, ["Bonn", "3", "2024-01-03"]),
        ],
    ),
    "a workbook called CSV": ("x.csv", xlsx_of(A), ("a", "b"), [(2, ["1", "2"])]),
    "OpenDocument": (
        "x.ods",
        ods({"one": ods_row("a", "b") + ods_row("żółw", "1") + ods_row("é", "2", repeated=2)}),
        ("a", "b"),
        [(2, ["żółw", "1"]), (3, ["é", "2"]), (4, ["é", "2"])],
    ),
    "OpenDocument with the empty rest of a sheet": (
        "x.ods",
        ods({"one": ods_row("a") + ods_row("1") + ods_row("", repeated=1_048_574)}),
        ("a",),
        [(2, ["1"])],
    ),
}

# name: (file name, content, what the sentence says)
REFUSED = {
    "an empty workbook": ("x.xlsx", xlsx_of([]), "no header"),
    "a cut-off workbook": ("x.xlsx", xlsx_of(A)[:-200], "not a readable XLSX workbook"),
    "a web page called XLS": ("x.xls", b"<html><table><tr><td>a</td></tr></table>", "Save it as XLSX"),
    "an old workbook": ("x.xls", OLD_OFFICE + bytes(600), "before Excel 2007"),
    "a workbook with a password": ("x.xlsx", OLD_OFFICE + bytes(600), "without a password"),
    "OpenDocument with a password": (
        "x.ods",
        zipped({"content.xml": b"\x00\x01", "META-INF/manifest.xml": b"<x><manifest:encryption-data/></x>"}),
        "without a password",
    ),
    "a binary workbook": ("x.xlsb", zipped({"xl/workbook.bin": b"x"}), "XLSB"),
    "two cells far apart in OpenDocument": (
        "x.ods",
        ods({"one": ods_row("a") + ods_row("", repeated=900_000) + ods_row("", "", "b")}),
        "more than 1500000 cells",
    ),
    "a row of OpenDocument that stands for a million": (
        "x.ods",
        ods({"one": ods_row("a", "b") + ods_row("x", "y", repeated=1_000_000)}),
        "more than 1500000 cells",
    ),
    "OpenDocument that is no XML": (
        "x.ods",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a><b></a>"}),
        "not a readable ODS workbook",
    ),
    "entities in OpenDocument": (
        "x.ods",
        zipped(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>',
            }
        ),
        "not one that a spreadsheet program writes",
    ),
}
