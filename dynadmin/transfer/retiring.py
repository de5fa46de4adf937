"""Rows of the table that the file lacks: deleted after the last row, and kept in the history."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError
from dynadmin.loading import load_columns
from dynadmin.transfer.staging import TemporaryTable, sql_type

# Rows deleted in one go.
_AT_ONCE = 1_000


class Retirement(TemporaryTable):
    """The keys of the rows that the file has; those of all others are retired."""

    def __init__(self, model: type[models.Model], connection: BaseDatabaseWrapper) -> None:
        self._model = model
        super().__init__(connection, [f"pk {sql_type(model._meta.pk, connection)}"])

    def keep(self, pks: Sequence[Any]) -> None:
        """Take in the keys of rows that the file has."""
        load_columns(self.connection, self.name, ["pk"], [pks])

    def keep_found(self, found: TemporaryTable) -> None:
        """Take in the keys of rows that were found for those of the file."""
        self.execute(f"INSERT INTO {self.name} SELECT pk FROM {found.name}")  # noqa: S608

    def carry_out(self) -> int:
        """Delete the other rows; return how many they were. Raises TransferError when others need them."""
        quote = self.connection.ops.quote_name
        meta = self._model._meta
        self.execute(f"CREATE INDEX {self.name}_p ON {self.name} (pk)")
        lacking = self.rows(
            f"SELECT t.{quote(meta.pk.column)} FROM {quote(meta.db_table)} t WHERE NOT EXISTS"  # noqa: S608
            f" (SELECT 1 FROM {self.name} k WHERE k.pk = t.{quote(meta.pk.column)})"
        )
        pks = [meta.pk.to_python(pk) for (pk,) in lacking]
        rows = self._model._base_manager.using(self.connection.alias)
        with transaction.atomic(using=self.connection.alias):
            for start in range(0, len(pks), _AT_ONCE):
                self._delete(rows.filter(pk__in=pks[start : start + _AT_ONCE]))
        return len(pks)

    def _delete(self, rows: models.QuerySet) -> None:
        try:
            rows.delete()
        except (ProtectedError, RestrictedError) as error:
            message = _("Rows that the file lacks cannot be deleted, as other rows refer to them: %(names)s.")
            needed = error.args[1]
            names = ", ".join(sorted({str(row._meta.verbose_name_plural) for row in needed}))
            raise TransferError(message % {"names": names}) from error
