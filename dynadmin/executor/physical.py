"""Classes for DDL: they show a table as it stands in the database, with all its columns."""

from collections.abc import Collection

from django.db.models import Model

from dynadmin.executor.strangers import keep_strangers
from dynadmin.factory import build_models
from dynadmin.schema import TableSchema


def physical_model(table: TableSchema, *, plain: Collection[str] = ()) -> type[Model]:
    """Return a class with every column that the table has in the database, each under the column's name.

    ``plain`` are columns that are still being filled: they may be empty, and have no index yet.
    """
    model = build_models([table], physical=True, plain=plain)[table.id]
    keep_strangers(model)
    return model
