"""Texts of files, as the record of an import and a page can keep them."""


def storable(text: object) -> str:
    """Return the text without what a database and a page cannot hold: null characters, halves of others."""
    return str(text).replace("\x00", "␀").encode(errors="backslashreplace").decode()
