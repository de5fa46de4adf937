"""Defaults of columns: the expression a field wants, and whether the one that is there comes to the same."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import Field

# The engine writes the same default in its own way (''::character varying), so it is asked. Only literals are
# put to it: anything else could have effects, and is no default of ours.
LITERAL = re.compile(
    r"\(?(E?'(?:[^']|'')*'|[-+]?[\d.]+(?:e[-+]?\d+)?|true|false|null)\)?(::[\w .\"\[\](),]+)*",
    re.IGNORECASE,
)
PAIRS_A_QUERY = 500
Default = tuple[str, str, str]  # the one found, the one wanted, and the type of the column


def default_of(field: Field) -> str | None:
    """Return the SQL of the default that a field's column should have."""
    if not field.has_db_default():
        return None
    sql, params = connection.schema_editor().db_default_sql(field)
    return connection.ops.compose_sql(sql, params) if params else sql


def equal_defaults(pairs: Iterable[Default]) -> set[Default]:
    """Return those of the pairs whose two sides come to the same value."""
    pairs = set(pairs)
    same = {pair for pair in pairs if _bare(pair[0]) == _bare(pair[1])}
    asked = sorted(pair for pair in pairs - same if LITERAL.fullmatch(pair[0]))
    for start in range(0, len(asked), PAIRS_A_QUERY):
        some = asked[start : start + PAIRS_A_QUERY]
        same |= {pair for pair, is_same in zip(some, _answers(some), strict=True) if is_same}
    return same


def _bare(sql: str) -> str:
    """Return the expression without brackets around all of it, which SQLite writes or not."""
    whole = re.fullmatch(r"\((CAST\([^()]*\)|[^()]*)\)", sql.strip())
    return whole[1] if whole else sql.strip()


def _answers(pairs: list[Default]) -> tuple:
    if connection.vendor == "sqlite":
        questions = (f"({found}) IS ({wanted})" for found, wanted, _type in pairs)
    else:
        same = "(({found})::{type})::text IS NOT DISTINCT FROM (({wanted})::{type})::text"
        questions = (same.format(found=f, wanted=w, type=type) for f, w, type in pairs)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(questions)}")
        return cursor.fetchone()
