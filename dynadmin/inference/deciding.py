"""Which type a column has: the one that takes most of its values, the safest of equals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.timezone import get_default_timezone_name

from dynadmin.conversion import Question
from dynadmin.fieldtypes import field_types
from dynadmin.inference import shapes
from dynadmin.inference.evidence import Reading, Readings
from dynadmin.inference.numbers import BIGINT_LIMITS, INT_LIMITS, Numbers
from dynadmin.inference.proposal import Wish
from dynadmin.inference.tally import Tally
from dynadmin.inference.words import means_no_value, names_codes

# The part of the values that need not fit: mistakes, which are counted and shown.
_MISFITS = 0.05
# From so many values on a single one may be a mistake.
_FEW = 10

# Choices: so few different texts, each so often, each so short.
_MOST_CHOICES = 50
_TIMES_EACH = 4
_LONGEST_CHOICE = 50
_CHOICE_VALUES = 12
# Longer texts than this have lines of their own in forms.
_LONGEST_LINE = 500
# More digits than that no exact number has, see the type.
_MOST_DIGITS = 15
_MOST_PLACES = 6


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a column is: ``way`` says it for the reason, ``values`` are the cells that have one."""

    type: str
    way: str
    values: int
    empties: int
    empty_texts: tuple[str, ...]
    misfits: int = 0
    misfit_samples: tuple[str, ...] = ()
    reading: Mapping[str, Any]
    questions: tuple[Question, ...] = ()
    zone: str = ""
    numbers: Numbers | None = None


def decide(tally: Tally, header: str, wish: Wish) -> Decision:
    """Return what the column is, or what it is as the type that a person wishes."""
    readings = Readings(tally, wish.answers)
    if wish.type:
        return _decided(tally, wish, *_as_wished(tally, wish, readings))
    decision = _found_out(tally, header, wish, readings)
    if decision.way == "text" and wish.answers:
        # An answer may leave many values out; they are still what they were when it was asked for.
        before = decide(tally, header, replace(wish, answers={}))
        return decide(tally, header, replace(wish, type=before.type)) if before.way != "text" else decision
    return decision


def _found_out(tally: Tally, header: str, wish: Wish, readings: Readings) -> Decision:
    candidates = _candidates(readings)
    words = _empty_texts(tally, wish, among_texts=False)
    values = tally.values - sum(_count(tally, text) for text in words)
    best = max(candidates.items(), key=lambda item: item[1].fits, default=None)
    if best is None or not _is_enough(best[1].fits, values) or _are_codes(tally, header, best[0]):
        return _text(tally, wish)
    slug, way = _type_of(best[0], best[1], readings)
    if slug == "char":
        return _text(tally, wish)
    return _decided(tally, wish, slug, way, best[1])


def _candidates(readings: Readings) -> dict[str, Reading]:
    """Return the readings by kind: of those that take as many values the first one counts."""
    whole, number = readings.numbers()
    found = {
        "bool": readings.simple("bool", shapes.YES, shapes.NO) if _are_words(readings.tally) else None,
        "uuid": readings.simple("uuid", shapes.UUID),
        "ip": readings.simple("ip", shapes.IP),
        "whole": whole,
        "number": number,
        "date": readings.moments("date"),
        "datetime": readings.moments("datetime"),
        "time": readings.times(),
        "duration": readings.durations(),
        "email": readings.simple("email", shapes.EMAIL),
        "url": readings.simple("url", shapes.URL),
        "json": readings.simple("json", shapes.JSON),
    }
    return {kind: reading for kind, reading in found.items() if reading is not None and reading.fits}


def _are_words(tally: Tally) -> bool:
    """Return whether texts are words for yes and for no; one letter alone may be anything."""
    said = {shapes.YES, shapes.NO}
    groups = {shape: group for shape, group in tally.groups.items() if shape.ways & said}
    is_long = any(len(text.strip()) > 1 for group in groups.values() for text in group.samples)
    return len({way for shape in groups for way in shape.ways & said}) == 2 or is_long


def _is_enough(fits: int, values: int) -> bool:
    allowed = max(int(values * _MISFITS), 1 if values >= _FEW else 0)
    return values > 0 and values - fits <= allowed


def _are_codes(tally: Tally, header: str, kind: str) -> bool:
    """Return whether digits are no numbers: a nought in front would be lost."""
    if kind not in ("whole", "number"):
        return False
    return any(shapes.CODE in shape.ways for shape in tally.groups) or (
        kind == "whole" and names_codes(header)
    )


# --- Types ---


def _type_of(kind: str, reading: Reading, readings: Readings) -> tuple[str, str]:
    """Return the type for a kind, and the way that is told of it; text where no type keeps all digits."""
    if kind not in ("whole", "number"):
        return kind, kind
    numbers = readings.tally.numbers[reading.mark]
    percent = reading.how.get("percent") == "fraction"
    places = max(numbers.places, numbers.percent_places if percent else 0)
    if kind == "whole":
        for slug, limits in (("int", INT_LIMITS), ("bigint", BIGINT_LIMITS)):
            if numbers.is_within(limits):
                return slug, kind
        return "char", kind
    if places <= _MOST_PLACES and numbers.whole_digits + places <= _MOST_DIGITS:
        return "decimal", kind
    if numbers.fits_float:
        return "float", kind
    return ("decimal" if numbers.whole_digits + places <= _MOST_DIGITS else "char"), kind


