"""XLS: records within a file system of its own (a compound file), in which cells may stand anywhere."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.contents import OLD_OFFICE
from dynadmin.transfer.readers.sizes.extent import Extent

_END = 0xFFFFFFFA
_DIMENSIONS, _BEGIN, _MANY = 0x0200, (0x0809, 0x0409, 0x0209, 0x0009), (0x00BD, 0x00BE)
_SHEET, _END_OF_SHEET, _MOST_SHEETS = 0x0085, 0x000A, 1_000
# Records of one cell; they begin with its row and column.
_CELLS = {0x0006, 0x0206, 0x0406, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6, 0x0003, 0x0004, 0x0002}
_NAMES = ("Workbook", "Book", "WORKBOOK", "BOOK")


class _Layout(NamedTuple):
    """Sizes of sectors, and where the table of sectors, the directory and the small files begin."""

    sector: int
    small_sector: int
    directory: int
    cutoff: int
    small_table: int
    more_tables: int


def check_compound(path: Path) -> None:
    """Refuse a workbook whose sheets are too wide and long, or that is none."""
    content = path.read_bytes() if path.stat().st_size <= conf.IMPORT_MAX_SHEET_BYTES else b""
    if not content:
        message = _("The workbook is larger than %(limit)d bytes. Save it as CSV and import that.")
        raise BadFile(message % {"limit": conf.IMPORT_MAX_SHEET_BYTES})
    if not content.startswith(OLD_OFFICE):
        raise BadFile(_("The file is not a readable XLS workbook. Is it a web page or a text?"))
    try:
        _check_records(_workbook(content))
    except (struct.error, IndexError, ValueError, UnicodeError) as error:
        message = _("The file is not a readable %(kind)s workbook: %(reason)s")
        raise BadFile(message % {"kind": "XLS", "reason": error}) from error


def _workbook(content: bytes) -> bytes:
    """Return the stream of the workbook out of the compound file."""
    shift, small_shift = struct.unpack_from("<HH", content, 30)
    directory, _signature, cutoff, small_table = struct.unpack_from("<IIII", content, 48)
    (more_tables,) = struct.unpack_from("<I", content, 68)
    if not (7 <= shift <= 16 and 3 <= small_shift <= shift):
        raise ValueError("sectors of a strange size")
    layout = _Layout(1 << shift, 1 << small_shift, directory, cutoff, small_table, more_tables)
    table = _sector_table(content, layout)
    entries = list(_entries(_chain(content, table, layout.directory, layout.sector)))
    found = {name: (start, size) for name, start, size in entries if name in _NAMES}
    if not found:
        raise ValueError("it holds no workbook")
    start, size = found.get("Workbook") or next(iter(found.values()))
    if size >= layout.cutoff:
        return _chain(content, table, start, layout.sector)[:size]
    root = _chain(content, table, entries[0][1], layout.sector)
    small = _numbers(_chain(content, table, layout.small_table, layout.sector))
    return _chain(root, small, start, layout.small_sector, skipped=0)[:size]


def _sector_table(content: bytes, layout: _Layout) -> tuple[int, ...]:
    """Return for each sector the one that follows it."""
    listed = list(struct.unpack_from("<109I", content, 76))
    more, seen = layout.more_tables, set()
    while more < _END and more not in seen:
        seen.add(more)
        *sectors, more = _numbers(_sector(content, more, layout.sector, 1))
        listed += sectors
    return _numbers(b"".join(_sector(content, at, layout.sector, 1) for at in listed if at < _END))


def _sector(content: bytes, number: int, size: int, skipped: int) -> bytes:
    start = (number + skipped) * size
    return content[start : start + size]


def _chain(content: bytes, table: tuple[int, ...], start: int, size: int, skipped: int = 1) -> bytes:
    """Return the sectors that follow one another; the header is as long as one, and skipped."""
    pieces, seen = [], set()
    while start < _END and start not in seen:
        seen.add(start)
        pieces.append(_sector(content, start, size, skipped))
        start = table[start]
    return b"".join(pieces)


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Give name, first sector and size of each file."""
    for at in range(0, len(directory) - 127, 128):
        (length,) = struct.unpack_from("<H", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        yield directory[at : at + max(0, min(64, length) - 2)].decode("utf-16-le"), start, size


def _check_records(stream: bytes) -> None:
    """Look at all records in their order, and from where the workbook says that its sheets begin."""
    # In order and sheet by sheet: all of it twice, unless sheets are within one another.
    left = 3 * len(stream)
    for start in {0, *_sheets(stream)}:
        extent = Extent()
        for kind, data in _records(stream, start):
            left -= 4 + len(data)
            if left < 0:
                raise ValueError("sheets within sheets")
            if kind in _BEGIN:
                extent = Extent()
            elif kind == _END_OF_SHEET and start:
                break
            _grow(extent, kind, data)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(stream: bytes) -> list[int]:
    told = (data for kind, data in _records(stream, 0) if kind == _SHEET)
    starts = [struct.unpack_from("<I", data)[0] for data in told]
    if len(starts) > _MOST_SHEETS:
        raise ValueError("too many sheets")
    return starts


def _grow(extent: Extent, kind: int, data: bytes) -> None:
    if kind in _CELLS and len(data) >= 4:
        row, column = struct.unpack_from("<HH", data)
        extent.grow(row + 1, column + 1)
    elif kind in _MANY and len(data) >= 6:
        (row,), (last,) = struct.unpack_from("<H", data), struct.unpack_from("<H", data, len(data) - 2)
        extent.grow(row + 1, last + 1)
    elif kind == _DIMENSIONS:
        _grow_as_told(extent, data)


def _grow_as_told(extent: Extent, data: bytes) -> None:
    """Take in what a sheet says of itself: the parser makes room for it."""
    told = "<IIHH" if len(data) >= 12 else "<HHHH"
    first, rows, left, columns = struct.unpack_from(told, data)
    if first > rows or left > columns:
        raise ValueError("a sheet that ends before it begins")
    extent.grow(rows, columns)
