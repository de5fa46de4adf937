"""Rules of values that are chosen from a list."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion.questions import Question, Votes
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Answers, Convert, Ends, Evidence, Reading
from dynadmin.fieldtypes.cells import empty_value
from dynadmin.schema import FieldSchema

# What may stand between several values in one text, by its name in a reading.
SEPARATORS = {"semicolon": ";", "comma": ",", "bar": "|", "line": "\n"}
ONE = "one"

Match = Callable[[str], str | None]


def matcher(new: FieldSchema) -> Match:
    """Return the function that finds the choice that a text means: by its value, its label, or by either
    without regard to capitals if that fits one choice alone. None if there is none.
    """
    choices = new.options["choices"]
    values = {choice["value"] for choice in choices}
    labels = _unique((choice["label"], choice["value"]) for choice in choices)
    loosely = _unique(
        (word.casefold(), choice["value"])
        for choice in choices
        for word in (choice["value"], choice["label"])
    )

    def match(text: str) -> str | None:
        text = text.strip()
        if text in values:
            return text
        return labels.get(text) or loosely.get(text.casefold())

    return match


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for word, value in pairs:
        found.setdefault(word, set()).add(value)
    return {word: next(iter(values)) for word, values in found.items() if len(values) == 1}


def _labels(old: FieldSchema) -> Mapping[str, str]:
    return {choice["value"]: choice["label"] for choice in old.options.get("choices", ())}


def choice_from_text(ends: Ends, reading: Reading) -> Convert:
    """Make the function for all kinds that are written as text; a choice is also found by its old label."""
    clean, match, write, labels = ends.clean(), matcher(ends.new), ends.write(), _labels(ends.old)

    def convert(value: Any) -> Any:
        text = write(value)
        found = match(text) or match(labels.get(text, text))
        if found is None:
            raise cannot("choice")
        return clean(found)

    return convert


def choice_from_choices(ends: Ends, reading: Reading) -> Convert:
    clean, match, labels = ends.clean(), matcher(ends.new), _labels(ends.old)
    empty = empty_value(ends.new_field)

    def convert(values: list[str]) -> Any:
        if not values:
            return clean(empty)
        if len(values) > 1:
            raise cannot("several")
        found = match(values[0]) or match(labels.get(values[0], values[0]))
        if found is None:
            raise cannot("choice")
        return clean(found)

    return convert


def choices_from_choices(ends: Ends, reading: Reading) -> Convert:
    """Make the function for one or several values of one list to several of another."""
    clean, match, labels = ends.clean(), matcher(ends.new), _labels(ends.old)

    def convert(value: Any) -> Any:
        values = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(item, str) for item in values):
            raise cannot("object")
        return clean([_found(match(item) or match(labels.get(item, item))) for item in values])

    return convert


def _found(value: str | None) -> str:
    if value is None:
        raise cannot("choice")
    return value


# --- Several values out of one text ---


def _parts(text: str, way: str) -> list[str]:
    pieces = [text] if way == ONE else text.split(SEPARATORS[way])
    return [piece.strip() for piece in pieces if piece.strip()]


class SeparatorEvidence(Evidence):
    """What stands between the values of one text: told by the choices that there are."""

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self.separators = Votes()
        self._match = matcher(ends.new)

    def add(self, values: Iterable[Any]) -> None:
        for text in values:
            if isinstance(text, str) and any(sign in text for sign in SEPARATORS.values()):
                self.separators.add(self._ways(text), text)

    def _ways(self, text: str) -> frozenset[str]:
        """Return the separators between which there are nothing but choices."""
        possible = (ONE, *(way for way, sign in SEPARATORS.items() if sign in text))
        return frozenset(way for way in possible if all(map(self._match, _parts(text, way))))

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        if self.separators.decided is not None:
            return ()
        words = {
            ONE: _("Nothing: each text is one value"),
            "semicolon": _("A semicolon"),
            "comma": _("A comma"),
            "bar": _("A vertical bar"),
            "line": _("The end of a line"),
        }
        choices = self.separators.choices(words)
        text = _("What stands between several values?")
        return (Question(id="separator", text=text, choices=choices, examples=self.separators.examples),)

    def reading(self, answers: Answers) -> Reading:
        given = answers.get("separator")
        return {"separator": given if given == ONE or given in SEPARATORS else self.separators.decided or ""}


def choices_from_text(ends: Ends, reading: Reading) -> Convert:
    clean, match, way = ends.clean(), matcher(ends.new), reading["separator"]

    def convert(text: str) -> Any:
        if (whole := match(text)) is not None and way in (ONE, ""):
            return clean([whole])
        return clean([_found(match(part)) for part in _parts(text, way or "semicolon")] or None)

    return convert
