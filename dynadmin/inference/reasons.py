"""Why a type is proposed, in words."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dynadmin.inference import shapes
from dynadmin.inference.deciding import Decision
from dynadmin.inference.tally import Tally

_WHAT = {
    "whole": gettext_lazy("whole numbers"),
    "number": gettext_lazy("numbers"),
    "bool": gettext_lazy("words for yes and no"),
    "date": gettext_lazy("dates"),
    "datetime": gettext_lazy("dates with a time"),
    "time": gettext_lazy("times of day"),
    "duration": gettext_lazy("lengths of time"),
    "uuid": gettext_lazy("UUIDs"),
    "ip": gettext_lazy("IP addresses"),
    "email": gettext_lazy("e-mail addresses"),
    "url": gettext_lazy("web addresses"),
    "json": gettext_lazy("JSON"),
}
_ORDERS = {
    "dmy": gettext_lazy("the day first"),
    "mdy": gettext_lazy("the month first"),
    "ymd": gettext_lazy("the year first"),
}


def reason_for(tally: Tally, decision: Decision, options: dict[str, Any]) -> str:
    """Return why, in a sentence or two."""
    if not decision.values:
        return _("There are no values.")
    sentences = [_text(tally, decision) if decision.way == "text" else _kind(decision)]
    if options.get("unique"):
        sentences.append(_("No value comes twice."))
    if decision.empties:
        sentences.append(_empties(tally, decision))
    return " ".join(sentences)


def number(count: Any) -> str:
    """Return a number as people read it."""
    return number_format(count, use_l10n=True, force_grouping=True)


def _kind(decision: Decision) -> str:
    words = {
        "values": number(decision.values),
        "fits": number(decision.values - decision.misfits),
        "what": _WHAT[decision.way],
        "more": _more(decision),
    }
    if decision.misfits:
        return _("%(fits)s of %(values)s values are %(what)s%(more)s.") % words
    return (
        ngettext(
            "The only value is one of: %(what)s%(more)s.",
            "All %(values)s values are %(what)s%(more)s.",
            decision.values,
        )
        % words
    )


def _more(decision: Decision) -> str:
    numbers, reading = decision.numbers, decision.reading
    parts = []
    if numbers is not None and numbers.lowest is not None and numbers.highest is not None:
        bounds = {"lowest": _digits(numbers.lowest), "highest": _digits(numbers.highest)}
        parts.append(_(" from %(lowest)s to %(highest)s") % bounds)
    if reading.get("decimal") == ",":
        parts.append(_(" with a decimal comma"))
    if reading.get("currency"):
        parts.append(_(" in %(currency)s") % {"currency": reading["currency"]})
    if reading.get("order"):
        parts.append(_(", %(order)s") % {"order": _ORDERS[reading["order"]]})
    if decision.zone:
        parts.append(_(", meant in the time zone %(zone)s where none is written") % {"zone": decision.zone})
    return "".join(parts)


def _digits(value: Decimal) -> str:
    text = format(value, "f") if abs(value.adjusted()) < 20 else str(value)
    return text.removesuffix(".0")


def _text(tally: Tally, decision: Decision) -> str:
    if any(shapes.CODE in shape.ways for shape in tally.groups):
        return _("Digits with a nought in front, or telephone numbers: as numbers they would lose it.")
    words = {
        "values": number(decision.values),
        "longest": number(tally.longest),
        "count": number(len(tally.texts)),
    }
    says: dict[str, Callable[[], str]] = {
        "choice": lambda: _("%(values)s values, but only %(count)s different ones."),
        "text": lambda: _("Texts of several lines, or long ones: up to %(longest)s characters."),
    }
    default = _("Texts of up to %(longest)s characters.")
    return (says[decision.type]() if decision.type in says else default) % words


def _empties(tally: Tally, decision: Decision) -> str:
    words = {
        "empties": number(decision.empties),
        "words": ", ".join(f"“{text.strip()}”" for text in decision.empty_texts[:5]),
    }
    if decision.empty_texts:
        says = ngettext(
            "One cell says that it is empty: %(words)s.",
            "%(empties)s cells are empty or say so: %(words)s.",
            decision.empties,
        )
        return says % words
    return ngettext("One cell is empty.", "%(empties)s cells are empty.", decision.empties) % words
