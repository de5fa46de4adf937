"""Staged rows into the rows they were matched to: one statement for however many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from dynadmin.loading import load_columns, loadable
from dynadmin.transfer.batches import Batch, picked
from dynadmin.transfer.comparing import Comparison
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.staging import Staging, TemporaryTable, sql_type


class Updater(TemporaryTable):
    """Writes the fields at the places `compared`. It is a table of which staged row goes into which row."""

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        staging: Staging,
        compared: Sequence[int],
        options: ImportOptions,
    ) -> None:
        self._model = model
        self._staging = staging
        self._loadable = loadable(staging.connection)
        comparison = Comparison(staging.connection, options)
        quote = staging.connection.ops.quote_name
        staged = [(fields[place], f"s.{staging.column(place)}") for place in compared]
        self._assignments = [
            f"{quote(field.column)} = {comparison.settled(field, source)}" for field, source in staged
        ]
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
        source = f"{self.name} m JOIN {self._staging.name} s ON s.n = m.n"
        self.execute(
            f"UPDATE {quote(meta.db_table)} AS t SET {', '.join(assignments)}"  # noqa: S608
            f" FROM {source} WHERE t.{quote(meta.pk.column)} = m.pk",
            list(touched.values()),
        )
