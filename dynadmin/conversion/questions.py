"""What a program cannot know about values and a person is asked."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

# Examples of a question, the shortest first.
MOST_EXAMPLES = 5
LONGEST_EXAMPLE = 60


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question about the values of a column. ``choices`` are pairs of an answer and its label.

    The ``proposed`` answer counts until there is another.
    """

    id: str
    text: str
    choices: tuple[tuple[str, str], ...]
    examples: tuple[str, ...] = ()
    proposed: str = ""

    def is_answered(self, answers: Mapping[str, Any]) -> bool:
        return bool(self.proposed) or answers.get(self.id) in {answer for answer, _label in self.choices}


class Examples:
    """A few of many texts, the same ones whatever order they come in."""

    def __init__(self) -> None:
        self._texts: list[tuple[int, str]] = []
        self._most: float = math.inf

    def add(self, text: str) -> None:
        if len(text) > self._most:
            return
        entry = (len(text), text)
        if entry not in self._texts:
            self._texts = sorted([*self._texts, entry])[:MOST_EXAMPLES]
            if len(self._texts) == MOST_EXAMPLES:
                self._most = self._texts[-1][0]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(shown(text) for _length, text in self._texts)


def shown(text: str) -> str:
    """Return the text cut to a length that fits a page."""
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"


class Votes:
    """Which ways of reading each value allows.

    A way is decided when it is the only one that all values allow; no value is ever outvoted.
    """

    def __init__(self) -> None:
        self.counts: Counter[frozenset[str]] = Counter()
        self._examples: defaultdict[frozenset[str], Examples] = defaultdict(Examples)

    def add(self, ways: Iterable[str], text: str) -> None:
        """Note that the value with this text can be read in these ways; none means that it says nothing."""
        allowed = frozenset(ways)
        if allowed:
            self.counts[allowed] += 1
            self._examples[allowed].add(text)

    @property
    def decided(self) -> str | None:
        """The one way that all values allow; ``""`` when none said anything, None when a person decides."""
        if not self.counts:
            return ""
        common = frozenset.intersection(*self.counts)
        return next(iter(common)) if len(common) == 1 else None

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways to ask about: each that some values allow, as the others may be mistakes."""
        return tuple(sorted(frozenset().union(*self.counts)))

    def fitting(self, way: str) -> int:
        """Return how many of the values that say something allow this way."""
        return sum(count for ways, count in self.counts.items() if way in ways)

    def label(self, way: str, words: str) -> str:
        """Return the words for a way, with how many values it fits where it does not fit them all."""
        fitting, seen = self.fitting(way), self.counts.total()
        if fitting == seen:
            return words
        counts = {"words": words, "fitting": fitting, "seen": seen}
        return _("%(words)s (fits %(fitting)d of %(seen)d values)") % counts

    def choices(self, words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return the ways to ask about with their labels, in the order of ``words``, which has all ways."""
        return tuple((way, self.label(way, words[way])) for way in words if way in self.ways)

    @property
    def examples(self) -> tuple[str, ...]:
        """Texts that show why a person is asked: some for each set of ways, the least clear first."""
        sets = sorted(self._examples, key=lambda ways: (-len(ways), sorted(ways)))
        each = max(1, MOST_EXAMPLES // (len(sets) or 1))
        return tuple(text for ways in sets for text in self._examples[ways].texts[:each])
