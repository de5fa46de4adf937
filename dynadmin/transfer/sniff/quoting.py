"""How a text is delimited and quoted: by the skeletons of its lines, and in doubt by reading it each way."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from dynadmin.conf import conf
from dynadmin.transfer.sniff.skeletons import Skeletons, pieces_of

QUOTINGS = {
    "double": gettext_lazy("Quotation marks, doubled within quotes"),
    "backslash": gettext_lazy("Quotation marks, with a backslash within quotes"),
    "none": gettext_lazy("None: a quotation mark is a letter"),
}
# What the csv module calls them.
CSV_QUOTING: dict[str, dict[str, Any]] = {
    "double": {},
    "backslash": {"escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE, "quotechar": None},
}
# A quotation mark with a letter on each side: none that begins or ends a cell, nor one of two.
_STRAY = re.compile(rb"""(?<=[^,;\t|:^~\x01\x1f"\r\n])"(?=[^,;\t|:^~\x01\x1f"\r\n])""")
_AT_ONCE = 1_000
# Delimiters of which files with quotation marks as letters are known.
_SELDOM_QUOTED = "\t|^~\x01\x1f"


@dataclass(frozen=True, kw_only=True)
class Structure:
    """How the cells of a text are set apart."""

    delimiter: str
    quoting: str
    width: int
    skips_spaces: bool = False


class _Marks:
    """What quotation marks there are."""

    def __init__(self) -> None:
        self.any = self.stray = self.escaped = 0
        self.spaced = self.tight = 0

    def feed(self, piece: bytes) -> None:
        found = piece.count(b'"')
        if found:
            self.any += found
            self.escaped += piece.count(b'\\"')
            self.stray += len(_STRAY.findall(piece))
            self.spaced += piece.count(b', "') + piece.count(b'; "')
            self.tight += piece.count(b',"') + piece.count(b';"')


def find_structure(path: Path, encoding: str, delimiter: str | None, quoting: str | None) -> Structure:
    """Return how the text is delimited and quoted; what is given is taken as said."""
    marks = _Marks()
    ways = {
        "double": Skeletons(delimiter or ""),
        "backslash": Skeletons(delimiter or "", escapes=True),
        "none": Skeletons(delimiter or "", quotes=False),
    }
    if quoting is not None:
        ways = {quoting: ways[quoting]}
    plain = next(iter(ways))
    for piece in pieces_of(path, encoding):
        before = marks.any
        marks.feed(piece)
        if not marks.any:
            ways[plain].feed(piece)
            continue
        if not before:
            # Until now all ways were one.
            _copy(ways[plain], ways)
        for way in ways.values():
            way.feed(piece)
    for way in ways.values():
        way.end()
    if not marks.any:
        ways = {plain: ways[plain]}
    return _chosen(path, encoding, ways, marks)


def _copy(way: Skeletons, ways: dict[str, Skeletons]) -> None:
    for other in ways.values():
        if other is not way:
            other.go_on_from(way)


def _chosen(path: Path, encoding: str, ways: dict[str, Skeletons], marks: _Marks) -> Structure:
    name, delimiter = _best(ways)
    if len(ways) == 1:
        return Structure(delimiter=delimiter, quoting=name, width=ways[name].width(delimiter))
    double = ways["double"]
    spaces = marks.spaced > 0 and not marks.tight
    is_doubtful = marks.stray or marks.escaped or double.is_open or double.score(delimiter).share < 1
    if not is_doubtful and not spaces:
        return Structure(delimiter=delimiter, quoting="double", width=double.width(delimiter))
    quoting, skips = _tried(path, encoding, delimiter, marks)
    return Structure(
        delimiter=delimiter, quoting=quoting, width=ways[quoting].width(delimiter), skips_spaces=skips
    )


def _best(ways: dict[str, Skeletons]) -> tuple[str, str]:
    """Return the way and the delimiter that fit best; a comma where there is none."""
    scores = {
        (name, delimiter): way.score(delimiter) for name, way in ways.items() for delimiter in way.candidates
    }
    name, delimiter = max(scores, key=scores.__getitem__)
    if scores[name, delimiter].share:
        return name, delimiter
    given = list(ways[name].candidates)
    return name, given[0] if len(given) == 1 else ","


def _tried(path: Path, encoding: str, delimiter: str, marks: _Marks) -> tuple[str, bool]:
    """Return the quoting with which the file has the most equal rows, and whether spaces go."""
    shares = {("double", False): _share(path, encoding, delimiter, "double")}
    if shares["double", False] == 1:
        return "double", False
    if marks.spaced and not marks.tight:
        shares["double", True] = _share(path, encoding, delimiter, "double", skips=True)
    if marks.escaped:
        shares["backslash", False] = _share(path, encoding, delimiter, "backslash")
    best = max(shares, key=shares.__getitem__)
    if shares[best] < 1 and _may_be_letters(path, encoding, delimiter):
        return "none", False
    return best


def _share(path: Path, encoding: str, delimiter: str, quoting: str, *, skips: bool = False) -> float:
    """Return the share of the most usual width among the rows read this way; 0 when it cannot be read."""
    widths: Counter[int] = Counter()
    csv.field_size_limit(max(csv.field_size_limit(), conf.IMPORT_MAX_CELL))
    try:
        with path.open(encoding=encoding, newline="") as file:
            rows = csv.reader(
                file, delimiter=delimiter, strict=True, skipinitialspace=skips, **CSV_QUOTING[quoting]
            )
            while some := list(map(len, islice(rows, _AT_ONCE))):
                widths.update(some)
    except (csv.Error, UnicodeError):
        return 0.0
    widths.pop(0, None)
    return max(widths.values()) / widths.total() if widths else 0.0


def _may_be_letters(path: Path, encoding: str, delimiter: str) -> bool:
    """Return whether quotation marks are letters: no cell is in quotes, and the rows are equal without them.

    In a file with commas one broken row does not make it so.
    """
    if _share(path, encoding, delimiter, "none") < 1:
        return False
    limits = rf"(?:^|(?<=[{re.escape(delimiter)}\n])){{}}"
    quoted = re.compile(limits.format(rf'"[^"\n]*"(?=[{re.escape(delimiter)}\r\n]|$)').encode(), re.MULTILINE)
    stray = 0
    for piece in pieces_of(path, encoding):
        if quoted.search(piece):
            return False
        stray += sum(b'"' in line for line in piece.splitlines()) if b'"' in piece else 0
    return stray > 1 or delimiter in _SELDOM_QUOTED
