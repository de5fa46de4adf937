"""The words people use for yes and no."""

from typing import Any

from dynadmin.conversion.characters import plain
from dynadmin.conversion.numbers import exact_number, finisher
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Convert, Ends, Reading
from dynadmin.fieldtypes.fields import choices as fields

_YES = """
x ✓ ✔ ☑ ✅ 🗸 ja j oui vrai si sí sì verdadero vero sim verdadeiro sant tak prawda ano áno igen igaz da
adevărat kyllä evet doğru да истина так ναι wahr jah taip jā はい 是 예 네
"""
_NO = """
✗ ✘ ☐ ❌ ❎ nein non faux falso não nao nie fałsz ne nem hamis nu fals ei hayır hayir yanlış нет ні не ложь
όχι falsch nej nei nee onwaar いいえ 否 아니요 아니오
"""

YES_WORDS = fields.YES | frozenset(_YES.split())
NO_WORDS = fields.NO | frozenset(_NO.split())
_MEANINGS = {**dict.fromkeys(YES_WORDS, True), **dict.fromkeys(NO_WORDS, False)}


def bool_from_text(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()
    return lambda text: clean(meaning_of(text))


def meaning_of(text: str) -> bool:
    """Return what the word means."""
    meaning = _MEANINGS.get(text)
    if meaning is None:
        # "İ" has two characters in small letters; what follows the first says nothing.
        meaning = _MEANINGS.get(plain(text).casefold())
    if meaning is None:
        raise cannot("bool")
    return meaning


def bool_from_number(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()

    def convert(value: Any) -> Any:
        number = exact_number(value)
        if number not in (0, 1):
            raise cannot("bit")
        return clean(number == 1)

    return convert


def number_from_bool(ends: Ends, reading: Reading) -> Convert:
    finish = finisher(ends)
    return lambda value: finish(exact_number(value))
