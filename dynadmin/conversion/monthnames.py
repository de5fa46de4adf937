"""The names of months and of weekdays in the languages that Django speaks."""

import gettext
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import django
from django.utils.dates import MONTHS

ENGLISH = "en"

_CATALOGS = Path(django.__file__).parent / "conf" / "locale"
_ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
# As Django's translators have them for texts; there are also "jan" for lists, and a form for behind a day.
_ABBREVIATED = (
    *("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)
_WEEKDAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    *("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
)


def normal(word: str) -> str:
    """Return the word as it stands in the tables: in small letters, without the point of an abbreviation."""
    return word.casefold().rstrip(".")


def _english() -> dict[str, int]:
    names = {name: number for number, name in enumerate(_ENGLISH_MONTHS, 1)}
    return names | {name[:3]: number for name, number in names.items()} | {"sept": 9}


ENGLISH_MONTHS = _english()
ENGLISH_WEEKDAYS = frozenset(normal(word) for word in (*_WEEKDAYS, "Tues", "Thur", "Thurs"))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the codes of the languages whose months are known."""
    return tuple(
        sorted(path.name for path in _CATALOGS.iterdir() if (path / "LC_MESSAGES/django.mo").exists())
    )


@lru_cache(maxsize=128)
def months_of(language: str) -> dict[str, int]:
    """Return the number of a month by its names in the language; English ones are known in all."""
    if language == ENGLISH or language not in languages():
        return ENGLISH_MONTHS
    catalog = _catalog(language)
    months = dict(ENGLISH_MONTHS)
    for number in range(1, 13):
        months |= {name: number for name in _names(catalog, number) if name}
    return months


def languages_of(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the codes of the languages that know most of the words, together those that agree on them."""
    months = (
        {code: tuple(months_of(code).get(word) for word in words) for code in languages()} if words else {}
    )
    most = max((_known(known) for known in months.values()), default=0)
    if not most:
        return ((ENGLISH,),)
    groups: dict[tuple[int | None, ...], list[str]] = {}
    for code, known in months.items():
        if _known(known) == most:
            groups.setdefault(known, []).append(code)
    return tuple(sorted(tuple(codes) for codes in groups.values()))


def _known(months: tuple[int | None, ...]) -> int:
    return len(months) - months.count(None)


def meanings(words: Iterable[str], codes: tuple[str, ...]) -> str:
    """Return in words what the first few words mean in these languages."""
    months = months_of(codes[0])
    named = [f"{word} = {MONTHS[months[word]]}" for word in words if word in months]
    return f"{', '.join(named[:3])} ({', '.join(codes[:5])})"


def is_weekday(word: str) -> bool:
    """Whether the word names a day of the week in any of the languages."""
    word = normal(word)
    return word in ENGLISH_WEEKDAYS or word in _weekdays()


@lru_cache(maxsize=1)
def _weekdays() -> frozenset[str]:
    catalogs = [_catalog(language) for language in languages()]
    return frozenset(normal(catalog.gettext(word)) for catalog in catalogs for word in _WEEKDAYS)


def _catalog(language: str) -> gettext.GNUTranslations:
    # Past Django, which would keep the whole catalogue of each language in memory.
    with (_CATALOGS / language / "LC_MESSAGES/django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def _names(catalog: gettext.GNUTranslations, number: int) -> list[str]:
    full, short = _ENGLISH_MONTHS[number - 1].capitalize(), _ENGLISH_MONTHS[number - 1][:3]
    names = [catalog.gettext(full), catalog.gettext(short), catalog.pgettext("alt. month", full)]
    names.append(catalog.pgettext("abbrev. month", _ABBREVIATED[number - 1]))
    return [normal(name) for name in names]
