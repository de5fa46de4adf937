"""One column, counted in bounded memory: its different texts while they are few, then only their shapes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import islice

from dynadmin.inference.numbers import Numbers
from dynadmin.inference.repeats import HashRoom, Repeats
from dynadmin.inference.shapes import TEXT, Shape
from dynadmin.inference.sorting import BLANK, NAMED, WORD, Sorter

# Different texts of a column that are kept; beyond it only their shapes are.
MOST_TEXTS = 20_000
_MOST_SAMPLES = 5
# Columns of the one, of which most texts have no shape, have none; looking at each text would be slow.
_MOSTLY = 0.5


@dataclass
class Group:
    """How many cells have one shape, and some of them."""

    count: int = 0
    samples: list[str] = field(default_factory=list)

    def sample(self, texts: Collection[str]) -> None:
        for text in islice(texts, _MOST_SAMPLES):
            if len(self.samples) < _MOST_SAMPLES and text not in self.samples:
                self.samples.append(text)


class Tally:
    """What all cells of a column are. `zone` is the time zone of moments that do not say theirs.

    `empty_texts` are those that somebody has said to stand for no value; `most` different texts are kept.
    `groups` has the cells by shape, without empty ones; `texts` are the different ones, the first of them
    when there are too many (`is_whole` is False then). `nested` are typed cells that are lists or objects.
    """

    def __init__(
        self,
        zone: tzinfo,
        room: HashRoom,
        *,
        empty_texts: frozenset[str] = frozenset(),
        most: int = MOST_TEXTS,
    ) -> None:
        self.zone = zone
        self.empty_texts = empty_texts
        self._most = most
        self.cells = 0
        self.is_whole = True
        self.groups: dict[Shape, Group] = {}
        self.nested = Group()
        self.longest = 0
        self.has_lines = False
        self.samples: dict[str, None] = {}
        self._empty = 0
        self._is_looked_at = True
        self._sorter = Sorter(zone, empty_texts, known=self.groups)
        self._repeats = Repeats(room)
        self._shapes: list[Group] = []  # by the numbers that `_known` has
        self._numbers: dict[Shape, int] = {}
        self._known: dict[str, int] = {}
        self._seen: set[str] = set()  # the texts of `_known`, and the empty one
        self._kept: tuple[str, ...] = ()

    # --- Asked for ---

    @property
    def numbers(self) -> Mapping[str, Numbers]:
        """What the numbers have in common, by decimal mark."""
        return self._sorter.numbers

    @property
    def has_repeated(self) -> bool | None:
        """Whether any value comes twice; None where nobody knows."""
        return self._repeats.found

    @property
    def texts(self) -> tuple[str, ...]:
        """The different texts, those that may stand for no value left out."""
        return self._kept or tuple(self._true_texts())

    @property
    def blanks(self) -> int:
        return self._empty + self.groups.get(BLANK, Group()).count

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
            if shape == BLANK or any(w.startswith(WORD) for w in shape.ways)
        }
        return [text for text, number in self._known.items() if number not in apart]

    # --- Counting ---

    def add(self, cells: Sequence[str]) -> None:
        """Count the cells of some rows."""
        self.cells += len(cells)
        if not self._repeats.is_sought and self._seen.issuperset(cells):
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
        repeats = self._repeats
        if not repeats.is_sought:
            return
        if len(some) < count or len(new) < len(some):
            repeats.note_within(has_words=any(map(self._sorter.is_word, some)))
        else:
            repeats.note_before(some)
        if repeats.is_sought and not self.is_whole:
            repeats.remember(some)

    def _overflow(self) -> None:
        """Keep the first texts for people to see, and of the others only what they are."""
        if self.is_whole:
            self.is_whole = False
            self._kept = tuple(self.samples)
            shapeless = self.groups.get(TEXT.shape, Group()).count
            self._is_looked_at = shapeless < self.values * _MOSTLY
            if self._repeats.is_sought:
                self._repeats.remember(self._known)
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
        if not self._is_looked_at:
            self._put(TEXT.shape, new)
            return
        for shape, texts in self._sorter.by_shape(new):
            self._put(shape, texts)

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
