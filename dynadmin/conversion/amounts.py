"""Numbers as people write them: grouped, signed, with a currency or a percent sign around."""

import re
from decimal import Decimal
from typing import NamedTuple

from dynadmin.conversion.characters import plain
from dynadmin.conversion.currencies import currency_of

POINT, COMMA = ".", ","
MARKS = (POINT, COMMA)
ARABIC_MARK = "\u066b"

# Python's Decimal takes longer ones, no column does.
LONGEST = 1000

# A lead and a tail without digits, and what is between them. "Fr.5" and "5,-" are looked at before.
_AROUND = re.compile(
    rf"([^\d]*?)([.,{ARABIC_MARK}]?\d(?:.*\d)?[.,{ARABIC_MARK}]?)([^\d]*)", re.ASCII | re.DOTALL
)
_ABBREVIATED = re.compile(r"([^\W\d_]+)\.(?=\d)")
_EMPTY_CENTS = re.compile(r"(?<=\d)[.,]-{1,2}(?![\d-])")
_SIGNS = re.compile(r"[\s()+%-]+")


# What most programs write, which needs no looking at.
plain_number = re.compile(r"-?\d{1,100}(?:\.\d{1,100})?", re.ASCII).fullmatch


class Amount(NamedTuple):
    """What a text says before the decimal mark is known: digits with their marks, and what is around."""

    body: str
    is_negative: bool
    is_percent: bool
    currency: str


def read_amount(text: str) -> Amount | None:
    """Return what the text says, or None when it is no number."""
    if len(text) > LONGEST:
        return None
    text = plain(text)
    text = _EMPTY_CENTS.sub("", _ABBREVIATED.sub(r"\1. ", text))
    match = _AROUND.fullmatch(text)
    if not match:
        return None
    lead, body, tail = match.groups()
    word = _SIGNS.sub("", lead) or _SIGNS.sub("", tail)
    currency = currency_of(word) if word else ""
    if currency is None or not _is_well_formed(lead, tail):
        return None
    is_negative = "-" in lead or "-" in tail or "(" in lead
    return Amount(body, is_negative, "%" in lead + tail, currency)


def _is_well_formed(lead: str, tail: str) -> bool:
    """Whether there is one sign at most, one currency or percent sign at most, and no half of a bracket."""
    signs = sum(lead.count(sign) for sign in "+-(") + tail.count("-")
    words = [word for word in (_SIGNS.sub("", lead), _SIGNS.sub("", tail)) if word]
    percents = (lead + tail).count("%")
    brackets = lead.count("(") == tail.count(")") and ")" not in lead and "(" not in tail
    return signs <= 1 and len(words) + percents <= 1 and brackets and "+" not in tail


def _body_pattern(decimal: str, group: str) -> re.Pattern[str]:
    thousands = rf"[1-9]\d{{0,2}}(?P<g>[{group} '])\d{{3}}(?:(?P=g)\d{{3}})*"
    indian = rf"[1-9]\d?(?P<i>[{group} '])(?:\d{{2}}(?P=i))+\d{{3}}"
    mark = rf"[{decimal}{ARABIC_MARK}]"
    return re.compile(
        rf"(?P<whole>{thousands}|{indian}|\d+)(?:{mark}(?P<part>\d*))?(?P<e>[eE][+-]?\d{{1,4}})?"
        rf"|{mark}(?P<only>\d+)(?P<e2>[eE][+-]?\d{{1,4}})?",
        re.ASCII,
    )


_PATTERNS = {POINT: _body_pattern(r"\.", ","), COMMA: _body_pattern(",", r"\.")}
_GROUPS = re.compile(r"[^\d]")


def number_text(body: str, mark: str) -> str | None:
    """Return the digits as Python writes a number, or None when this decimal mark does not fit them."""
    match = _PATTERNS[mark].fullmatch(body)
    if not match:
        return None
    whole = _GROUPS.sub("", match["whole"] or "0")
    return f"{whole}.{match['part'] or match['only'] or '0'}{match['e'] or match['e2'] or ''}"


def marks_of(body: str) -> frozenset[str]:
    """Return the decimal marks with which the digits can be read; none when it makes no difference."""
    if POINT not in body and COMMA not in body:
        return frozenset()
    return frozenset(mark for mark in MARKS if _PATTERNS[mark].fullmatch(body))


def decimal_of(digits: str, *, negative: bool, percent: bool) -> Decimal:
    """Return the number exactly; ``percent`` makes it a hundredth. Never rounds, as arithmetic would."""
    sign, numerals, exponent = Decimal(digits).as_tuple()
    return Decimal((1 if negative else sign, numerals, int(exponent) - 2 * percent))
