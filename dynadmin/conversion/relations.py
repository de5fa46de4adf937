"""Relations out of values that tell rows, and such values out of relations.

Which row a value tells is for the database to say. It is asked by what the ends of a conversion are given as
``Rows``, for many values at once, before they are converted one by one.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion.questions import Question
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Answers, Convert, Ends, Evidence, Reading, Rows

AT_ONCE = 5_000
KEY = "key"


class NewRow(str):
    """The row that a value will become: where it is foreseen, it has no id yet."""

    def __str__(self) -> str:
        return _("new: %(value)s") % {"value": str.__str__(self)}


def batches(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the values, some thousand at a time."""
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def is_same_target(ends: Ends) -> bool:
    """Return whether both ends refer to the same rows: then ids stay."""
    return ends.old.target == ends.new.target


class RowEvidence(Evidence):
    """By which column of the target most values tell rows."""

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self._found: Counter[str] = Counter()
        self._seen = 0
        self._rows = None if is_same_target(ends) else ends.rows
        self._texts = _texts_of(ends, _told(ends))

    def add(self, values: Iterable[Any]) -> None:
        if self._rows is None:
            return
        for some in batches(value for value in values if value not in (None, "")):
            texts = set(self._texts(some))
            self._seen += len(texts)
            for key in self._rows.candidates():
                self._found[key.name] += self._rows.count(key.column, texts)

    @property
    def _proposed(self) -> str:
        """The key that tells most; of equals the first, which is the best."""
        assert self._rows is not None
        return max(
            (key.name for key in self._rows.candidates()), key=lambda name: self._found[name], default=""
        )

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        if self._rows is None or not self._rows.candidates():
            return ()
        text = _("By which column of “%(table)s” are rows found?") % {"table": self._rows.label}
        label = _("%(key)s (finds %(found)d of %(seen)d values)")
        choices = tuple(
            (key.name, label % {"key": key.label, "found": self._found[key.name], "seen": self._seen})
            for key in self._rows.candidates()
        )
        return (Question(id=KEY, text=text, choices=choices, proposed=self._proposed),)

    def reading(self, answers: Answers) -> Reading:
        if self._rows is None:
            return {}
        columns = {key.name: key.column for key in self._rows.candidates()}
        chosen = answers.get(KEY)
        return {
            KEY: columns.get(chosen if chosen in columns else self._proposed, ""),
            "told": _told(self.ends),
        }


class TextEvidence(Evidence):
    """By which column of the target a row is written: one that tells every row."""

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        rows = self.ends.old_rows
        keys = rows.telling_keys() if rows else ()
        if rows is None or not keys:
            return ()
        text = _("Which column of “%(table)s” is written in the place of a row?") % {"table": rows.label}
        choices = tuple((key.name, key.label) for key in keys)
        return (Question(id=KEY, text=text, choices=choices, proposed=keys[0].name),)

    def reading(self, answers: Answers) -> Reading:
        keys = self.ends.old_rows.telling_keys() if self.ends.old_rows else ()
        columns = {key.name: key.column for key in keys}
        return {"told": columns.get(answers.get(KEY, ""), keys[0].column if keys else "")}


def _told(ends: Ends) -> str:
    """Return the column by which the rows are written that the old field refers to."""
    keys = ends.old_rows.telling_keys() if ends.old_rows else ()
    return keys[0].column if keys else ""


def _texts_of(ends: Ends, told: str) -> Callable[[Sequence[Any]], list[str]]:
    """Return the function from values of the old field to the texts that tell rows."""
    rows = ends.old_rows
    if rows is None or not told:
        write = ends.write()
        return lambda values: [write(value) for value in values]

    def texts(values: Sequence[Any]) -> list[str]:
        rows.learn_rows(told, values)
        return [text for value in values if (text := rows.text(told, value)) is not None]

    return texts


def key_from_value(ends: Ends, reading: Reading) -> Convert:
    """Make the function from what tells a row to its id."""
    if is_same_target(ends):
        return lambda value: value
    rows, key = ends.rows, reading.get(KEY, "")
    text_of = text_from_key(ends, reading) if ends.old_rows else ends.write()

    def convert(value: Any) -> Any:
        if rows is None:
            raise cannot("row")
        return rows.row(key, text_of(value))

    return convert


def text_from_key(ends: Ends, reading: Reading) -> Convert:
    """Make the function from the id of a row to what tells it."""
    rows, told, clean = ends.old_rows, reading.get("told", ""), ends.clean()
    is_text = ends.new_kind != "key"

    def convert(value: Any) -> Any:
        text = rows.text(told, value) if rows and told else str(value)
        if text is None:
            raise cannot("no_row")
        return clean(text) if is_text else text

    return convert


def number_from_key(ends: Ends, reading: Reading) -> Convert:
    return ends.clean()


Prepare = Callable[[Collection[Any]], None]


def ask_for_rows(ends: Ends, reading: Reading) -> Prepare:
    """Make the function that asks which rows many values tell."""
    if ends.rows is None or is_same_target(ends):
        return lambda values: None
    rows, texts = ends.rows, _texts_of(ends, reading.get("told", ""))
    return lambda values: rows.learn(reading.get(KEY, ""), set(texts(list(values))))


def ask_for_texts(ends: Ends, reading: Reading) -> Prepare:
    """Make the function that asks what tells many rows."""
    rows: Rows | None = ends.old_rows
    told = reading.get("told", "")
    return (lambda values: rows.learn_rows(told, values)) if rows and told else lambda values: None
