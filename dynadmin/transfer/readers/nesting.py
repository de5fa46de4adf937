"""How deep the lists and objects of a JSON file are within one another, before they are parsed."""

from pathlib import Path

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadFile

# Deeper than anybody means it; what walks through values needs a call for each.
_DEEPEST = 100
_CHUNK = 1 << 20
_DELETED = bytes(byte for byte in range(256) if byte not in b'[]{}"')


def check_nesting(path: Path) -> None:
    """Raise BadFile for JSON that is too deep: all but brackets is taken away, and then pair after pair."""
    nesting, rest = _Nesting(), b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            piece = rest + chunk
            body = piece.rstrip(b"\\")
            rest = piece[len(body) :]
            nesting.feed(body)


class _Nesting:
    """The brackets that are open."""

    def __init__(self) -> None:
        self._open = b""
        self._is_text = False

    def feed(self, piece: bytes) -> None:
        """Take in the next piece of the file; it does not end in a backslash."""
        if b"\\" in piece:
            piece = piece.replace(b"\\\\", b"").replace(b'\\"', b"")
        # Two quotation marks side by side, with no bracket between, hold nothing of interest.
        brackets = piece.translate(None, _DELETED).replace(b'""', b"")
        if b'"' in brackets or self._is_text:
            parts = brackets.split(b'"')
            brackets = b"".join(parts[self._is_text :: 2])
            self._is_text ^= not len(parts) % 2
        self._open = self._without_pairs(self._open + brackets)

    def _without_pairs(self, brackets: bytes) -> bytes:
        for _level in range(_DEEPEST):
            fewer = brackets.replace(b"[]", b"").replace(b"{}", b"")
            if len(fewer) == len(brackets):
                break
            brackets = fewer
        if len(brackets) > 2 * _DEEPEST:
            message = _("The file has lists and objects within one another, more than %(limit)d deep.")
            raise BadFile(message % {"limit": _DEEPEST})
        return brackets
