"""What all the texts of a column say about how its numbers are written."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion.amounts import COMMA, POINT, Amount, marks_of, plain_number, read_amount
from dynadmin.conversion.numbers import ANY, AS_WRITTEN, FRACTION
from dynadmin.conversion.questions import Examples, Question, Votes
from dynadmin.conversion.rule import Answers, Ends, Evidence, Reading

# More are no column of amounts.
_MOST_CURRENCIES = 50


class NumberEvidence(Evidence):
    """Decimal marks, percent signs and currencies."""

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self.marks = Votes()
        self.percents = Examples()
        self.currencies: dict[str, Examples] = {}

    def add(self, values: Iterable[Any]) -> None:
        for text in values:
            if not isinstance(text, str) or (text.isdigit() and text.isascii()):
                continue
            if plain_number(text):
                self.marks.add(marks_of(text.removeprefix("-")), text)
            elif (amount := read_amount(text)) is not None:
                self._add_amount(amount, text)

    def _add_amount(self, amount: Amount, text: str) -> None:
        self.marks.add(marks_of(amount.body), text)
        if amount.is_percent:
            self.percents.add(text)
        if amount.currency:
            self.currencies.setdefault(amount.currency, Examples()).add(text)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        asked = (self._about_marks(), self._about_percents(), self._about_currencies())
        return tuple(question for question in asked if question is not None)

    def _about_marks(self) -> Question | None:
        if self.marks.decided is not None:
            return None
        words = {
            POINT: _("The point is the decimal mark: 1,234 is one thousand two hundred and thirty-four"),
            COMMA: _("The comma is the decimal mark: 1,234 is a little more than one"),
        }
        return Question(
            id="decimal",
            text=_("Which mark is the decimal mark?"),
            choices=self.marks.choices(words),
            examples=self.marks.examples,
        )

    def _about_percents(self) -> Question | None:
        if not self.percents.texts:
            return None
        choices = ((AS_WRITTEN, _("12 % becomes 12")), (FRACTION, _("12 % becomes 0.12")))
        text = _("What becomes of a percent sign?")
        return Question(id="percent", text=text, choices=choices, examples=self.percents.texts)

    def _about_currencies(self) -> Question | None:
        if len(self.currencies) < 2:
            return None
        only = _("Only amounts in %(currency)s; those in others cannot be converted")
        known = sorted(self.currencies)[:_MOST_CURRENCIES]
        choices = [(code, only % {"currency": code}) for code in known]
        return Question(
            id="currency",
            text=_("The amounts are in several currencies. Which do you want?"),
            choices=(*choices, (ANY, _("All of them; the numbers no longer say in which currency they are"))),
            examples=tuple(text for code in known[:5] for text in self.currencies[code].texts[:1]),
        )

    def reading(self, answers: Answers) -> Reading:
        given = {key: str(answers.get(key, "")) for key in ("decimal", "percent", "currency")}
        only_currency = next(iter(self.currencies), "")
        return {
            "decimal": given["decimal"] if given["decimal"] in (POINT, COMMA) else self.marks.decided or "",
            "percent": given["percent"] if given["percent"] in (AS_WRITTEN, FRACTION) else "",
            "currency": given["currency"] or only_currency,
        }
