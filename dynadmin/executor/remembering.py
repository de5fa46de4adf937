"""What a change of tables does to the history of rows: values set in place, and what is deleted for good.

A conversion sets nothing in place: it leaves the original beside the new column, and the history tells it
from there. When the original is deleted it is written down.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

from dynadmin.acting import acting
from dynadmin.conf import conf
from dynadmin.revisions import next_revision
from dynadmin.rowhistory import RowChange, changing
from dynadmin.rowhistory.contexts import way
from dynadmin.rowhistory.notary import RowNotary, is_history_kept
from dynadmin.rowhistory.written import forget_key, write_down
from dynadmin.schema import FieldSchema, TableSchema

VIA = "conversion"


@contextmanager
def changed_by(user: Any, revision: int) -> Iterator[None]:
    """Have what is noted in the block noted as done by a revision, and whoever applied it."""
    with acting(user) if user is not None else nullcontext(), changing(VIA, revision):
        yield


@contextmanager
def noted(model: Any) -> Iterator[None]:
    """Have values noted that are set through a class for DDL, in a column that people have seen before."""
    table: TableSchema = model.table_schema
    if not table.keeps_history:
        yield
        return
    model._notary = RowNotary(model, lambda: model)
    try:
        with changing(VIA, way().unit):
            yield
    finally:
        del model._notary


def remember_original(model: type[Model], column: Field, table: TableSchema, old: FieldSchema) -> None:
    """Write down what an original had that is about to be deleted for good, if its time is not over.

    Of a field that was deleted everything goes, from the history too.
    """
    if not any(field.id == old.id for field in table.live_fields):
        forget_key(table.id, column.column.removeprefix("c"))
        return
    since = next_revision(table.id, old.retired_after or 0)
    if since is not None and table.keeps_history and _is_within_time(since.created_at):
        name = since.author.get_username() if since.author else ""
        write_down(model, column, table.id, at=since.created_at, author=name, unit=since.pk)


def forget_links(table: TableSchema, field: FieldSchema) -> None:
    """Take the links of a field that is deleted for good out of the history."""
    forget_key(table.id, str(field.id))


def forget_table(table: TableSchema) -> None:
    """Delete the history of the rows of a table that is deleted for good."""
    changes = RowChange.objects.filter(table=table.id)
    changes._raw_delete(connection.alias)


def _is_within_time(at: datetime) -> bool:
    days = conf.ROW_HISTORY_DAYS
    return is_history_kept() and (days is None or at > timezone.now() - timedelta(days=days))
