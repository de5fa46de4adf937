"""Who notes what happens to the rows of one table, and who notes the links of one field."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import connections, models

from dynadmin.conf import conf
from dynadmin.kinds.stamps import is_filled_by_program
from dynadmin.rowhistory.changes import Action
from dynadmin.rowhistory.contexts import is_noting
from dynadmin.rowhistory.insql import can_be_made, note_in_sql
from dynadmin.rowhistory.notes import note_changed, note_created, note_deleted
from dynadmin.rowhistory.values import Cells

# Rows that are read and noted together.
BATCH = 5_000
# Rows that are read ahead where many of a table are deleted one after another.
MOST_AHEAD = 1_000
# Statements that are kept of one class: as a rule all fields are saved, or the same few.
MOST_READERS = 50

Pairs = Iterable[tuple[Any, Any]]


def is_history_kept() -> bool:
    """Whether the installation keeps any history of rows."""
    return conf.ROW_HISTORY_DAYS != 0


def notary_of(model: Any) -> Any:
    """Return who notes changes that are made through a class; None where none are noted."""
    notary = model.__dict__.get("_notary")
    return notary if notary is not None and is_noting() and is_history_kept() else None


class RowNotary:
    """Notes changes of the rows of a table. ``make_whole`` gives a class with all columns of the table,
    those of deleted fields and originals too, as a row that is deleted takes these along."""

    def __init__(self, model: type[models.Model], make_whole: Callable[[], type[models.Model]]) -> None:
        self.model = model
        self.table = model.table_schema.id
        self._make_whole = make_whole
        self._readers: dict[tuple[models.Field, ...], OneRow] = {}

    @cached_property
    def whole(self) -> type[models.Model]:
        return self._make_whole()

    @cached_property
    def cells(self) -> Cells:
        """All columns of a row but its number."""
        return Cells(field for field in self.whole._meta.local_concrete_fields if not field.primary_key)

    def tracked(self, fields: Iterable[models.Field]) -> list[models.Field]:
        """Return those of the fields whose changes are noted: not who changed a row last, and when."""
        return [
            field
            for field in fields
            if field.concrete and not field.primary_key and not is_filled_by_program(field)
        ]

    def reader(self, fields: tuple[models.Field, ...]) -> "OneRow":
        """Return what reads these columns of one row; made once for those that are saved together."""
        if fields not in self._readers:
            if len(self._readers) >= MOST_READERS:
                self._readers.clear()
            self._readers[fields] = OneRow(self.model, fields)
        return self._readers[fields]

    # --- New and changed rows ---

    def created(self, rows: Sequence[models.Model]) -> None:
        note_created(self.table, (row.pk for row in rows))

    def changed(self, cells: Cells, before: Sequence[Any], after: Sequence[Any]) -> None:
        """Note what became different between two readings of the same rows, the number of each first."""
        now = {row[0]: row[1:] for row in after}
        changes = ((pk, *cells.difference(was, now[pk])) for pk, *was in before if pk in now)
        note_changed(self.table, ((pk, was, made) for pk, was, made in changes if was))

    # --- Deleted rows ---

    def deleting(self, rows: models.QuerySet) -> None:
        """Note that rows are about to be deleted."""
        if can_be_made(self.cells, rows.db):
            note_in_sql(self.table, Action.DELETED, self._whole_rows(rows), self.cells)
            return
        if self.whole is self.model:
            first = self.cells.read(locked(rows)[: BATCH + 1])
            if len(first) <= BATCH:
                note_deleted(self.table, ((pk, self.cells.whole(row)) for pk, *row in first))
                return
        keys = locked(rows).values_list("pk", flat=True)
        for part in batches(list(keys)):
            there = self.whole._base_manager.using(rows.db).filter(pk__in=part).order_by("pk")
            note_deleted(self.table, ((pk, self.cells.whole(row)) for pk, *row in self.cells.read(there)))

    def _whole_rows(self, rows: models.QuerySet) -> models.QuerySet:
        """Return the same rows with all columns of the table, locked."""
        if self.whole is self.model:
            return locked(rows).defer(None)
        there = self.whole._base_manager.using(rows.db).filter(pk__in=rows.order_by().values("pk"))
        return locked(there)

    def set_to(self, rows: models.QuerySet, field: models.Field, value: Any) -> None:
        """Note that a column is about to be set to a value, in those of the rows that have another."""
        cells, connection = Cells([field]), connections[rows.db]
        column = f"dyn_rows.{connection.ops.quote_name(field.column)}"
        is_other = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        note_in_sql(
            self.table,
            Action.CHANGED,
            rows.order_by("pk").defer(None),
            cells,
            after=cells.whole([value]),
            condition=f"{column} {is_other} %s",
            parameters=[field.get_db_prep_save(value, connection)],
        )

    def row_goes(self, instance: models.Model, using: str, origin: Any, **kwargs: Any) -> None:
        """Remember a row that is to be deleted with others: what the database has of it, by now."""
        if notary_of(self.model) is not None:
            going = vars(origin).setdefault("_rows_going", {})
            going.setdefault(self.model, Going(self, using)).add(instance.pk)

    def row_gone(self, origin: Any, **kwargs: Any) -> None:
        """Note all rows that were remembered, of whatever table, as the first of them is gone."""
        for model, going in vars(origin).pop("_rows_going", {}).items():
            note_deleted(model._notary.table, going.rows.items())


class OneRow:
    """Reads some columns of a row by its number, and locks it. The statement is made once: saving a row
    would else take longer to ask than to be asked."""

    def __init__(self, model: type[models.Model], fields: Sequence[models.Field]) -> None:
        self.cells = Cells(fields)
        self._model = model
        self._made: dict[str, tuple[str, dict[int, Any]]] = {}

    def read(self, pk: Any, using: str) -> tuple[Any, ...] | None:
        """Return the number of the row and its values; None if it is not there."""
        connection = connections[using]
        sql, converted = self._made.get(using) or self._make(using)
        with connection.cursor() as cursor:
            cursor.execute(sql, [pk])
            row = cursor.fetchone()
        if row is None:
            return None
        values = list(row)
        for place, column in converted.items():
            values[place] = _converted(values[place], column, connection)
        return tuple(values)

    def _make(self, using: str) -> tuple[str, dict[int, Any]]:
        """Return the statement, and by their places the columns whose values need converting."""
        rows = locked(self._model._base_manager.using(using).filter(pk=0))
        compiler = rows.values_list("pk", *self.cells.attributes).query.get_compiler(using)
        sql, _parameters = compiler.as_sql()  # the number is its only parameter
        # Not the converters themselves: they hold the connection of this thread.
        columns = compiler.get_converters([column for column, *_others in compiler.select])
        self._made[using] = sql, {place: column for place, (_converters, column) in columns.items()}
        return self._made[using]


def _converted(value: Any, column: Any, connection: Any) -> Any:
    for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection)):
        value = convert(value, column, connection)
    return value


class Going:
    """Rows of one table on their way out, in the order of their numbers.

    Django tells of them one by one. They are read ahead, the further the more of what was read was asked for.
    """

    def __init__(self, notary: RowNotary, using: str) -> None:
        self._notary = notary
        self._rows = notary.whole._base_manager.using(using).order_by("pk")
        self._read: dict[Any, Any] = {}
        self._ahead = 1
        self._used = 0
        self.rows: dict[Any, dict[str, Any]] = {}

    def add(self, pk: Any) -> None:
        if pk not in self._read:
            self._look(pk)
        if pk in self._read:
            self._used += 1
            self.rows[pk] = self._notary.cells.whole(self._read.pop(pk))

    def _look(self, pk: Any) -> None:
        is_worth_it = self._used * 2 > self._ahead
        self._ahead = min(self._ahead * 2, MOST_AHEAD) if is_worth_it else max(self._ahead // 2, 1)
        self._used = 0
        rows = self._notary.cells.read(self._rows.filter(pk__gte=pk)[: self._ahead])
        self._read = {pk: values for pk, *values in rows}


class LinkNotary:
    """Notes links that are made and taken away, as changes of the rows that have the field."""

    def __init__(self, table: int, key: str) -> None:
        self.table = table
        self.key = key

    def tracked(self, fields: Iterable[models.Field]) -> list[models.Field]:
        return []

    def created(self, links: Sequence[models.Model]) -> None:
        self._note([], ((link.source_id, link.target_id) for link in links))

    def deleting(self, links: models.QuerySet) -> None:
        pairs = links.order_by("source", "target").values_list("source", "target").iterator(chunk_size=BATCH)
        while part := list(islice(pairs, BATCH)):
            self._note(part, [])

    def _note(self, gone: Pairs, made: Pairs) -> None:
        rows: dict[Any, tuple[dict[str, list[Any]], dict[str, list[Any]]]] = defaultdict(lambda: ({}, {}))
        for place, pairs in enumerate((gone, made)):
            for source, target in pairs:
                rows[source][place].setdefault(self.key, []).append(target)
        note_changed(self.table, ((row, before, after) for row, (before, after) in rows.items()))


def locked(rows: models.QuerySet) -> models.QuerySet:
    """Return the same rows in the order of their numbers, nobody else's to change until the transaction ends.

    PostgreSQL locks no rows of a query that joins or groups.
    """
    query = rows.query
    is_plain = not (query.annotations or query.distinct or query.extra or len(query.alias_map) > 1)
    if is_plain:
        return rows.select_related(None).order_by("pk").select_for_update()
    there = rows.model._base_manager.using(rows.db).filter(pk__in=rows.order_by().values("pk"))
    return there.order_by("pk").select_for_update()


def batches(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield the keys in parts that are gone through together."""
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
