"""What all values of a column say about how its dates are written."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion.characters import plain
from dynadmin.conversion.epochs import DAYS, UNITS, YMD, epoch_number, units_of
from dynadmin.conversion.monthnames import ENGLISH_MONTHS, languages, languages_of, meanings
from dynadmin.conversion.numbers import exact_number
from dynadmin.conversion.questions import Examples, Question, Votes
from dynadmin.conversion.rule import Answers, Ends, Evidence, Reading
from dynadmin.conversion.writtendates import DMY, MDY, ORDERS
from dynadmin.conversion.writtendates import YMD as YEAR_FIRST
from dynadmin.conversion.writtentimes import LONGEST, month_word_of, read_moment
from dynadmin.conversion.zones import current_zone_name, zone_named
from dynadmin.exceptions import CannotConvert

# No calendar has more names for its months.
_MOST_WORDS = 100


class ZoneEvidence(Evidence):
    """Values that need nothing but the time zone: the one in force, unless the answers name another."""

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        name = answers.get("zone", "")
        if not name or zone_named(str(name)) is not None:
            return ()
        here = current_zone_name()
        text = _("There is no time zone of this name. In which one are the values meant?")
        return (
            Question(id="zone", text=text, choices=tuple((zone, zone) for zone in sorted({here, "UTC"}))),
        )

    def reading(self, answers: Answers) -> Reading:
        return {"zone": str(answers.get("zone") or current_zone_name())}


class EpochEvidence(ZoneEvidence):
    """Numbers: what do they count?"""

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self.units = Votes()

    def add(self, values: Iterable[Any]) -> None:
        for value in values:
            try:
                number = exact_number(value)
            except CannotConvert:
                continue
            self.units.add(units_of(number), str(value))

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        asked = super().questions(answers)
        return asked if self.units.decided is not None else (*asked, self._about_units())

    def _about_units(self) -> Question:
        words = {
            "s": _("Seconds since 1970"),
            "ms": _("Milliseconds since 1970"),
            "us": _("Microseconds since 1970"),
            "ns": _("Nanoseconds since 1970"),
            DAYS: _("Days as spreadsheets count them"),
            YMD: _("Year, month and day, such as 20240131"),
        }
        return Question(
            id="unit",
            text=_("What do the numbers count?"),
            choices=self.units.choices(words),
            examples=self.units.examples,
        )

    def reading(self, answers: Answers) -> Reading:
        given = answers.get("unit")
        unit = given if given in UNITS else self.units.decided or ""
        return {**super().reading(answers), "unit": unit}


class MomentEvidence(EpochEvidence):
    """Texts: the order of day, month and year, the language of the months, and numbers among them."""

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self.orders = Votes()
        self.words: dict[str, Examples] = {}

    def add(self, values: Iterable[Any]) -> None:
        for value in values:
            # A year in front says nothing about the order of the others.
            if not isinstance(value, str) or len(value) > LONGEST:
                continue
            if not (value[4:5] == "-" and value[:4].isdigit()):
                self._add_text(plain(value), value)

    def _add_text(self, text: str, original: str) -> None:
        try:
            moment = read_moment(text)
        except CannotConvert:
            return
        if moment is not None:
            if moment.day is not None:
                self.orders.add(moment.day.orders(), original)
        elif (number := epoch_number(text)) is not None:
            self._add_number(number, original)
        elif len(self.words) < _MOST_WORDS and (word := month_word_of(text)) and word not in ENGLISH_MONTHS:
            self.words.setdefault(word, Examples()).add(original)

    def _add_number(self, number: Decimal, original: str) -> None:
        units = units_of(number)
        # Among texts, small numbers say nothing: no moment is written so.
        if len(units) == 1:
            self.units.add(units, original)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        asked = list(super().questions(answers))
        if self.orders.decided is None:
            asked.append(self._about_orders())
        if len(self._languages) > 1:
            asked.append(self._about_languages())
        return tuple(asked)

    def _about_orders(self) -> Question:
        words = {
            DMY: _("Day, month, year: 01/02/03 is 1 February 2003"),
            MDY: _("Month, day, year: 01/02/03 is 2 January 2003"),
            YEAR_FIRST: _("Year, month, day: 01/02/03 is 3 February 2001"),
        }
        return Question(
            id="order",
            text=_("In which order are day, month and year?"),
            choices=self.orders.choices(words),
            examples=self.orders.examples,
        )

    @property
    def _languages(self) -> tuple[tuple[str, ...], ...]:
        """The languages that know most of the words, those together that mean the same by them."""
        return languages_of(tuple(sorted(self.words)))

    def _about_languages(self) -> Question:
        words = sorted(self.words)
        return Question(
            id="language",
            text=_("In which language are the names of the months?"),
            choices=tuple((codes[0], meanings(words, codes)) for codes in self._languages),
            examples=tuple(text for word in words[:5] for text in self.words[word].texts[:1]),
        )

    def reading(self, answers: Answers) -> Reading:
        order, language = answers.get("order"), answers.get("language")
        return {
            **super().reading(answers),
            "order": order if order in ORDERS else self.orders.decided or "",
            "language": language if language in languages() else self._languages[0][0],
        }
