"""Readers: a file as headers and a stream of numbered rows, never as a list."""

import weakref
from pathlib import Path

from dynadmin.transfer.contents import format_of_content
from dynadmin.transfer.formats import FORMATS, Format, format_named, format_of
from dynadmin.transfer.readers.base import Cells, Chunk, Reading, Source
from dynadmin.transfer.readers.delimited import DelimitedSource
from dynadmin.transfer.readers.json import JsonSource
from dynadmin.transfer.readers.ndjson import NdjsonSource, is_ndjson
from dynadmin.transfer.readers.parquet import ParquetSource
from dynadmin.transfer.readers.sheets import SheetSource
from dynadmin.transfer.readers.unpacking import Unpacked, unpack

__all__ = ["Cells", "Chunk", "Source", "open_source"]


def open_source(
    path: str | Path,
    *,
    name: str = "",
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    quoting: str | None = None,
    header: bool | None = None,
    above: int | None = None,
    sheet: str | None = None,
    member: str | None = None,
) -> Source:
    """Return the rows of a file; what is not given (None) is found out from the content and the name.

    A gzip or ZIP archive of one file is that file; `member` says which one of several. `sheet` is the sheet
    of a workbook, or the key of a JSON object, that holds the rows; `Source.sheets` are those there are.
    `above` is how many rows of a text or a sheet stand above the one that names the columns.
    Raises BadFile when the file is empty, of another kind than its name says, has no header, or is too large
    in any way, and SeveralFiles when an archive holds several and none is chosen.
    """
    path = Path(path)
    reading = Reading(
        encoding=encoding, delimiter=delimiter, quoting=quoting, header=header, above=above, sheet=sheet
    )
    unpacked = unpack(path, name or path.name, member)
    try:
        source = _source(unpacked.path, _format(unpacked, format), reading)
    except BaseException:
        unpacked.remove()
        raise
    source.member, source.members = unpacked.member, unpacked.members
    if unpacked.is_temporary:
        weakref.finalize(source, unpacked.remove)
    return source


def _format(unpacked: Unpacked, chosen: str | None) -> Format:
    """Return the format: as chosen, else as the content shows, else as the name says."""
    if chosen:
        return format_named(chosen)
    found = format_of_content(unpacked.path) or format_of(unpacked.name)
    return FORMATS["ndjson"] if found.slug == "json" and is_ndjson(unpacked.path) else found


def _source(path: Path, format: Format, reading: Reading) -> Source:
    if format.slug == "json":
        return JsonSource(path, reading.sheet)
    if format.slug == "ndjson":
        return NdjsonSource(path)
    if format.slug == "parquet":
        return ParquetSource(path)
    if format.is_delimited:
        return DelimitedSource(path, format, reading)
    return SheetSource(path, format, reading)
