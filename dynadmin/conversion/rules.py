"""The one table of conversions: which kind becomes which, and how. docs/conversions.md shows the same.

A kind is what a field type answers as its ``kind``. A type without one is of the kind ``""``.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dynadmin.conversion import choicevalues, durations, moments, numbers, relations, structured, yesno
from dynadmin.conversion.choicevalues import SeparatorEvidence
from dynadmin.conversion.durations import DurationEvidence
from dynadmin.conversion.moment_evidence import EpochEvidence, MomentEvidence, ZoneEvidence
from dynadmin.conversion.number_evidence import NumberEvidence
from dynadmin.conversion.relations import RowEvidence, TextEvidence
from dynadmin.conversion.rule import Rule

KINDS = {
    "text": _("text"),
    "choice": _("choice"),
    "choices": _("multiple choice"),
    "whole": _("whole number"),
    "number": _("number with a floating point"),
    "exact": _("exact number"),
    "bool": _("yes or no"),
    "date": _("date"),
    "time": _("time of day"),
    "datetime": _("date and time"),
    "duration": _("duration"),
    "uuid": _("UUID"),
    "ip": _("IP address"),
    "json": _("JSON"),
    "file": _("file"),
    "key": _("relation to a row"),
    "links": _("relation to many rows"),
    "computed": _("computed field"),
    "": _("type of another app"),
}

# --- The rules ---

AS_IT_IS = Rule(says=_("Values stay as they are, if the new field takes them."), make=structured.as_it_is)
SAME_NUMBER = Rule(
    says=_("The same number, if the new field takes it; never rounded."),
    make=numbers.number_from_number,
    keeps=True,
)
WHOLE_FROM_FLOAT = Rule(says=SAME_NUMBER.says, make=numbers.whole_from_float, keeps=True)
FLOAT_FROM_WHOLE = Rule(says=SAME_NUMBER.says, make=numbers.float_from_whole, keeps=True)
SAME_FLOAT = Rule(says=SAME_NUMBER.says, make=structured.as_it_is, keeps=True)
TO_TEXT = Rule(says=_("Written as in a file of rows, without loss."), make=structured.to_text)
FROM_TEXT = Rule(says=_("Read as in a file of rows."), make=structured.from_text)

WHOLE_FROM_TEXT = Rule(
    says=_("Numbers as people write them: grouped, signed, with a currency or percent sign; never rounded."),
    make=numbers.whole_from_text,
    evidence=NumberEvidence,
)
NUMBER_FROM_TEXT = Rule(says=WHOLE_FROM_TEXT.says, make=numbers.number_from_text, evidence=NumberEvidence)
BOOL_FROM_TEXT = Rule(says=_("The words people use for yes and no."), make=yesno.bool_from_text)
BOOL_FROM_NUMBER = Rule(says=_("1 is yes, 0 is no, nothing else."), make=yesno.bool_from_number)
NUMBER_FROM_BOOL = Rule(says=_("Yes is 1, no is 0."), make=yesno.number_from_bool)

DATE_FROM_TEXT = Rule(
    says=_("Dates in the formats found in the column; a time of day is dropped."),
    make=moments.date_from_text,
    evidence=MomentEvidence,
)
DATETIME_FROM_TEXT = Rule(
    says=_("Dates and times in the formats found in the column; a date alone is the start of the day."),
    make=moments.datetime_from_text,
    evidence=MomentEvidence,
)
TIME_FROM_TEXT = Rule(
    says=_("Times of day with 24 or 12 hours; a date is dropped."),
    make=moments.time_from_text,
    evidence=MomentEvidence,
)
DATETIME_FROM_NUMBER = Rule(
    says=_("Seconds since 1970, or what else the numbers count."),
    make=moments.datetime_from_number,
    evidence=EpochEvidence,
)
DATE_FROM_NUMBER = Rule(says=DATETIME_FROM_NUMBER.says, make=moments.date_from_number, evidence=EpochEvidence)
NUMBER_FROM_DATETIME = Rule(
    says=_("Seconds since 1970."), make=moments.number_from_datetime, evidence=ZoneEvidence
)
DATETIME_FROM_DATE = Rule(
    says=_("The start of the day in the time zone."), make=moments.datetime_from_date, evidence=ZoneEvidence
)
DATE_FROM_DATETIME = Rule(
    says=_("The date in the time zone; the time of day is dropped."),
    make=moments.date_from_datetime,
    evidence=ZoneEvidence,
)
TIME_FROM_DATETIME = Rule(
    says=_("The time of day in the time zone; the date is dropped."),
    make=moments.time_from_datetime,
    evidence=ZoneEvidence,
)
DURATION_FROM_TIME = Rule(says=_("The time since midnight."), make=moments.duration_from_time)
TIME_FROM_DURATION = Rule(says=_("The time so long after midnight."), make=moments.time_from_duration)
DURATION_FROM_TEXT = Rule(
    says=_("Durations as in a file of rows, or with units such as 1 h 30 min; a number is seconds."),
    make=durations.duration_from_text,
    evidence=DurationEvidence,
)
DURATION_FROM_NUMBER = Rule(says=_("A number of seconds."), make=durations.duration_from_number)
NUMBER_FROM_DURATION = Rule(says=_("The number of seconds."), make=durations.number_from_duration)

CHOICE_FROM_TEXT = Rule(
    says=_("The choice with this value or label; capitals matter only between choices."),
    make=choicevalues.choice_from_text,
)
CHOICE_FROM_CHOICES = Rule(
    says=_("The one value, found by value or label; several cannot be converted."),
    make=choicevalues.choice_from_choices,
)
CHOICES_FROM_CHOICES = Rule(
    says=_("The same values, found by value or label."), make=choicevalues.choices_from_choices
)
CHOICES_FROM_TEXT = Rule(
    says=_("Values with a separator between them, each found by value or label."),
    make=choicevalues.choices_from_text,
    evidence=SeparatorEvidence,
)
CHOICES_FROM_JSON = Rule(
    says=_("A list of texts, each found by value or label."), make=choicevalues.choices_from_choices
)

JSON_FROM_TEXT = Rule(says=_("JSON, read."), make=structured.json_from_text)
JSON_FROM_NUMBER = Rule(says=_("The same number or truth value."), make=structured.json_from_number)
JSON_FROM_CHOICES = Rule(says=_("A list of the values."), make=structured.as_it_is)
NUMBER_FROM_JSON = Rule(says=_("JSON that is a number; never rounded."), make=structured.number_from_json)
BOOL_FROM_JSON = Rule(says=_("JSON that is true, false, 1 or 0."), make=structured.bool_from_json)

KEY_FROM_VALUE = Rule(
    says=_("The row that the value tells, by a column of its table; a new one where you say so."),
    make=relations.key_from_value,
    evidence=RowEvidence,
    prepare=relations.ask_for_rows,
)
KEY_FROM_KEY = Rule(
    says=_("The same row, or that of another table which is told by the same value."),
    make=relations.key_from_value,
    evidence=RowEvidence,
    prepare=relations.ask_for_rows,
)
TEXT_FROM_KEY = Rule(
    says=_("What tells the row: a value that no other row of its table has, or its id."),
    make=relations.text_from_key,
    evidence=TextEvidence,
    prepare=relations.ask_for_texts,
)
NUMBER_FROM_KEY = Rule(says=_("The id of the row."), make=relations.number_from_key)

_OUT_OF_TEXT = {
    "key": KEY_FROM_VALUE,
    "choice": CHOICE_FROM_TEXT,
    "whole": WHOLE_FROM_TEXT,
    "number": NUMBER_FROM_TEXT,
    "exact": NUMBER_FROM_TEXT,
    "bool": BOOL_FROM_TEXT,
    "date": DATE_FROM_TEXT,
    "time": TIME_FROM_TEXT,
    "datetime": DATETIME_FROM_TEXT,
    "duration": DURATION_FROM_TEXT,
    "uuid": FROM_TEXT,
    "ip": FROM_TEXT,
    "json": JSON_FROM_TEXT,
    "": FROM_TEXT,
}
_OUT_OF_NUMBERS = {
    "key": KEY_FROM_VALUE,
    "choice": CHOICE_FROM_TEXT,
    "exact": SAME_NUMBER,
    "bool": BOOL_FROM_NUMBER,
    "date": DATE_FROM_NUMBER,
    "datetime": DATETIME_FROM_NUMBER,
    "duration": DURATION_FROM_NUMBER,
    "json": JSON_FROM_NUMBER,
}


def _to(kinds: str, rule: Rule) -> dict[str, Rule]:
    return dict.fromkeys(kinds.split(), rule)


_BY_OLD_KIND: dict[str, dict[str, Rule]] = {
    "text": {**_OUT_OF_TEXT, "choices": CHOICES_FROM_TEXT},
    "choice": {**_OUT_OF_TEXT, "choices": CHOICES_FROM_CHOICES},
    "choices": {"choice": CHOICE_FROM_CHOICES, "choices": CHOICES_FROM_CHOICES, "json": JSON_FROM_CHOICES},
    "whole": {**_OUT_OF_NUMBERS, "whole": SAME_NUMBER, "number": FLOAT_FROM_WHOLE},
    "number": {**_OUT_OF_NUMBERS, "whole": WHOLE_FROM_FLOAT, "number": SAME_FLOAT},
    "exact": {**_OUT_OF_NUMBERS, **_to("whole number", SAME_NUMBER)},
    "bool": {
        "bool": AS_IT_IS,
        "choice": CHOICE_FROM_TEXT,
        "json": JSON_FROM_NUMBER,
        **_to("whole number exact", NUMBER_FROM_BOOL),
    },
    "date": {
        "date": AS_IT_IS,
        "key": KEY_FROM_VALUE,
        "datetime": DATETIME_FROM_DATE,
        "choice": CHOICE_FROM_TEXT,
    },
    "time": {"time": AS_IT_IS, "duration": DURATION_FROM_TIME, "choice": CHOICE_FROM_TEXT},
    "datetime": {
        "datetime": AS_IT_IS,
        "date": DATE_FROM_DATETIME,
        "time": TIME_FROM_DATETIME,
        "choice": CHOICE_FROM_TEXT,
        **_to("whole number exact", NUMBER_FROM_DATETIME),
    },
    "duration": {
        "duration": AS_IT_IS,
        "time": TIME_FROM_DURATION,
        "choice": CHOICE_FROM_TEXT,
        **_to("whole number exact", NUMBER_FROM_DURATION),
    },
    "uuid": {"uuid": AS_IT_IS, "key": KEY_FROM_VALUE, "choice": CHOICE_FROM_TEXT},
    "ip": {"ip": AS_IT_IS, "key": KEY_FROM_VALUE, "choice": CHOICE_FROM_TEXT},
    "json": {
        "json": AS_IT_IS,
        "bool": BOOL_FROM_JSON,
        "choices": CHOICES_FROM_JSON,
        **_to("whole number exact", NUMBER_FROM_JSON),
    },
    "file": {},
    "key": {"key": KEY_FROM_KEY, "text": TEXT_FROM_KEY, **_to("whole exact", NUMBER_FROM_KEY)},
    "": {"": AS_IT_IS},
}

RULES: dict[tuple[str, str], Rule] = {
    (old, new): rule
    for old, by_new_kind in _BY_OLD_KIND.items()
    # Whatever it is, it can be written.
    for new, rule in {"text": AS_IT_IS if old == "text" else TO_TEXT, **by_new_kind}.items()
}

# --- Why the others are not possible ---

_INTO_FILE = _("A file can only be uploaded; a value cannot become one.")
_OUT_OF_FILE = _("A file stays in the column it was uploaded to; only its stored name can become a text.")
_INTO_JSON = _(
    "A JSON field takes objects, lists, numbers, true and false; this value would be a text alone."
)
_ONLY_TEXT = _("Values of a type of another app can only become texts, or be read from texts.")
_SEVERAL = _(
    "Several values at once are a text, a choice or JSON; they cannot be a single value of this type."
)
_NO_DATE = _("A time of day or a duration does not say on which date.")
_NO_NUMBER = _("A date is not a number; a date and time is, as seconds since 1970.")
_NO_MEANING = _("A value of the type “%(old)s” says nothing that is a value of the type “%(new)s”.")


def why_not(old: str, new: str) -> Any:
    """Return the sentence that says why values of one kind cannot become values of another."""
    reasons = (
        (new == "file" and old != "file", _INTO_FILE),
        (old == "file", _OUT_OF_FILE),
        ("" in (old, new), _ONLY_TEXT),
        (new == "json", _INTO_JSON),
        (old == "choices", _SEVERAL),
        (old in {"time", "duration"} and new in {"date", "datetime"}, _NO_DATE),
        (old == "date" and new in {"whole", "number", "exact"}, _NO_NUMBER),
    )
    return next((reason for is_so, reason in reasons if is_so), _NO_MEANING)
