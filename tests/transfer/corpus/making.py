"""Makes files of every kind, in memory and as small as they can be."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
from openpyxl.utils.datetime import CALENDAR_MAC_1904

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>"""


def gzipped(content: bytes) -> bytes:
    """Return the content as gzip."""
    return gzip.compress(content, mtime=0)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive of files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def delimited(rows: Iterable[Sequence[str]], encoding: str = "utf-8", **dialect: Any) -> bytes:
    """Return rows as a delimited file."""
    out = io.StringIO(newline="")
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx(fill: Callable[[openpyxl.Workbook], None], *, since_1904: bool = False) -> bytes:
    """Return a workbook as `fill` leaves it."""
    workbook = openpyxl.Workbook()
    if since_1904:
        workbook.epoch = CALENDAR_MAC_1904
    fill(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def xlsx_of(*sheets: Sequence[Sequence[Any]], **arguments: Any) -> bytes:
    """Return a workbook of sheets called one, two and so on."""

    def fill(workbook: openpyxl.Workbook) -> None:
        workbook.remove(workbook.active)
        for name, rows in zip(["one", "two", "three"], sheets, strict=False):
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)

    return xlsx(fill, **arguments)


def with_part(workbook: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return the workbook with one of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[name] = change(parts[name].decode()).encode()
    return zipped(parts)


def ods(tables: dict[str, str]) -> bytes:
    """Return an OpenDocument workbook of tables, each given as the XML of its rows."""
    body = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in tables.items())
    return zipped(
        {
            "mimetype": ODS_TYPE.encode(),
            "content.xml": (_ODS % body).encode(),
            "META-INF/manifest.xml": b"<manifest/>",
        }
    )


def ods_row(*cells: str, repeated: int = 1) -> str:
    """Return the XML of a row of texts."""
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        if cell
        else "<table:table-cell/>"
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{inner}</table:table-row>'


def parquet(columns: dict[str, Any], **arguments: Any) -> bytes:
    """Return a Parquet file of columns by name, each an array of pyarrow or a list."""
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out, **arguments)
    return out.getvalue()


def ndjson(*objects: Any) -> bytes:
    """Return objects, one a line."""
    return "".join(json.dumps(item) + "\n" for item in objects).encode()
