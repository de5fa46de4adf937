"""New texts of a column, sorted by their shapes; their numbers are measured on the way."""

import re
from collections.abc import Collection, Iterator, Set, Sized
from datetime import tzinfo

from dynadmin.conversion.characters import plain
from dynadmin.conversion.monthnames import ENGLISH_MONTHS
from dynadmin.conversion.writtentimes import month_word_of
from dynadmin.inference.numbers import Numbers
from dynadmin.inference.plainshapes import PLAIN_SHAPES, PlainShape
from dynadmin.inference.shapes import TEXT, Shape, is_mark, shape_of
from dynadmin.inference.words import NO_VALUE

# What stands for a text in the place of its ways, where texts are counted one by one.
WORD, NAMED = "word ", "named "
BLANK = Shape(frozenset({"blank"}))

# Of how many shapes the texts are still told one by one.
_MOST_WORDS, _MOST_NAMED = 200, 20_000
_LONGEST_WORD = 12
# What a date with the name of a month has: a word of letters with a number beside it.
_DAY_AND_WORD = re.compile(r"\d(?:[^\W\d_]{0,2}[\W_]+)*[^\W\d_]{2,}|[^\W\d_]{2}[\W_]+\d")


class Sorter:
    """Sorts the texts of one column. `numbers` is what its numbers have in common, by decimal mark.

    `known` are the shapes of the column, as whoever sorts adds them: with many, no text is told by itself.
    """

    def __init__(self, zone: tzinfo, empty_texts: frozenset[str], known: Sized) -> None:
        self.numbers = {".": Numbers(), ",": Numbers()}
        self._zone = zone
        self._empty_texts = empty_texts
        self._known = known
        self._lately: PlainShape | None = None  # the next texts are likely of the last one's shape, too

    def by_shape(self, texts: Set[str]) -> Iterator[tuple[Shape, Collection[str]]]:
        """Yield shapes, each with texts that have it, until there are none left."""
        for plain_shape in (self._lately, *PLAIN_SHAPES) if self._lately else PLAIN_SHAPES:
            found = list(filter(plain_shape.fits, texts))
            if found and plain_shape.check(found, self._zone):
                plain_shape.measure(self.numbers, found)
                self._lately = plain_shape
                yield plain_shape.shape, found
                if len(found) == len(texts):
                    return
                texts = texts - set(found)
        for text in texts:
            yield self._shape_of(text), (text,)

    def is_word(self, text: str) -> bool:
        """Return whether a text may stand for no value."""
        is_short = len(text) < _LONGEST_WORD
        return (is_short and text.strip().casefold() in NO_VALUE) or text.strip() in self._empty_texts

    def _shape_of(self, text: str) -> Shape:
        if text.isspace():
            return BLANK
        if len(self._known) < _MOST_WORDS and self.is_word(text):
            return Shape(frozenset({WORD + text}))
        found = shape_of(text, self._zone)
        if found is TEXT and len(self._known) < _MOST_NAMED and _is_named(text):
            return Shape(frozenset({NAMED + text}))
        for mark, numeral in found.numerals.items():
            self.numbers[mark].add(numeral, is_percent=found.shape.is_percent)
        return found.shape


def _is_named(text: str) -> bool:
    """Return whether a text has the name of a month in another language than English."""
    if is_mark(text) or not _DAY_AND_WORD.search(text):
        return False
    word = month_word_of(plain(text))
    return bool(word) and word not in ENGLISH_MONTHS
