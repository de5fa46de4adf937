"""Staged rows into the rows they were matched to: one statement for however many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from dynadmin.loading import load_columns, loadable
from dynadmin.rowhistory.differences import Change
from dynadmin.transfer.batches import Batch, picked
from dynadmin.transfer.comparing import Comparison
from dynadmin.transfer.noting import Notes
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.staging import Staging, TemporaryTable, looked_up, sql_type


class Updater(TemporaryTable):
    """Writes the fields at the places `compared`. It is a table of which staged row goes into which row."""

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        staging: Staging,
        compared: Sequence[int],
        options: ImportOptions,
        notes: Notes,
    ) -> None:
        self._model = model
        self._notes = notes
        self._staging = staging
        self._loadable = loadable(staging.connection)
        comparison = Comparison(staging.connection, options)
        quote = staging.connection.ops.quote_name
        changes = []
        for field, source in ((fields[place], f"s.{staging.column(place)}") for place in compared):
            column = f"t.{quote(field.column)}"
            changes.append(Change(field, column, comparison.settled(field, source)))
        self._assignments = [f"{quote(change.field.column)} = {change.after}" for change in changes]
        notes.note_in_sql(changes)
        kind = sql_type(model._meta.pk, staging.connection)
        super().__init__(staging.connection, ["n integer", f"pk {kind}"])

    def update(self, batch: Batch, places: Sequence[int], touched: Mapping[str, Any]) -> None:
        """Write the rows at these places, and what else changes with them."""
        quote = self.connection.ops.quote_name
        assignments = self._assignments + [f"{quote(column)} = %s" for column in touched]
        if not assignments:
            return
        self.clear()
        numbers = list(map(self._loadable, picked(batch.staged, places)))
        load_columns(self.connection, self.name, ["n", "pk"], [numbers, picked(batch.pks, places)])
        meta = self._model._meta
        table, pk = quote(meta.db_table), f"t.{quote(meta.pk.column)}"
        source = f"{self.name} m JOIN {self._staging.name} s ON s.n = m.n"
        self._staging.index()
        with looked_up(self.connection):
            if self._notes.differences is not None:
                self._notes.differences.note(f"{source} JOIN {table} t ON {pk} = m.pk", pk)
            self.execute(
                f"UPDATE {table} AS t SET {', '.join(assignments)} FROM {source} WHERE {pk} = m.pk",  # noqa: S608
                list(touched.values()),
            )
