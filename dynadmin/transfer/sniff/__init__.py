"""What a text file is written in, found by looking at all of it, far faster than reading it."""

import io
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadFile
from dynadmin.transfer.sniff.encodings import ENCODINGS, find_encoding, first_bad_line
from dynadmin.transfer.sniff.headers import lines_above, looks_like_header
from dynadmin.transfer.sniff.quoting import CSV_QUOTING, QUOTINGS, Dialect, find_dialect
from dynadmin.transfer.sniff.skeletons import DELIMITERS

__all__ = [
    "CSV_QUOTING",
    "DELIMITERS",
    "ENCODINGS",
    "QUOTINGS",
    "Dialect",
    "check_choices",
    "find_encoding",
    "first_bad_line",
    "lines_above",
    "looks_like_header",
    "sniff",
]


def sniff(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, quoting: str | None = None
) -> Dialect:
    """Return how the file is written; what is given is taken as said. Raises BadFile for what is no text."""
    check_choices(encoding, delimiter, quoting)
    encoding = encoding or find_encoding(path)
    told = _told_delimiter(path, encoding)
    found = find_dialect(path, encoding, delimiter or told, quoting)
    return replace(found, names_delimiter=told is not None)


def check_choices(encoding: str | None, delimiter: str | None, quoting: str | None) -> None:
    """Raise BadFile for what cannot be chosen; None is found out."""
    try:
        # Some codecs are not of texts, and refused like those that are not there.
        io.TextIOWrapper(io.BytesIO(), encoding=encoding or "utf-8")
    except (LookupError, ValueError):
        message = _("There is no encoding %(encoding)s; there are: %(known)s.")
        raise BadFile(message % {"encoding": encoding, "known": ", ".join(ENCODINGS)}) from None
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\\\r\n\0'):
        raise BadFile(_("A delimiter is one character, and no quotation mark, backslash or line end."))
    if quoting is not None and quoting not in QUOTINGS:
        message = _("There is no quoting %(quoting)s; there are: %(known)s.")
        raise BadFile(message % {"quoting": quoting, "known": ", ".join(QUOTINGS)})


def _told_delimiter(path: Path, encoding: str) -> str | None:
    """Return the delimiter that the first line names, as Excel has it: `sep=;`."""
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            line = file.readline(10).removeprefix("\ufeff").rstrip("\r\n")
    except UnicodeError:
        return None
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") and line[4] != '"' else None
