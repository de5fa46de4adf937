"""Numbers of rows that are not there yet: links to them can be written as soon as they are."""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError


def take_numbers(model: type[models.Model], count: int, connection: BaseDatabaseWrapper) -> list[int]:
    """Return numbers that the database gives to no other row. Call it inside the transaction of the rows."""
    if not count:
        return []
    take = _take_from_sequence if connection.vendor == "postgresql" else _take_from_counter
    return take(model, count, connection)


def _take_from_sequence(model: type[models.Model], count: int, connection: BaseDatabaseWrapper) -> list[int]:
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, model._meta.pk.column])
        sequence = cursor.fetchone()[0]
        if sequence is None:
            message = _(
                "Lists of rows cannot be imported: the database does not number the rows of “%(table)s”."
            )
            raise TransferError(message % {"table": model._meta.verbose_name_plural})
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [number for (number,) in cursor.fetchall()]


def _take_from_counter(model: type[models.Model], count: int, connection: BaseDatabaseWrapper) -> list[int]:
    table = model._meta.db_table
    quote = connection.ops.quote_name
    highest = f"(SELECT coalesce(max({quote(model._meta.pk.column)}), 0) FROM {quote(table)})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE sqlite_sequence SET seq = max(seq, {highest}) + %s WHERE name = %s RETURNING seq",  # noqa: S608
            [count, table],
        )
        last = cursor.fetchone()
        if last is None:  # the table never had a row
            cursor.execute(
                f"INSERT INTO sqlite_sequence (name, seq) VALUES (%s, {highest} + %s) RETURNING seq",  # noqa: S608
                [table, count],
            )
            last = cursor.fetchone()
        return list(range(last[0] - count + 1, last[0] + 1))
