"""Which 8-bit encoding a text is written in, by how often letters occur in the languages of Europe.

Each pair of a language and an encoding says how often each byte is to be expected; the pair wins under which
the bytes of the file are the likeliest.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from math import log

# The letters beyond ASCII of a language, with about how many of a hundred of them each is; capitals follow.
_WEST = {
    "French": "é60 è11 à10 ê5 ç4 ô3 î2 â2 û2 ù1 ï1 œ2 ë1",
    "German": "ü36 ä31 ö18 ß15",
    "Spanish": "ó26 á22 í19 é15 ñ9 ú7 ü1 ¿1 ¡1",
    "Portuguese": "ã22 ç16 á14 é13 í9 ó8 ê6 õ3 ú3 â3 à2 ô2",
    "Italian": "à32 è30 ò13 ù12 é8 ì7",
    "Swedish": "ä41 å30 ö28 é1",
    "Danish": "ø40 å35 æ24 é1",
    "Icelandic": "á16 ð22 í18 þ9 ö9 é8 ó10 ú6 æ9 ý3",
}
_CENTRAL = {
    "Polish": "ł24 ę15 ą14 ó12 ż12 ś10 ć6 ń4 ź2",
    "Czech": "í19 á17 ě12 é9 č9 ř9 ž8 š7 ý7 ů5 ú1 ň1 ť1 ď1 ó1",
    "Slovak": "á19 í13 č11 é10 ž10 ý9 š8 ú7 ť6 ľ5 ô2 ň2 ä1 ď1 ó1",
    "Hungarian": "é31 á30 ö10 ó9 ő8 ü5 í5 ú3 ű2",
    "Romanian": "ă38 ţ19 ş18 î16 â9",
    "Croatian": "č30 š28 ž20 ć16 đ6",
    # Often beside the others, and the same bytes as in the west.
    "German": _WEST["German"],
}
_OTHERS = {
    "Russian": (
        "о11 е8 а8 и7 н7 т6 с5 р5 в5 л4 к3 м3 д3 п3 у3 я2 ы2 ь2 г2 з2 б2 ч1 й1 х1 ж1 ш1 ю1 ц1 щ1 э1 ф1"
    ),
    "Greek": ("α11 ο9 ι8 ε8 τ8 σ5 ν7 η5 υ5 ρ4 κ4 π4 ς4 μ3 λ3 ί3 ό2 έ2 ά2 ή2 ώ1 δ2 γ2 θ1 χ1 ω2 φ1 β1 ύ1"),
    "Turkish": "ı38 ü14 ş13 ğ9 ç9 ö7 İ4 â1",
}
_SYMBOLS = "„“”’‘–—…«»\xa0€£§°©®™½²³µ·•×"
# Those that may stand right before a letter.
_BEFORE_LETTERS = _SYMBOLS[:11]
# Added to a byte that is followed by a letter.
FOLLOWED = 256
# By encoding: the languages written in it. At equal likelihood the earlier one is taken.
_LANGUAGES = {
    "cp1252": _WEST,
    "cp1250": _CENTRAL,
    "iso-8859-2": _CENTRAL,
    "iso-8859-15": _WEST,
    "cp1251": {"Russian": _OTHERS["Russian"]},
    "cp1253": {"Greek": _OTHERS["Greek"]},
    "cp1254": {"Turkish": _OTHERS["Turkish"]},
}
# How rare an encoding is, as a logarithm: a word or two do not outweigh it.
_RARITY = {"cp1252": 0, "cp1250": -1.3}
_RAREST = -2.5
_OF_LETTERS, _OF_SYMBOLS, _OF_ANYTHING = 0.9, 0.08, 0.02
_OF_CAPITALS = 0.1
# A control character, which no text has.
_NEVER = 1e-12


def likeliest_encoding(counts: Mapping[int, int]) -> str:
    """Return the encoding in which a text is likeliest to have so many of each byte beyond ASCII.

    A byte that is followed by a letter of ASCII is counted under FOLLOWED more: letters stand there, few
    symbols do.
    """
    possible = [encoding for encoding in _LANGUAGES if _has_all(encoding, counts)]
    return max(possible, key=lambda encoding: _likelihood(encoding, counts), default="cp1252")


def _has_all(encoding: str, counts: Mapping[int, int]) -> bool:
    """Return whether the encoding has a character for each of the bytes."""
    try:
        bytes({key % FOLLOWED for key in counts}).decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(encoding: str, counts: Mapping[int, int]) -> float:
    return _RARITY.get(encoding, _RAREST) + max(
        sum(count * expected[key] for key, count in counts.items()) for expected in _expectations(encoding)
    )


@cache
def _expectations(encoding: str) -> list[dict[int, float]]:
    """Return for each language, and for all of them mixed, the logarithm of how likely each byte is."""
    shares = [_shares(text) for text in _LANGUAGES[encoding].values()]
    mixed: Counter[str] = Counter()
    for share in shares:
        for letter, part in share.items():
            mixed[letter] += part / len(shares)
    return [_expected(encoding, share) for share in [*shares, mixed]]


def _shares(text: str) -> dict[str, float]:
    """Return how often each letter of a language occurs, capitals included."""
    weights: Counter[str] = Counter()
    for item in text.split():
        letter, weight = item[0], int(item[1:])
        capital = letter.upper() if len(letter.upper()) == 1 else letter
        weights[letter] += weight * (1 - _OF_CAPITALS)
        weights[capital if capital > "\x7f" else letter] += weight * _OF_CAPITALS
    total = sum(weights.values())
    return {letter: weight / total for letter, weight in weights.items()}


def _expected(encoding: str, shares: Mapping[str, float]) -> dict[int, float]:
    return {
        **_logarithms(encoding, shares, _SYMBOLS, 0),
        **_logarithms(encoding, shares, _BEFORE_LETTERS, FOLLOWED),
    }


def _logarithms(encoding: str, shares: Mapping[str, float], symbols: str, added: int) -> dict[int, float]:
    chances = {byte: _chance_of_any(encoding, byte) for byte in range(128, 256)}
    for letter, share in shares.items():
        for byte in letter.encode(encoding, "ignore"):
            chances[byte] += _OF_LETTERS * share
    for symbol in symbols:
        for byte in symbol.encode(encoding, "ignore"):
            chances[byte] += _OF_SYMBOLS / len(_SYMBOLS)
    return {byte + added: log(chance) for byte, chance in chances.items()}


def _chance_of_any(encoding: str, byte: int) -> float:
    char = bytes([byte]).decode(encoding, "ignore")
    return _OF_ANYTHING / 128 if char > "\x9f" else _NEVER
