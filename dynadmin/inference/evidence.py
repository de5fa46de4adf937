"""What the counted texts of a column say about how they are written, as the rules of conversions have it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dynadmin.conversion import Question
from dynadmin.conversion.characters import plain
from dynadmin.conversion.durations import DurationEvidence
from dynadmin.conversion.moment_evidence import EpochEvidence, MomentEvidence
from dynadmin.conversion.monthnames import months_of
from dynadmin.conversion.number_evidence import NumberEvidence
from dynadmin.conversion.numbers import ANY
from dynadmin.conversion.questions import Examples, Votes
from dynadmin.conversion.rule import Ends
from dynadmin.conversion.writtentimes import month_word_of, read_moment
from dynadmin.exceptions import CannotConvert
from dynadmin.inference.shapes import (
    DATE,
    DATETIME,
    DURATION,
    NAIVE,
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    Shape,
    ways_of_moment,
)
from dynadmin.inference.sorting import NAMED, WORD
from dynadmin.inference.tally import Group, Tally
from dynadmin.schema import FieldSchema

_MOST_WORDS = 100
_TEXTS = Ends(
    old=FieldSchema(id=0, name="old", type="text", options={}),
    new=FieldSchema(id=0, name="new", type="text", options={}),
)


@dataclass
class Reading:
    """How a column is read as values of one kind: how many cells fit, which do not, and what is asked."""

    kind: str
    fits: int = 0
    groups: Mapping[Shape, Group] = field(default_factory=dict)
    fitting: frozenset[Shape] = frozenset()
    how: dict[str, Any] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    mark: str = "."

    @property
    def is_plain(self) -> bool:
        """Whether fields read what fits as it is written."""
        return all(shape.is_plain for shape in self.fitting)

    @property
    def zone(self) -> str:
        """The time zone in which moments are meant that do not say theirs; "" if all do."""
        is_naive = self.kind == "datetime" and any(NAIVE in shape.ways for shape in self.fitting)
        return str(self.how.get("zone", "")) if is_naive else ""

    @property
    def misfit_samples(self) -> tuple[str, ...]:
        others = {s: g for s, g in self.groups.items() if s not in self.fitting}
        # Words for no value are told apart.
        texts = (
            t for s, g in others.items() for t in g.samples if not any(w.startswith(WORD) for w in s.ways)
        )
        return tuple(texts)[:5]


class Readings:
    """All ways to read one column. ``answers`` are those of a person, by the id of the question."""

    def __init__(self, tally: Tally, answers: Mapping[str, str]) -> None:
        self.tally = tally
        self.answers = answers
        self._moments = self._moment_evidence()
        self.moment_reading = self._moments.reading(answers)
        self.groups = {s: g for s, g in tally.groups.items() if not any(w.startswith(NAMED) for w in s.ways)}
        for shape, group in self._named_groups(self.moment_reading["language"]):
            mine = self.groups.setdefault(shape, Group())
            self.groups[shape] = Group(mine.count + group.count, [*mine.samples, *group.samples])

    def _reading(self, kind: str, *ways: str, shapes: Iterable[Shape] | None = None, **more: Any) -> Reading:
        among = self.groups if shapes is None else shapes
        fitting = frozenset(shape for shape in among if not shape.ways.isdisjoint(ways))
        fits = sum(self.groups[shape].count for shape in fitting)
        return Reading(kind=kind, fits=fits, groups=self.groups, fitting=fitting, **more)

    def simple(self, kind: str, *ways: str) -> Reading:
        """Return the reading of a kind that asks nothing."""
        return self._reading(kind, *ways)

    # --- Numbers ---

    def numbers(self) -> tuple[Reading, Reading]:
        """Return the reading as whole numbers, and as any."""
        evidence = self._number_evidence()
        how = evidence.reading(self.answers)
        mark = how["decimal"] or "."
        # Until somebody has said which currency is wanted, all are.
        is_any = how["currency"] == ANY or (len(evidence.currencies) > 1 and not self.answers.get("currency"))
        shapes = [s for s in self.groups if is_any or s.currency in ("", how["currency"])]
        more = {"how": {"kind": "number", **how}, "questions": evidence.questions(self.answers), "mark": mark}
        wholes = [shape for shape in shapes if not shape.is_percent]
        return (
            self._reading("whole", WHOLE + mark, shapes=wholes, **more),
            self._reading("number", NUMBER + mark, shapes=shapes, **more),
        )

    def _number_evidence(self) -> NumberEvidence:
        evidence = NumberEvidence(_TEXTS)
        for shape, group in self.groups.items():
            if NUMBER + "." not in shape.ways and NUMBER + "," not in shape.ways:
                continue
            _vote(evidence.marks, shape.marks, group)
            for text in group.samples:
                if shape.is_percent:
                    evidence.percents.add(text)
                if shape.currency:
                    evidence.currencies.setdefault(shape.currency, Examples()).add(text)
        return evidence

    # --- Dates and times ---

    def moments(self, kind: str) -> Reading:
        """Return the reading as dates or as moments."""
        order = self.moment_reading["order"] or self._likely_order()
        way = (DATE if kind == "date" else DATETIME) + order
        how = {"kind": kind, **self.moment_reading}
        return self._reading(kind, way, how=how, questions=self._moments.questions(self.answers))

    def times(self) -> Reading:
        how = {"kind": "time", **self.moment_reading}
        return self._reading("time", TIME, how=how)

    def serials(self, kind: str) -> Reading:
        """Return the reading of numbers as dates or moments: what they count is asked, never guessed."""
        evidence = EpochEvidence(_TEXTS)
        mark = NUMBER + "."
        for shape, group in self.groups.items():
            if mark in shape.ways:
                evidence.add(_numbers(group.samples))
        how = {"kind": kind, "order": "", "language": "en", **evidence.reading(self.answers)}
        return self._reading(kind, mark, how=how, questions=evidence.questions(self.answers))

    def durations(self) -> Reading:
        evidence = DurationEvidence(_TEXTS)
        for shape, group in self.groups.items():
            if DURATION in shape.ways:
                evidence.add(group.samples)
        how = {"kind": "duration", **evidence.reading(self.answers)}
        return self._reading("duration", DURATION, how=how, questions=evidence.questions(self.answers))

    def _moment_evidence(self) -> MomentEvidence:
        evidence = MomentEvidence(_TEXTS)
        for shape, group in self.tally.groups.items():
            _vote(evidence.orders, shape.orders, group)
        for text in self.tally.named:
            word = month_word_of(plain(text))
            if word and (word in evidence.words or len(evidence.words) < _MOST_WORDS):
                evidence.words.setdefault(word, Examples()).add(text)
        return evidence

    def _likely_order(self) -> str:
        orders = self._moments.orders
        return max(orders.ways, key=orders.fitting, default="dmy")

    def _named_groups(self, language: str) -> Iterable[tuple[Shape, Group]]:
        months = months_of(language)
        for text, count in self.tally.named.items():
            try:
                moment = read_moment(plain(text), months)
            except CannotConvert:
                moment = None
            ways = ways_of_moment(moment, self.tally.zone) if moment else ()
            shape = Shape(frozenset(ways)) if moment else TEXT.shape
            yield shape, Group(count, [text])


def _vote(votes: Votes, ways: frozenset[str], group: Group) -> None:
    if ways:
        before = votes.counts[ways]
        for text in group.samples:
            votes.add(ways, text)
        votes.counts = Counter({**votes.counts, ways: before + group.count})


def _numbers(texts: Iterable[str]) -> Iterable[Any]:
    return (float(text) if "." in text else int(text) for text in texts if text.lstrip("-").isdigit())
