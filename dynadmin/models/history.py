"""What revisions did to tables, read from their records: only of the tables and revisions in question."""

from collections.abc import Callable, Collection, Iterator
from functools import cache

from django.db.models import Max

from dynadmin.plan import Revised
from dynadmin.revisions import RevisedTable, SchemaRevision
from dynadmin.schema import Schema, TableSchema

MOST_STATES = 1000


def tables_before(revision: int, ids: Collection[int]) -> dict[int, TableSchema]:
    """Return the tables with these ids as the revision found them, as far as they were there."""
    earlier = RevisedTable.objects.filter(table__in=ids, revision__lt=revision)
    newest = dict(earlier.values_list("table").annotate(Max("revision")).order_by())
    changes = SchemaRevision.objects.filter(pk__in=set(newest.values())).values_list("pk", "changes")
    return {
        data["id"]: TableSchema.from_json(data)
        for pk, tables in changes.iterator(chunk_size=100)
        for data in tables
        if newest.get(data["id"]) == pk
    }


def tables_after(revision: SchemaRevision) -> list[TableSchema]:
    """Return the tables that a revision changed, as it left them."""
    return [TableSchema.from_json(data) for data in revision.changes]


def changes_since(revision: int, table: int) -> Iterator[tuple[int, TableSchema]]:
    """Yield a table as each later revision that changed it has left it, with that one's number."""
    later = RevisedTable.objects.filter(table=table, revision__gt=revision).order_by("revision_id")
    for pk, changes in later.values_list("revision", "revision__changes").iterator(chunk_size=100):
        yield pk, next(TableSchema.from_json(data) for data in changes if data["id"] == table)


def states_of(table: int) -> Iterator[TableSchema]:
    """Yield a table as its last revisions have left it, the newest first."""
    revised = RevisedTable.objects.filter(table=table).order_by("-revision_id")[:MOST_STATES]
    for changes in revised.values_list("revision__changes", flat=True).iterator(chunk_size=20):
        yield next(TableSchema.from_json(data) for data in changes if data["id"] == table)


def _once(revision: int, table: int) -> Callable[[], list[tuple[int, TableSchema]]]:
    """Return what looks the later states of a table up when it is first asked for them, and keeps them."""
    return cache(lambda: list(changes_since(revision, table)))


def load_revised(revision: SchemaRevision, now: Schema) -> list[Revised]:
    """Return the states of the tables that a revision changed: before, after, and in the schema given."""
    after = tables_after(revision)
    before = tables_before(revision.pk, [table.id for table in after])
    return [
        Revised(
            before=before.get(table.id),
            after=table,
            now=now.tables[table.id],
            since=_once(revision.pk, table.id),
        )
        for table in after
    ]
