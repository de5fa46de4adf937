"""What headers and lone words of a file say."""

import re

# What programs and people write where they have no value. In a column of numbers, dates and the like none of
# them can be a value.
_WORDS = """
na n/a #n/a n.a. n.d. nan null (null) <null> \\n nil none missing unknown brak k.a. - -- --- – — ? . .. #
"""
NO_VALUE = frozenset(_WORDS.split())
# Those that are no word of any language: in a column of texts the others may be meant.
NEVER_A_TEXT = frozenset(("null", "(null)", "<null>", "\\n", "#n/a", "n/a", "nan"))

_CODES = re.compile(
    r"\b(?:zip|postal|post ?code|postleitzahl|plz|kod pocztowy|phone|telephone|telefon|tel|mobile|mobil|"
    r"handy|fax|pesel|nip|regon|iban|isbn|ean|ssn)(?:s|es|codes?| ?no| ?number| ?numer| ?nummer)?\b"
)
_KEYS = re.compile(r"\b(?:id|ids|uuid|key|code|kod|nr|no|num|number|numer|nummer|sku|symbol|index|ref)\b")


def means_no_value(text: str, *, among_texts: bool) -> bool:
    """Return whether the text stands for no value, in a column of texts or of anything else."""
    return text.strip().casefold() in (NEVER_A_TEXT if among_texts else NO_VALUE)


def names_codes(header: str) -> bool:
    """Return whether the header says that digits below it are no numbers: nobody adds up phone numbers."""
    return bool(_CODES.search(_plain(header)))


def names_keys(header: str) -> bool:
    """Return whether the header says that the values tell rows."""
    return bool(_KEYS.search(_plain(header)))


def _plain(header: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return re.sub(r"[\W_]+", " ", apart).strip().casefold()
