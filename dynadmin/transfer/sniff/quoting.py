"""How a text is delimited and quoted: by the skeletons of its lines, and in doubt by reading it each way."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from dynadmin.conf import conf
from dynadmin.transfer.sniff.skeletons import Skeletons, pieces_of

QUOTINGS = {
    "double": gettext_lazy("around texts; one within is written twice"),
    "backslash": gettext_lazy("around texts; one within has a backslash before it"),
    "none": gettext_lazy("are part of the text"),
}
# What the csv module calls them.
CSV_QUOTING: dict[str, dict[str, Any]] = {
    "double": {},
    "backslash": {"escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE, "quotechar": None},
}
# Every byte as what it is for quotation marks: what may set cells apart, one of them, or a letter.
_APART = b",;\t|:^~\x01\x1f\r\n"
_ROLES = bytes(b","[0] if byte in _APART else byte if byte == b'"'[0] else b"x"[0] for byte in range(256))
_WAYS = {
    "double": Skeletons,
    "backslash": partial(Skeletons, escapes=True),
    "none": partial(Skeletons, quotes=False),
}
_AT_ONCE = 1_000
# Delimiters of which files with quotation marks as letters are known.
_SELDOM_QUOTED = "\t|^~\x01\x1f"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How the cells of a text are set apart; `width` is how many most rows have.

    `names_delimiter` says that the first line does nothing else.
    """

    delimiter: str
    quoting: str
    width: int
    skips_spaces: bool = False
    names_delimiter: bool = False


class _Marks:
    """Whether there are quotation marks, and such as need a closer look."""

    def __init__(self) -> None:
        self.any = self.stray = self.escaped = self.spaced = self.tight = False

    def feed(self, piece: bytes) -> None:
        """Take in a piece of the text."""
        if b'"' not in piece:
            return
        self.any = True
        self.escaped = self.escaped or b'\\"' in piece
        self.spaced = self.spaced or b', "' in piece or b'; "' in piece
        self.tight = self.tight or b',"' in piece or b';"' in piece
        # With a letter on each side it neither begins nor ends a cell, nor is it one of two.
        self.stray = self.stray or b'x"x' in piece.translate(_ROLES)

    @property
    def has_spaced_cells(self) -> bool:
        """Whether cells in quotes begin with a space, all of them."""
        return self.spaced and not self.tight


def find_dialect(path: Path, encoding: str, delimiter: str | None, quoting: str | None) -> Dialect:
    """Return how the text is delimited and quoted; what is given is taken as said."""
    marks = _Marks()
    way = _WAYS[quoting or "double"](delimiter or "")
    for piece in pieces_of(path, encoding):
        marks.feed(piece)
        way.feed(piece)
    way.end()
    _name, found = _best({"": way})
    is_sure = not (marks.stray or marks.escaped or way.is_open or way.score(found).share < 1)
    if quoting or not marks.any or (is_sure and not marks.has_spaced_cells):
        return Dialect(delimiter=found, quoting=quoting or "double", width=way.width(found))
    return _in_doubt(path, encoding, delimiter, way, marks)


def _in_doubt(path: Path, encoding: str, delimiter: str | None, double: Skeletons, marks: _Marks) -> Dialect:
    """Return how it is delimited and quoted by trying each way."""
    ways = {"double": double, **{name: _WAYS[name](delimiter or "") for name in ("backslash", "none")}}
    for piece in pieces_of(path, encoding):
        ways["backslash"].feed(piece)
        ways["none"].feed(piece)
    for name in ("backslash", "none"):
        ways[name].end()
    _name, found = _best(ways)
    quoting, skips = _tried(path, encoding, found, marks)
    return Dialect(delimiter=found, quoting=quoting, width=ways[quoting].width(found), skips_spaces=skips)


def _best(ways: dict[str, Skeletons]) -> tuple[str, str]:
    """Return the way and the delimiter that fit best; where none does, one that no line has."""
    scores = {
        (name, delimiter): way.score(delimiter) for name, way in ways.items() for delimiter in way.candidates
    }
    name, delimiter = max(scores, key=scores.__getitem__)
    if scores[name, delimiter].share:
        return name, delimiter
    given = list(ways[name].candidates)
    if len(given) == 1:
        return name, given[0]
    return name, next((unused for unused in ",;|\t" if ways[name].width(unused) == 1), ",")


def _tried(path: Path, encoding: str, delimiter: str, marks: _Marks) -> tuple[str, bool]:
    """Return the quoting with which the file has the most equal rows, and whether spaces go."""
    shares = {("double", False): _share(path, encoding, delimiter, "double")}
    if shares["double", False] == 1:
        return "double", False
    if marks.has_spaced_cells:
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
