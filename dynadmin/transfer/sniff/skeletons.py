"""The lines of a text without their letters: what is left says how it is delimited, and is soon counted."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext_lazy

DELIMITERS = {
    ",": gettext_lazy("Comma ,"),
    ";": gettext_lazy("Semicolon ;"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Bar |"),
    ":": gettext_lazy("Colon :"),
    "^": gettext_lazy("Caret ^"),
    "~": gettext_lazy("Tilde ~"),
}
# The first ones are taken whenever they fit best; the others have to cut every line alike, as they are also
# letters.
_COMMON = "\t;|,"
_RARE = ":^~\x1f\x01"
# Times and addresses have colons too.
_LEAST = {":": 3}

_CHUNK = 1 << 20
# Bytes below 128 mean the same in these as in ASCII; in others a delimiter may be half of a letter.
_LIKE_ASCII = ("utf-8", "cp125", "iso-8859", "iso8859", "latin", "ascii")
_MOST_LINES = 0.5
_BLANK_LINES = re.compile(rb"\n{2,}")
_MOST_KINDS, _MOST_BYTES = 10_000, 16_000_000


class Score(NamedTuple):
    """How well a delimiter fits: compared in this order."""

    is_likely: bool
    agrees_with_first: bool
    share: float
    cells: int
    preference: int


class Skeletons:
    """How many lines have which delimiters outside quotes, in their order.

    `escape` is what makes a quotation mark within quotes a letter; with `quote` False all of them are
    letters.
    """

    def __init__(self, extra: str = "", *, quotes: bool = True, escapes: bool = False) -> None:
        self.candidates = dict.fromkeys(extra or _COMMON + _RARE)
        self.counts: Counter[bytes] = Counter()
        self.first: bytes | None = None
        self.is_open = self._is_full = self._is_begun = False
        self._quotes, self._escapes = quotes, escapes
        kept = "".join(self.candidates).encode() + b'"\n'
        self._deleted = bytes(byte for byte in range(256) if byte not in kept)
        self._rest = b""
        self._outside = b""

    def feed(self, chunk: bytes) -> None:
        """Take in the next piece of the text; it does not end in a backslash."""
        if self._escapes and b"\\" in chunk:
            chunk = chunk.replace(b"\\\\", b"").replace(b'\\"', b"")
        if self._rest or b"\r" in chunk:
            chunk = self._with_plain_ends(chunk)
        if not self._is_begun:
            # Blank lines in front are none. A line of which nothing is kept is one.
            chunk = chunk.lstrip(b"\n")
            self._is_begun = bool(chunk)
        if b"\n\n" in chunk:
            # Blank lines are none.
            chunk = _BLANK_LINES.sub(b"\n", chunk)
        self._take(self._bare(chunk.translate(None, self._deleted)))

    def end(self) -> None:
        """Take in the last line."""
        if self._outside or self._rest:
            self._take(b"\n")

    def _with_plain_ends(self, chunk: bytes) -> bytes:
        """Return the piece with line feeds alone; a carriage return at its end waits for what follows."""
        chunk, self._rest = self._rest + chunk, b""
        if chunk.endswith(b"\r"):
            chunk, self._rest = chunk[:-1], b"\r"
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _bare(self, skeleton: bytes) -> bytes:
        """Return the skeleton of lines as they are outside quotes."""
        # Two marks side by side open and close, or close and open; this leaves few to look at one by one.
        skeleton = skeleton.replace(b'""', b"")
        if b'"' in skeleton:
            parts = skeleton.split(b'"')
            if self._quotes:
                skeleton = b"".join(parts[self.is_open :: 2])
                self.is_open ^= not len(parts) % 2
            else:
                skeleton = b"".join(parts)
        elif self._quotes and self.is_open:
            return b""
        return skeleton

    def _take(self, skeleton: bytes) -> None:
        *lines, self._outside = (self._outside + skeleton).split(b"\n")
        if self.first is None and lines:
            self.first = lines[0]
        if not self._is_full:
            self.counts.update(lines)
            sizes = [len(line) for line in self.counts]
            self._is_full = len(sizes) > _MOST_KINDS or sum(sizes) > _MOST_BYTES
        else:
            # The lines are all different; those kinds that are known tell enough.
            self.counts.update(line for line in lines if line in self.counts)

    def score(self, delimiter: str) -> Score:
        """Return how well this delimiter cuts the lines into equal rows."""
        most, share, touched = self._usual(delimiter)
        agrees = most > 0 and (self.first or b"").count(delimiter.encode()) == most
        fits_all = agrees and share == 1 and most >= _LEAST.get(delimiter, 1)
        # In a column of texts some have a comma, and the first one may be among them.
        # Where the first has none, it takes more than one other line: that may be a text with a semicolon.
        is_likely = touched >= _MOST_LINES if agrees else share > _MOST_LINES
        if (delimiter in _RARE and not fits_all) or not (agrees or is_likely):
            return Score(False, False, 0.0, 0, 0)
        # Decimal commas may be in every cell, the header's too; they are at most one more than the
        # semicolons.
        cells = most + (delimiter != ",")
        return Score(is_likely, agrees, share, cells, -list(self.candidates).index(delimiter))

    def width(self, delimiter: str) -> int:
        """Return how many cells most rows have."""
        return self._usual(delimiter)[0] + 1

    def _usual(self, delimiter: str) -> tuple[int, float, float]:
        """Return how many of the delimiter most lines have that have any; their share, and that of any."""
        found: Counter[int] = Counter()
        for skeleton, lines in self.counts.items():
            found[skeleton.count(delimiter.encode())] += lines
        total = sum(found.values())
        without = found.pop(0, 0)
        if not found:
            return 0, 0.0, 0.0
        most, lines = found.most_common(1)[0]
        return most, lines / total, (total - without) / total


def pieces_of(path: Path, encoding: str) -> Iterator[bytes]:
    """Give the text in pieces in which delimiters are single bytes; none ends in a backslash."""
    rest = b""
    for chunk in (
        _bytes_of(path)
        if encoding.lower().replace("_", "-").startswith(_LIKE_ASCII)
        else _texts_of(path, encoding)
    ):
        piece = rest + chunk
        body = piece.rstrip(b"\\")
        rest = piece[len(body) :]
        yield body
    yield rest + b" " if rest else b""


def _bytes_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _texts_of(path: Path, encoding: str) -> Iterator[bytes]:
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            while text := file.read(_CHUNK):
                yield text.encode("utf-8", "replace")
    except UnicodeError:
        # UTF-16 without its mark cannot even be replaced; the reader will say at which line.
        return