def _as_wished(tally: Tally, wish: Wish, readings: Readings) -> tuple[str, str, Reading]:
    """Return the type wished for, and its reading."""
    kind = field_types[wish.type].kind_of({}) if wish.type in _KNOWN else ""
    if wish.type in ("email", "url"):
        return wish.type, wish.type, readings.simple(wish.type, wish.type)
    whole, number = readings.numbers()
    makers: dict[str, Callable[[], Reading]] = {
        "bool": lambda: readings.simple("bool", shapes.YES, shapes.NO),
        "whole": lambda: whole,
        "number": lambda: number,
        "exact": lambda: number,
        "date": lambda: _moments(readings, "date", number),
        "datetime": lambda: _moments(readings, "datetime", number),
        "time": readings.times,
        "duration": readings.durations,
        "uuid": lambda: readings.simple("uuid", shapes.UUID),
        "ip": lambda: readings.simple("ip", shapes.IP),
        "json": lambda: readings.simple("json", shapes.JSON),
    }
    maker = makers.get(kind)
    if maker is None:
        return wish.type, "text", Reading(kind="text", fits=tally.values)
    way = {"exact": "number"}.get(kind, kind)
    return wish.type, way, maker()


_KNOWN = frozenset(
    (
        "int",
        "bigint",
        "float",
        "decimal",
        "bool",
        "date",
        "time",
        "datetime",
        "duration",
        "uuid",
        "ip",
        "json",
    )
)


def _moments(readings: Readings, kind: str, number: Reading) -> Reading:
    """Return the reading of texts as dates, or, where they are numbers, of what those count."""
    found, serials = readings.moments(kind), readings.serials(kind)
    return serials if serials.fits > found.fits and number.fits else found


# --- What is decided ---


def _text(tally: Tally, wish: Wish) -> Decision:
    reading = Reading(kind="text", fits=tally.values, groups={})
    slug = "char"
    if tally.has_lines or tally.longest > _LONGEST_LINE:
        slug = "text"
    elif is_chosen(tally):
        slug = "choice"
    return _decided(tally, wish, slug, "text", reading)


def is_chosen(tally: Tally) -> bool:
    """Return whether the texts are few and come often."""
    words = [text for text in tally.texts if not means_no_value(text, among_texts=True)]
    often = len(words) * _TIMES_EACH <= tally.values and tally.values >= _CHOICE_VALUES
    return tally.is_whole and 1 < len(words) <= _MOST_CHOICES and often and tally.longest <= _LONGEST_CHOICE


def _decided(tally: Tally, wish: Wish, slug: str, way: str, reading: Reading) -> Decision:
    is_text = way == "text"
    empty = _empty_texts(tally, wish, among_texts=is_text)
    empties = tally.blanks + sum(_count(tally, text) for text in empty)
    values = tally.values + tally.blanks - empties
    kept_words = [text for text in tally.words if text not in empty]
    misfits, misfit_samples = max(values - reading.fits, 0), [*kept_words, *reading.misfit_samples]
    if is_text:
        misfits, misfit_samples = (tally.nested.count if stores_texts(slug) else 0), tally.nested.samples
    how = dict(reading.how) if _is_needed(slug, reading) else {}
    if way == "bool":
        how = {"kind": "bool"}
    return Decision(
        type=slug,
        way=way,
        values=values,
        empties=empties,
        empty_texts=empty,
        misfits=misfits,
        misfit_samples=tuple(misfit_samples[:5]) if misfits else (),
        reading={**how, **({"empty": list(empty)} if empty else {})},
        questions=reading.questions,
        zone=reading.zone,
        numbers=tally.numbers[reading.mark] if way in ("whole", "number") else None,
    )


def stores_texts(slug: str) -> bool:
    """Return whether fields of this type hold texts, which may be empty, and no lists."""
    return field_types[slug].kind_of({}) in ("text", "choice")


def _is_needed(slug: str, reading: Reading) -> bool:
    """Return whether texts are written otherwise than the field reads them."""
    if reading.zone and reading.zone != get_default_timezone_name():
        return True
    if not reading.how or (reading.is_plain and reading.mark == "." and reading.kind != "duration"):
        return bool(reading.how) and "unit" in reading.how and bool(reading.how["unit"])
    return True


def _empty_texts(tally: Tally, wish: Wish, *, among_texts: bool) -> tuple[str, ...]:
    if wish.empty is not None:
        return wish.empty
    said = tally.empty_texts
    return tuple(t for t in tally.words if t.strip() in said or means_no_value(t, among_texts=among_texts))


def _count(tally: Tally, text: str) -> int:
    """Return how many cells have this text, as far as that is known."""
    return tally.words.get(text, 0)
