"""The history as a whole: written down where what told it goes, and deleted by age."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max, Min
from django.utils import timezone

from dynadmin.loading import load
from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.notes import COLUMNS, in_json
from dynadmin.rowhistory.values import encode, key_of

BATCH = 20_000
# Numbers of changes that one statement looks through for old ones.
WINDOW = 50_000


def write_down(
    model: type[models.Model], column: models.Field, table: int, *, at: datetime, author: str, unit: int
) -> None:
    """Note of all rows what a column had until a conversion put another in its place."""
    key, last = key_of(column), 0
    stored = connection.ops.adapt_datetimefield_value(at)
    common = (Action.CHANGED.value, stored, "", author, "conversion", unit)
    rows = model._base_manager.exclude(**{f"{column.attname}__isnull": True}).order_by("pk")
    while part := list(rows.filter(pk__gt=last).values_list("pk", column.attname)[:BATCH]):
        last = part[-1][0]
        notes = ((table, pk, pk, *common, in_json({key: encode(column, value)}), "{}") for pk, value in part)
        load(connection, RowChange._meta.db_table, COLUMNS, notes)


def forget_key(table: int, key: str) -> None:
    """Take the values of a column out of the history of a table's rows."""
    quote = connection.ops.quote_name
    name = quote(RowChange._meta.db_table)
    with connection.cursor() as cursor:
        for side in ("before", "after"):
            if connection.vendor == "postgresql":
                rest, there, parameters = f"{quote(side)} - %s", f"jsonb_exists({quote(side)}, %s)", [key]
            else:
                there, parameters = f"json_type({quote(side)}, %s) IS NOT NULL", [f'$."{key}"']
                rest = f"json_remove({quote(side)}, %s)"
            cursor.execute(
                f"UPDATE {name} SET {quote(side)} = {rest} WHERE {quote('table')} = %s AND {there}",  # noqa: S608
                [*parameters, table, *parameters],
            )


def count_old(days: float, tables: Collection[int] = ()) -> int:
    """Return how many changes are older than so many days, of all tables if none is named."""
    return _old(days, tables).count()


def purge_old(days: float, tables: Collection[int] = ()) -> Iterator[int]:
    """Delete changes older than so many days, part by part; yield the number of each part."""
    found = RowChange.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if found["first"] is None:
        return
    for start in range(found["first"], found["last"] + 1, WINDOW):
        with transaction.atomic():
            part = _old(days, tables).filter(pk__gte=start, pk__lt=start + WINDOW)
            yield part._raw_delete(connection.alias) or 0


def _old(days: float, tables: Collection[int]) -> Any:
    old = RowChange.objects.filter(at__lt=timezone.now() - timedelta(days=days))
    return old.filter(table__in=tables) if tables else old
