"""The names of months in the languages that Django speaks."""

import gettext
from functools import lru_cache
from pathlib import Path

import django

ENGLISH = "en"

_CATALOGS = Path(django.__file__).parent / "conf" / "locale"
_ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
# As Django's translators have them: "jan" for lists, "Jan." for texts, and a form for behind a day.
_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ABBREVIATED = (
    *("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)


def normal(word: str) -> str:
    """Return the word as it stands in the tables: in small letters, without the point of an abbreviation."""
    return word.casefold().rstrip(".")


def _english() -> dict[str, int]:
    names = {name: number for number, name in enumerate(_ENGLISH_MONTHS, 1)}
    return names | {name[:3]: number for name, number in names.items()} | {"sept": 9}


ENGLISH_MONTHS = _english()


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
    with (_CATALOGS / language / "LC_MESSAGES/django.mo").open("rb") as file:
        # Past Django, which would keep the whole catalogue of each language in memory.
        catalog = gettext.GNUTranslations(file)
    months = dict(ENGLISH_MONTHS)
    for number in range(1, 13):
        months |= {name: number for name in _names(catalog, number) if name}
    return months


def _names(catalog: gettext.GNUTranslations, number: int) -> list[str]:
    full, short, abbreviated = (
        _ENGLISH_MONTHS[number - 1].capitalize(),
        _SHORT[number - 1],
        _ABBREVIATED[number - 1],
    )
    names = [catalog.gettext(full), catalog.gettext(short)]
    names += [catalog.pgettext("abbrev. month", abbreviated), catalog.pgettext("alt. month", full)]
    return [normal(name) for name in names]
