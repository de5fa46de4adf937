"""Many values in one cell: separated as multiple choices are, quoted where a value needs it.

``split(join(texts)) == texts`` for any texts.
"""

import re
from collections.abc import Iterable

from dynadmin.fieldtypes.fields.choices import SEPARATOR

_PART = re.compile(rf'\s*(?:"((?:[^"]|"")*)"\s*|([^{SEPARATOR}]*))({SEPARATOR}|\Z)')


def join(texts: Iterable[str]) -> str:
    """Return the texts as one."""
    return f"{SEPARATOR} ".join(map(_quoted, texts))


def _quoted(text: str) -> str:
    if text and text == text.strip() and SEPARATOR not in text and not text.startswith('"'):
        return text
    return '"' + text.replace('"', '""') + '"'


def split(text: str) -> list[str]:
    """Return the parts of a text; empty ones are left out unless quoted."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        assert found  # what is not quoted ends at the next separator, or with the text
        quoted, plain, _end = found.groups()
        if quoted is not None:
            parts.append(quoted.replace('""', '"'))
        elif plain.strip():
            parts.append(plain.strip())
        at = found.end()
    return parts
