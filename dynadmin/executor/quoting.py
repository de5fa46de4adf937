"""Names from the database's catalogue, which people have given: there may be anything in them."""


def quoted(name: str) -> str:
    """Return the name as SQL has it.

    For statements without parameters: only there is a "%" nothing special. Django's own ``quote_name`` is for
    names that it has given itself.
    """
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
