"""The rows of a batch into the table: inserts and updates, set by set, narrowed down to the rows refused."""

import re
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.constraints.breaking import complaint_of
from dynadmin.loading import load
from dynadmin.transfer.batches import FileRow
from dynadmin.transfer.columns import is_filled_by_program
from dynadmin.transfer.linking import Links
from dynadmin.transfer.numbering import take_numbers
from dynadmin.transfer.references import is_many

Refuse = Callable[[FileRow, str, str], None]


class RowWriter:
    """Writes rows of one model. `fields` are those of the file, in the order of the rows' judged cells.

    Signals are not sent and `save()` is not called: the rows are written as `bulk_create` would.
    """

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        key: Sequence[str],
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._model = model
        self._connection = connection
        # A number given by the database is taken from the file only when it is what tells the rows.
        self._given = [
            (index, field)
            for index, field in enumerate(fields)
            if not is_many(field) and (not isinstance(field, models.AutoField) or field.name in key)
        ]
        self._updated = [
            (index, field)
            for index, field in enumerate(fields)
            if not is_many(field) and not field.primary_key and not is_filled_by_program(field)
        ]
        self.links = [Links(field, index, connection) for index, field in enumerate(fields) if is_many(field)]
        in_file = {field.name for field in fields}
        self._added = [field for field in _stored_fields(model) if field.name not in in_file]
        self._has_own_pks = False

    @property
    def compared(self) -> list[tuple[int, models.Field]]:
        """The fields whose difference makes a row a changed one, with their place in the row."""
        return [*self._updated, *((links.index, links.field) for links in self.links)]

    def insert(self, rows: list[FileRow]) -> None:
        """Insert new rows; those without a number of their own get one from the database."""
        auto = next((index for index, field in self._given if isinstance(field, models.AutoField)), None)
        if self.links:
            self._has_own_pks |= auto is not None
            self._insert_with_links(rows)
            return
        if auto is None:
            self._load(rows, self._given)
            return
        self._has_own_pks = True
        self._load([row for row in rows if row.judged[auto].value is not None], self._given)
        rest = [pair for pair in self._given if pair[0] != auto]
        self._load([row for row in rows if row.judged[auto].value is None], rest)

    def _insert_with_links(self, rows: list[FileRow]) -> None:
        """Insert new rows with the numbers that the database would give them, and their links."""
        pk = self._model._meta.pk
        own = next((index for index, field in self._given if field is pk), None)
        for row in rows:
            if own is not None and row.judged[own].value is not None:
                row.pk = row.judged[own].value
            elif row.pk is None and not isinstance(pk, models.AutoField):
                row.pk = pk.get_default()
        numberless = [row for row in rows if row.pk is None]
        numbers = take_numbers(self._model, len(numberless), self._connection)
        for row, number in zip(numberless, numbers, strict=True):
            row.pk = number
        self._load(rows, [pair for pair in self._given if pair[1] is not pk], with_pks=True)
        for links in self.links:
            links.insert(rows)

    def _load(
        self, rows: list[FileRow], given: Sequence[tuple[int, models.Field]], *, with_pks: bool = False
    ) -> None:
        if not rows:
            return
        pk = self._model._meta.pk
        lacking = [field for field in self._added if not (with_pks and field is pk)]
        added = [(field, value) for field in lacking if (value := self._filler(field)) is not None]
        columns = [field.column for _index, field in given] + [field.column for field, _value in added]
        values = self._values(rows, given, [value for _field, value in added])
        if with_pks:
            columns.append(pk.column)
            values = ([*value, self._stored(pk, row.pk)] for row, value in zip(rows, values, strict=True))
        load(self._connection, self._model._meta.db_table, columns, values)

    def _values(
        self,
        rows: list[FileRow],
        given: Sequence[tuple[int, models.Field]],
        fillers: Sequence[Callable[[], Any]],
    ) -> Iterator[Sequence[Any]]:
        by_program = [
            (at, self._now(field)) for at, (_index, field) in enumerate(given) if is_filled_by_program(field)
        ]
        pick = _picker([index for index, _field in given])
        for row in rows:
            values = [judged[1] for judged in pick(row.judged)]
            for at, now in by_program:
                values[at] = now if values[at] is None else values[at]
            if fillers:
                values.extend(filler() for filler in fillers)
            yield values

    def _filler(self, field: models.Field) -> Callable[[], Any] | None:
        """Return what gives the stored value of a field that the file lacks; None when the database does."""
        if is_filled_by_program(field):
            now = self._now(field)
            return lambda: now
        if not field.has_default() and (field.has_db_default() or isinstance(field, models.AutoField)):
            return None
        if callable(field.default):
            return lambda: self._stored(field, field.get_default())
        stored = self._stored(field, field.get_default())
        return lambda: stored

    def _now(self, field: models.Field) -> Any:
        return self._stored(field, field.pre_save(self._model(), add=True))

    def _stored(self, field: models.Field, value: Any) -> Any:
        return field.get_db_prep_save(value, self._connection)

    def update(self, rows: list[FileRow]) -> None:
        """Write the cells of the file into the rows they were matched to."""
        self._update_columns(rows)
        for links in self.links:
            links.replace(rows)

    def _update_columns(self, rows: list[FileRow]) -> None:
        touched = [field for field in self._added_or_given() if getattr(field, "auto_now", False)]
        quote = self._connection.ops.quote_name
        fields = [field for _index, field in self._updated] + touched
        if not fields:
            return
        nows = [self._now(field) for field in touched]
        pk = self._model._meta.pk
        table = quote(self._model._meta.db_table)
        assignments = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        sql = f"UPDATE {table} SET {assignments} WHERE {quote(pk.column)} = %s"  # noqa: S608
        indexes = [index for index, _field in self._updated]
        with self._connection.cursor() as cursor:
            cursor.executemany(
                sql,
                [
                    [*(row.judged[index].stored for index in indexes), *nows, self._stored(pk, row.pk)]
                    for row in rows
                ],
            )

    def _added_or_given(self) -> list[models.Field]:
        return _stored_fields(self._model)

    def write(
        self, rows: list[FileRow], write: Callable[[list[FileRow]], None], refuse: Refuse
    ) -> list[FileRow]:
        """Write rows with `insert` or `update`; refuse those the database refuses; return the written."""
        if not rows:
            return []
        try:
            with transaction.atomic(using=self._connection.alias):
                write(rows)
        except (IntegrityError, DataError, UnicodeEncodeError) as error:
            if len(rows) == 1:
                refuse(rows[0], "", self._words(error))
                return []
            half = len(rows) // 2
            return self.write(rows[:half], write, refuse) + self.write(rows[half:], write, refuse)
        return rows

    def _words(self, error: Exception) -> str:
        """Return which rule is broken, else what the database says, with people's names for its columns."""
        if isinstance(error, IntegrityError) and (complaint := complaint_of(error, self._model)):
            return complaint
        labels = {field.column: str(field.verbose_name) for field in _stored_fields(self._model)}
        reason = re.sub(r"\w+", lambda word: labels.get(word[0], word[0]), str(error).splitlines()[0])
        return _("The database refuses this row: %(reason)s") % {"reason": reason}

    def finish(self) -> None:
        """Set the numbering of the table past the numbers that came from the file.

        Never back, as Django's own statement would: the number of a deleted row is nobody else's. SQLite's
        AUTOINCREMENT keeps to that by itself.
        """
        if not self._has_own_pks or self._connection.vendor != "postgresql":
            return
        table, pk = self._model._meta.db_table, self._model._meta.pk.column
        quote = self._connection.ops.quote_name
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(table), pk])
            sequence = cursor.fetchone()[0]
            if sequence is None:  # the host project numbers these rows in a way of its own
                return
            highest = f"SELECT max({quote(pk)}) FROM {quote(table)}"  # noqa: S608
            reached = f"SELECT last_value FROM {sequence}"  # noqa: S608
            cursor.execute(f"SELECT setval(%s, GREATEST(({highest}), ({reached})))", [sequence])


def _picker(indexes: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return the function that gives the items of a sequence at these places."""
    if len(indexes) < 2:
        return lambda row: [row[index] for index in indexes]
    return itemgetter(*indexes)


def _stored_fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
