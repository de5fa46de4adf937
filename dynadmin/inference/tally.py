"""One column, counted in bounded memory: its different texts while they are few, then only their shapes."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from dynadmin.conversion.characters import plain
from dynadmin.conversion.monthnames import ENGLISH_MONTHS
from dynadmin.conversion.writtendates import ORDERS
from dynadmin.conversion.writtentimes import month_word_of
from dynadmin.inference.numbers import Numbers
from dynadmin.inference.shapes import (
    DATE,
    DATETIME,
    DURATION,
    NAIVE,
    NUMBER,
    TEXT,
    TIME,
    UUID,
    WHOLE,
    Shape,
    fits_float,
    is_mark,
    moments_exist,
    shape_of,
)
from dynadmin.inference.words import NO_VALUE

# Different texts of a column that are kept; beyond it only their shapes are.
MOST_TEXTS = 20_000
_MOST_SAMPLES = 5
# Texts remembered, by their hash, to see whether one comes twice; of all columns together.
MOST_HASHES = 1_000_000
# Columns of the one, of which most texts have no shape, have none; looking at each text would be slow.
_MOSTLY = 0.5
_LONGEST_WORD = 12
# What a date with the name of a month has: a word of letters with a number beside it.
_DAY_AND_WORD = re.compile(r"\d(?:[^\W\d_]{0,2}[\W_]+)*[^\W\d_]{2,}|[^\W\d_]{2}[\W_]+\d")
_MOST_WORDS = 200

# What stands for a text in the place of its ways, where texts are counted one by one.
WORD, NAMED = "word ", "named "
_BLANK = Shape(frozenset({"blank"}))


@dataclass
class Group:
    """How many cells have one shape, and some of them."""

    count: int = 0
    samples: list[str] = field(default_factory=list)

    def sample(self, texts: Collection[str]) -> None:
        for text in islice(texts, _MOST_SAMPLES):
            if len(self.samples) < _MOST_SAMPLES and text not in self.samples:
                self.samples.append(text)


class Room:
    """How many texts may still be remembered by their hash."""

    def __init__(self) -> None:
        self.left = MOST_HASHES

    def take(self, count: int) -> bool:
        self.left -= count
        return self.left >= 0


class Tally:
    """What all cells of a column are. `zone` is the time zone of moments that do not say theirs.

    `empty_texts` are those that somebody has said to stand for no value; `most` different texts are kept.
    `groups` has the cells by shape, without blank ones; `texts` are the different ones, the first of them
    when there are too many (`is_whole` is False then). `nested` are typed cells that are lists or objects.
    """

    def __init__(
        self,
        zone: tzinfo,
        room: Room,
        *,
        empty_texts: frozenset[str] = frozenset(),
        most: int = MOST_TEXTS,
    ) -> None:
        self.zone = zone
        self._most = most
        self.empty_texts = empty_texts
        self.cells = 0
        self.is_whole = True
        self.groups: dict[Shape, Group] = {}
        self.nested = Group()
        self.numbers = {".": Numbers(), ",": Numbers()}
        self.longest = 0
        self.has_lines = False
        self.has_repeated: bool | None = False  # None where nobody knows
        self.samples: dict[str, None] = {}
        self._empty = 0
        self._is_looked_at = True
        self._room = room
        self._hashes: set[int] = set()
        self._shapes: list[Group] = []  # by the numbers that `_known` has
        self._numbers: dict[Shape, int] = {}
        self._known: dict[str, int] = {}
        self._seen: set[str] = set()  # the texts of `_known`, and the empty one
        self._kept: tuple[str, ...] = ()
        self._lately: Bulk | None = None  # what the last new texts were: the next are likely of it, too

    # --- Asked for ---

    @property
    def texts(self) -> tuple[str, ...]:
        """The different texts, those that may stand for no value left out."""
        return self._kept or tuple(self._true_texts())

    @property
    def blanks(self) -> int:
        return self._empty + self.groups.get(_BLANK, Group()).count

    @property
    def values(self) -> int:
        """The cells that are not blank, the words for no value included."""
        return self.cells - self.blanks

    @property
    def words(self) -> dict[str, int]:
        """How often each text comes that may stand for no value."""
        return self._alone(WORD)

    @property
    def named(self) -> dict[str, int]:
        """How often each text comes that has the name of a month in another language than English."""
        return self._alone(NAMED)

    def _alone(self, kind: str) -> dict[str, int]:
        return {
            way.removeprefix(kind): group.count
            for shape, group in self.groups.items()
            for way in shape.ways
            if way.startswith(kind)
        }

    def _true_texts(self) -> list[str]:
        apart = {
            n
            for shape, n in self._numbers.items()
            if shape == _BLANK or any(w.startswith(WORD) for w in shape.ways)
        }
        return [text for text, number in self._known.items() if number not in apart]

    # --- Counting ---

    def add(self, cells: Sequence[str]) -> None:
        """Count the cells of some rows."""
        self.cells += len(cells)
        if self.has_repeated is not False and self._seen.issuperset(cells):
            # Most chunks of most columns hold nothing new; a set of them would take twice as long.
            empty = cells.count("") if self._empty else 0
        else:
            empty = self._look(cells)
        self._empty += empty
        self._count(cells, len(cells) - empty)
        if len(self._known) > self._most:
            self._overflow()

    def note_nested(self, texts: Collection[str]) -> None:
        """Count cells that were lists or objects before they were written as these texts."""
        self.nested.count += len(texts)
        self.nested.sample(texts)

    def _look(self, cells: Sequence[str]) -> int:
        """Look at the texts that are new; return how many cells are empty."""
        some = set(cells)
        empty = cells.count("") if "" in some else 0
        some.discard("")
        new = some.difference(self._known)
        self._note_repeated(some, new, len(cells) - empty)
        if new:
            self._note_new(new, cells)
        if empty and not self._empty:
            self._seen.add("")
        return empty

    def _count(self, cells: Sequence[str], count: int) -> None:
        if len(self._shapes) == 1:
            self._shapes[0].count += count
            return
        numbers = Counter(map(self._known.get, cells))
        for number, times in numbers.items():
            if number is not None:
                self._shapes[number].count += times

    def _note_repeated(self, some: set[str], new: set[str], count: int) -> None:
        if self.has_repeated is not False:
            return
        if len(some) < count or len(new) < len(some):
            self.has_repeated = self._is_value_repeated(some, count)
        elif self._hashes and not self._hashes.isdisjoint(map(hash, some)):
            self.has_repeated = True
        if not self.has_repeated and not self.is_whole:
            self._hash(some)

    def _is_value_repeated(self, some: set[str], count: int) -> bool | None:
        """Return whether more than words for no value come twice, as far as one can say."""
        return None if any(map(self._is_word, some)) else True

    def _is_word(self, text: str) -> bool:
        is_short = len(text) < _LONGEST_WORD
        return (is_short and text.strip().casefold() in NO_VALUE) or text.strip() in self.empty_texts

    def _hash(self, texts: Collection[str]) -> None:
        if self._room.take(len(texts)):
            self._hashes |= set(map(hash, texts))
        else:
            self.has_repeated, self._hashes = None, set()

    def _overflow(self) -> None:
        """Keep the first texts for people to see, and of the others only what they are."""
        if self.is_whole:
            self.is_whole = False
            self._kept = tuple(self.samples)
            shapeless = self.groups.get(TEXT.shape, Group()).count
            self._is_looked_at = shapeless < self.values * _MOSTLY
            if self.has_repeated is False:
                self._hash(self._known)
        self._known, self._seen = {}, {""} if self._empty else set()

    # --- New texts ---

    def _note_new(self, new: set[str], cells: Sequence[str]) -> None:
        lengths = map(len, new)
        self.longest = max(self.longest, *lengths, 0)
        joined = "".join(new)
        self.has_lines = self.has_lines or "\n" in joined or "\r" in joined
        if len(self.samples) < _MOST_SAMPLES:
            wanted = (text for text in cells[:1000] if text and not text.isspace())
            self.samples |= dict.fromkeys(islice(dict.fromkeys(wanted), _MOST_SAMPLES - len(self.samples)))
        if self._is_looked_at:
            self._note_shapes(new)
        else:
            self._put(TEXT.shape, new)

    def _put(self, shape: Shape, texts: Collection[str]) -> None:
        """Say of these texts that they have this shape."""
        number = self._numbers.get(shape)
        if number is None:
            number = self._numbers[shape] = len(self._shapes)
            group = self.groups[shape] = Group()
            self._shapes.append(group)
        self._known.update(dict.fromkeys(texts, number))
        self._seen.update(texts)
        if len(self._shapes[number].samples) < _MOST_SAMPLES:
            # In an order of their own: that of a set is another one in each process.
            self._shapes[number].sample(sorted(texts)[:_MOST_SAMPLES])

    def _note_shapes(self, new: set[str]) -> None:
        for bulk in (self._lately, *BULK) if self._lately else BULK:
            found = list(filter(bulk.fits, new))
            if found and bulk.check(self, found):
                self._put(bulk.shape, found)
                bulk.measure(self, found)
                self._lately = bulk
                if len(found) == len(new):
                    return
                new = new.difference(found)
        for text in new:
            self._put(self._shape(text), (text,))

    def _shape(self, text: str) -> Shape:
        if text.isspace():
            return _BLANK
        if len(self._numbers) < _MOST_WORDS and self._is_word(text):
            return Shape(frozenset({WORD + text}))
        found = shape_of(text, self.zone)
        if found is TEXT and len(self._numbers) < MOST_TEXTS and _may_be_named(text):
            word = month_word_of(plain(text))
            if word and word not in ENGLISH_MONTHS:
                return Shape(frozenset({NAMED + text}))
        for mark, numeral in found.numerals.items():
            self.numbers[mark].add(numeral, is_percent=found.shape.is_percent)
        return found.shape


def _may_be_named(text: str) -> bool:
    """Return whether a text may be a date with the name of a month."""
    return not is_mark(text) and bool(_DAY_AND_WORD.search(text))


# --- What most programs write, many at a time ---


class Bulk(NamedTuple):
    """Texts of one plain shape: found by an expression, checked and measured together."""

    fits: Callable[[str], object]
    shape: Shape
    measure: Callable[[Tally, list[str]], None]
    check: Callable[[Tally, list[str]], bool] = lambda tally, texts: True


def _measure_whole(tally: Tally, texts: list[str]) -> None:
    values = list(map(int, texts))
    for numbers in tally.numbers.values():
        numbers.add_wholes(min(values), max(values))


def _measure_point(tally: Tally, texts: list[str]) -> None:
    parts = [text.partition(".") for text in texts]
    doubtful = [text for text in texts if len(text) > 16]
    tally.numbers["."].add_many(
        lowest=Decimal(min(texts, key=float)),
        highest=Decimal(max(texts, key=float)),
        whole_digits=max(len(whole.lstrip("-")) for whole, _point, _places in parts),
        places=max(len(places.rstrip("0")) for _whole, _point, places in parts),
        written=max(len(places) for _whole, _point, places in parts),
        fits_float=all(fits_float(Decimal(text)) for text in doubtful),
    )


def _measure_unclear(tally: Tally, texts: list[str]) -> None:
    _measure_point(tally, texts)
    values = [int(text.replace(".", "")) for text in texts]
    tally.numbers[","].add_wholes(min(values), max(values))


def _measure_nothing(tally: Tally, texts: list[str]) -> None:
    """There is nothing to know of them but how many they are."""


def _are_days(tally: Tally, texts: list[str]) -> bool:
    try:
        list(map(date.fromisoformat, texts))
    except ValueError:
        return False
    return True


def _pattern(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


def _of_all_orders(*kinds: str) -> frozenset[str]:
    return frozenset(kind + order for kind in kinds for order in ORDERS)


_BOTH = frozenset({WHOLE + ".", WHOLE + ",", NUMBER + ".", NUMBER + ","})
_POINT, _EITHER = frozenset("."), frozenset(".,")
_YEAR = r"(?:1[0-9]|20)\d\d"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
BULK = (
    Bulk(_pattern(r"-?(?:0|[1-9]\d{0,17})"), Shape(_BOTH, is_plain=True), _measure_whole),
    Bulk(
        _pattern(r"-?[1-9]\d{0,2}\.(?!000)\d{3}"),
        Shape(frozenset({WHOLE + ",", NUMBER + ".", NUMBER + ","}), marks=_EITHER, is_plain=True),
        _measure_unclear,
    ),
    Bulk(
        _pattern(r"(?!-?[1-9]\d{0,2}\.000$)-?(?:0|[1-9]\d{0,17})\.0{1,15}"),
        Shape(frozenset({WHOLE + ".", NUMBER + "."}), marks=_POINT, is_plain=True),
        _measure_point,
    ),
    Bulk(
        _pattern(r"-?(?:0|[1-9]\d{0,17})\.\d{0,20}[1-9]\d{0,20}"),
        Shape(frozenset({NUMBER + "."}), marks=_POINT, is_plain=True),
        _measure_point,
    ),
    Bulk(
        _pattern(rf"{_YEAR}-\d\d-\d\d"),
        Shape(_of_all_orders(DATE, DATETIME) | {NAIVE}, is_plain=True),
        _measure_nothing,
        _are_days,
    ),
    Bulk(
        _pattern(rf"{_YEAR}-\d\d-\d\d[T ]{_CLOCK}(?:Z|[+-]\d\d:\d\d)"),
        Shape(_of_all_orders(DATETIME), is_plain=True),
        _measure_nothing,
        lambda tally, texts: moments_exist(texts, None),
    ),
    Bulk(
        _pattern(rf"{_YEAR}-\d\d-\d\d[T ](?!00:00(?::00(?:\.0+)?)?$){_CLOCK}"),
        Shape(_of_all_orders(DATETIME) | {NAIVE}, is_plain=True),
        _measure_nothing,
        lambda tally, texts: moments_exist(texts, tally.zone),
    ),
    Bulk(_pattern(_CLOCK), Shape(frozenset({TIME, DURATION}), is_plain=True), _measure_nothing),
    Bulk(
        _pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        Shape(frozenset({UUID}), is_plain=True),
        _measure_nothing,
    ),
)
