"""Rows into a table, the fastest way each engine has: row by row, or column by column."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# Rows that go to the server together; it works on them while the next are put together.
_AT_ONCE = 1_000
# Parameters of one statement of SQLite's.
_PARAMETERS = 900

# What COPY takes for no value, and what it would not take as it stands.
COPY_NULL = "\\N"
_SPECIAL = re.compile(r"[\\\b\t\n\v\f\r]")
_ESCAPED = str.maketrans(
    {"\\": r"\\", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r"}
)


def load(
    connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert the rows (values as the driver takes them): COPY on PostgreSQL, one prepared INSERT on SQLite.

    Raises what the database raises, as Django's database errors.
    """
    target = _target(connection, table, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            _insert(cursor, target, len(columns), rows)


def load_columns(
    connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], values: Sequence[Iterable[Any]]
) -> None:
    """Insert rows given by column, each value as the function of `loadable` makes it.

    No object is made for a row on the way but the text that is sent.
    """
    target = _target(connection, table, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            rows = map("\t".join, zip(*values, strict=True))
            with connection.wrap_database_errors, cursor.cursor.copy(f"COPY {target} FROM STDIN") as copy:
                while some := list(islice(rows, _AT_ONCE)):
                    some.append("")
                    copy.write("\n".join(some))
        else:
            rows = zip(*values, strict=True)
            insert = _insert if _has_indexes(cursor, table) else _insert_many
            insert(cursor, target, len(columns), rows)


def _target(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(table)} ({', '.join(quote(column) for column in columns)})"


def _insert(cursor: Any, target: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    marks = ", ".join(["%s"] * width)
    cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608


def _has_indexes(cursor: Any, table: str) -> bool:
    """Return whether SQLite would have to save pages of an index: see `_insert_many`."""
    cursor.execute("SELECT count(*) FROM pragma_index_list(%s)", [table])
    return bool(cursor.fetchone()[0])


def _insert_many(cursor: Any, target: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    """Insert many rows with each statement, which takes less than half of the time.

    Not where there are indexes: as one of many rows may fail, SQLite first saves each page that the statement
    touches, and the rows of an index are on many pages. That takes longer than a statement for each row.
    """
    together = max(1, _PARAMETERS // width)
    row = f"({', '.join(['%s'] * width)})"
    sql = f"INSERT INTO {target} VALUES "  # noqa: S608
    values = chain.from_iterable(rows)
    pieces = iter(lambda: tuple(islice(values, together * width)), ())
    last: tuple[Any, ...] = ()

    def full() -> Iterator[tuple[Any, ...]]:
        nonlocal last
        for last in pieces:
            if len(last) < together * width:
                return
            yield last
        last = ()

    cursor.executemany(sql + ", ".join([row] * together), full())
    if last:
        cursor.execute(sql + ", ".join([row] * (len(last) // width)), last)


def loadable(connection: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """Return the function from a value as the driver takes it to one that `load_columns` takes.

    It is the text of COPY on PostgreSQL, and the value itself on SQLite.
    """
    return _copy_text(connection) if connection.vendor == "postgresql" else _itself


def null_of(connection: BaseDatabaseWrapper) -> str | None:
    """Return what `load_columns` takes for no value."""
    return COPY_NULL if connection.vendor == "postgresql" else None


def _itself(value: Any) -> Any:
    return value


def _copy_text(connection: BaseDatabaseWrapper) -> Callable[[Any], str]:
    # It is there where PostgreSQL is used.
    from psycopg.adapt import PyFormat, Transformer

    connection.ensure_connection()
    dumper_of = Transformer(connection.connection).get_dumper

    def text_of(value: Any) -> str:
        if value is None:
            return COPY_NULL
        if type(value) is int:
            return str(value)
        if type(value) is str:
            text = value
        else:
            dumped = dumper_of(value, PyFormat.TEXT).dump(value)
            if dumped is None:
                return COPY_NULL
            text = bytes(dumped).decode()
        return text.translate(_ESCAPED) if _SPECIAL.search(text) else text

    return text_of


def is_plain(texts: str) -> bool:
    """Return whether COPY takes these texts as they stand."""
    return not _SPECIAL.search(texts)
