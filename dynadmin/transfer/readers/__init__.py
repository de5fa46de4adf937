"""Readers: a file as headers and a stream of numbered rows, never as a list."""

from pathlib import Path

from dynadmin.transfer.formats import Format, format_named, format_of
from dynadmin.transfer.readers.base import Cells, Source
from dynadmin.transfer.readers.delimited import DelimitedSource
from dynadmin.transfer.readers.json import JsonSource
from dynadmin.transfer.readers.xlsx import XlsxSource

__all__ = ["Cells", "Source", "open_source"]


def open_source(
    path: str | Path,
    *,
    name: str = "",
    format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Source:
    """Return the rows of a file; what is not given (None) is found out from the name and the content.

    Raises BadFile when the file is empty, of another kind than its name says, or has no header.
    """
    path = Path(path)
    kind: Format = format_named(format) if format else format_of(name or path.name)
    if kind.slug == "xlsx":
        return XlsxSource(path)
    if kind.slug == "json":
        return JsonSource(path)
    return DelimitedSource(
        path, encoding=encoding, delimiter=delimiter or ("\t" if kind.slug == "tsv" else None)
    )
