"""What a person decided about one conversion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.options import MOST_BITS, kind_of

# What becomes of values that cannot be converted.
STOP, EMPTY, VALUE, KEEP, CREATE = ON_FAILURE = ("stop", "empty", "value", "keep", "create")
# Where a value does not fit after all, nothing is done.
STOPPING = frozenset({STOP, CREATE})

LONGEST_ANSWER = 200


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What becomes of values that do not convert, and the answers to the questions about the others.

    ``on_failure``: "stop" refuses the change, "empty" leaves them without a value, "value" gives them
    ``value`` (a text as in a file's cell), "keep" leaves them empty with the text of the original in a
    second column, "create" makes rows of the target of a relation from them. ``answers`` are by the id of
    a question.
    """

    on_failure: str = STOP
    value: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"on_failure": self.on_failure, "value": self.value, "answers": dict(self.answers)}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the choices. A word alone is ``on_failure``, ``{"value": ...}`` alone means "value".

        Raises ValidationError with messages by key.
        """
        if isinstance(data, str):
            data = {"on_failure": data}
        if not isinstance(data, Mapping):
            message = _("Choices are an object, or one of the words %(words)s; not %(kind)s.")
            raise ValidationError(message % {"words": ", ".join(ON_FAILURE), "kind": kind_of(data)})
        if unknown := sorted(str(key)[:50] for key in set(data) - {"on_failure", "value", "answers"}):
            message = _("There is no “%(key)s” here, only on_failure, value and answers.")
            raise ValidationError({unknown[0]: message % {"key": unknown[0]}})
        on_failure = _on_failure(data.get("on_failure", VALUE if "value" in data else STOP))
        return cls(
            on_failure=on_failure,
            value=_value(data.get("value", "")),
            answers=_answers(data.get("answers") or {}),
        )


def _on_failure(word: Any) -> str:
    if not isinstance(word, str) or word not in ON_FAILURE:
        message = _("“%(word)s” is none of the words %(words)s.")
        raise ValidationError(
            {"on_failure": message % {"word": str(word)[:50], "words": ", ".join(ON_FAILURE)}}
        )
    return word


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValidationError({"value": _("The number is too large.")})
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    message = _("A text is expected, not %(kind)s.")
    raise ValidationError({"value": message % {"kind": kind_of(value)}})


def _answers(answers: Any) -> dict[str, str]:
    if not isinstance(answers, Mapping):
        message = _("Answers are an object, not %(kind)s.")
        raise ValidationError({"answers": message % {"kind": kind_of(answers)}})
    for key, answer in answers.items():
        if not isinstance(key, str) or not isinstance(answer, str) or len(answer) > LONGEST_ANSWER:
            message = _("The answer to “%(key)s” is not a text of at most %(most)d characters.")
            params = {"key": str(key)[:50], "most": LONGEST_ANSWER}
            raise ValidationError({"answers": message % params})
    return dict(answers)
