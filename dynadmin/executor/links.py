"""Steps on fields whose values are links: they are in a table of their own, which goes with them."""

from collections.abc import Iterator
from functools import singledispatch
from itertools import groupby
from operator import itemgetter

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q, QuerySet

from dynadmin.executor.belongings import belongings_kept
from dynadmin.executor.references import dangling, set_references
from dynadmin.executor.remembering import forget_links
from dynadmin.factory import build_link_model
from dynadmin.plan import AddField, FieldOperation, PurgeColumn, ReferAgain, RestoreField, RetireField
from dynadmin.schema import FieldSchema, TableSchema

ENDS = ("source", "target")


@singledispatch
def carry_out_on_links(operation: FieldOperation, editor: BaseDatabaseSchemaEditor) -> None:
    """Make one operation's change to links. Most are nothing but metadata."""


@carry_out_on_links.register
def _add(operation: AddField, editor) -> None:
    create_links(editor, operation.table, operation.field)


@carry_out_on_links.register
def _retire(operation: RetireField, editor) -> None:
    set_link_references(editor, operation.table, operation.field)


@carry_out_on_links.register(ReferAgain)
@carry_out_on_links.register(RestoreField)
def _restore(operation: RestoreField | ReferAgain, editor) -> None:
    if operation.choices.on_failure != "stop":
        dangling_links(operation.table, operation.field).delete()
    set_link_references(editor, operation.table, operation.field)


@carry_out_on_links.register
def _purge(operation: PurgeColumn, editor) -> None:
    forget_links(operation.table, operation.field)
    editor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(operation.field.link_table)}")


def create_links(editor: BaseDatabaseSchemaEditor, table: TableSchema, field: FieldSchema) -> None:
    """Create the table of a field's links. Its foreign keys are put off until both ends are there."""
    editor.create_model(build_link_model(table, field))


def set_link_references(
    editor: BaseDatabaseSchemaEditor, table: TableSchema, field: FieldSchema, *, is_tried: bool = True
) -> None:
    """Have links hold the rows at their ends, or no longer, as the field is in use or retired.

    Where they are not tried (PostgreSQL), only those that are made from now on are held.
    """
    is_held = not (table.retired or field.retired)
    before, after = (build_link_model(table, field, is_held=held) for held in (not is_held, is_held))
    with belongings_kept(after):
        set_references(editor, before, after, is_tried=is_tried)


def dangling_links(table: TableSchema, field: FieldSchema) -> QuerySet:
    """Return the links of which a row at one end is gone."""
    model = build_link_model(table, field, is_held=False)
    gone = [dangling(model, model._meta.get_field(end)).values("pk") for end in ENDS]
    return model._base_manager.filter(Q(pk__in=gone[0]) | Q(pk__in=gone[1]))


def linked_rows(table: TableSchema, field: FieldSchema, *, after: int = 0) -> Iterator[tuple[int, list[int]]]:
    """Yield the id of each row behind an id that has links, in order, and the ids they lead to."""
    if field.stored == "links":
        model = build_link_model(table, field)
        links = model._base_manager.filter(source__gt=after).order_by("source", "target")
        pairs = links.values_list("source", "target").iterator(chunk_size=5000)
        for source, same in groupby(pairs, key=itemgetter(0)):
            yield source, [target for _source, target in same]
