"""The lines of a text file, looked at before it is parsed: how long they are and how they end."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile

_CHUNK = 1 << 20
# Longest physical line, in cells of the longest kind: beyond it a file has no lines worth the name.
_CELLS_IN_A_LINE = 4


@dataclass(frozen=True, kw_only=True)
class Lines:
    """How many lines a file has, and whether some end in a carriage return alone."""

    count: int
    has_bare_returns: bool


def measure_lines(path: Path, encoding: str) -> Lines:
    """Return what the lines of a file are like, from its bytes. Raises BadFile for one without an end."""
    limit = max(_CHUNK, _CELLS_IN_A_LINE * conf.IMPORT_MAX_CELL)
    feeds = returns = pairs = 0
    # Of the line that a chunk cuts: its length so far; and the last byte.
    begun, last = 0, b""
    longest = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            found = chunk.count(b"\r")
            returns += found
            pairs += (chunk.count(b"\r\n") if found else 0) + (last == b"\r" and chunk[:1] == b"\n")
            first = _first_end(chunk)
            longest = max(longest, begun + first)
            begun = begun + len(chunk) if first == len(chunk) else len(chunk) - _last_end(chunk)
            last = chunk[-1:]
    if max(longest, begun) > limit:
        _check_lengths(path, encoding)
    return Lines(count=feeds + returns - pairs + bool(begun), has_bare_returns=returns > pairs)


def _first_end(chunk: bytes) -> int:
    """Return where the first line of a chunk ends; the lines after it are no longer than a chunk."""
    ends = [at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0]
    return min(ends, default=len(chunk))


def _last_end(chunk: bytes) -> int:
    return max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1


def _check_lengths(path: Path, encoding: str) -> None:
    """Raise BadFile for a line of too many characters: it would be read into memory whole."""
    limit = _CELLS_IN_A_LINE * conf.IMPORT_MAX_CELL
    number = 0
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        while line := file.readline(limit):
            number += 1
            if len(line) == limit:
                message = _("Line %(line)d is longer than %(limit)d characters.")
                raise BadFile(message % {"line": number, "limit": limit})
