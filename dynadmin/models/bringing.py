"""The columns of a kind in a draft: brought along, taken over, or left to people when the kind is another."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import transaction

from dynadmin.kinds import Column, Kind, is_column, kinds, required_field
from dynadmin.registry import registry

# Behind all that people define.
LAST = 9_000


@transaction.atomic
def bring_columns(definition: Any) -> None:
    """Make the draft's fields those that its kind asks for; nothing is taken away.

    A column of another kind becomes an ordinary field. A field that has the name of a column whose values
    people give becomes that column. Where a column that only the program fills finds its name taken, it is
    left out, and ``to_schema()`` refuses the draft.
    """
    if definition.kind not in kinds:
        return  # to_schema() says so
    kind = kinds[definition.kind]
    fields = list(_fields().filter(model=definition))
    changed = [field for field in fields if _takes_its_place(field, kind)]
    _fields().bulk_update(changed, ["type", "options", "required_by"])
    names = {field.name for field in fields}
    missing = [column for name, column in kind.columns.items() if name not in names]
    _fields().bulk_create(_drafts(definition, missing, kind))


def _takes_its_place(field: Any, kind: Kind) -> bool:
    """Let a field be what the kind makes of it. Return whether that is something else than before."""
    before = (field.type, field.options, field.required_by)
    column = kind.columns.get(field.name)
    if column is not None and not column.is_stamp and not field.required_by:
        wanted = required_field(column, kind)
        field.type, field.options = wanted.type, dict(wanted.options)
    is_its_own = column is not None and is_column(field.as_schema(), column)
    field.required_by = kind.slug if is_its_own else ""
    return (field.type, field.options, field.required_by) != before


def _drafts(definition: Any, columns: Iterable[Column], kind: Kind) -> Iterator[Any]:
    """Yield drafts of columns; of one that is in force and lost its draft, with its identity."""
    table = registry.newest.schema.tables.get(definition.pk)
    live = table.live_fields if table else ()
    order = list(kind.columns)
    for column in columns:
        known = next((field for field in live if is_column(field, column)), None)
        field = replace(known or required_field(column, kind), required_by=kind.slug)
        position = LAST + order.index(column.name) if column.is_stamp else 0
        draft = _fields().model.from_schema(field, model=definition, position=position)
        draft.pk = field.id or None
        yield draft


def _fields() -> Any:
    return apps.get_model("dynadmin", "DynamicField").objects
