"""The columns of a flat table that another one is made from."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from dynadmin.exceptions import NotApplied, RefusedChange
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import to_text
from dynadmin.models.definitions import DynamicModel
from dynadmin.naturalkeys import key_named
from dynadmin.registry import registry
from dynadmin.schema import FieldSchema, TableSchema

# Of combinations that are shown to people.
MOST_SHOWN = 20
CHUNK = 2_000

Combination = tuple[Any, ...]


class FlatColumns:
    """The columns that a table is made from. Raises RefusedChange for those that cannot be."""

    def __init__(self, table: DynamicModel, names: Sequence[str]) -> None:
        registry.refresh()
        self.schema = registry.newest.schema.tables.get(table.pk)
        if self.schema is None or self.schema.retired:
            raise NotApplied(f"Table {table.name!r} is not in force: call sync() first.")
        self.model = registry.newest.model(table.pk)
        self.columns = _columns(self.schema, self.model, names)

    def keyed(self) -> Iterator[tuple[Any, list[Combination], int]]:
        """Yield each value of the first column, some of the combinations that it is in, and their number.

        None are all that a conversion takes for empty.
        """
        attributes = [column.name for column in self.columns]
        rows = self.model._base_manager.order_by(*attributes).values_list(*attributes).distinct()
        for key, combinations in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: _told(row[0])):
            some, count = [], 0
            for count, combination in enumerate(combinations, 1):
                if count <= MOST_SHOWN:
                    some.append(combination)
            yield key, some, count

    def texts(self, combination: Combination) -> tuple[str, ...]:
        fields = (self.model._meta.get_field(column.name) for column in self.columns)
        return tuple(to_text(field, value) for field, value in zip(fields, combination, strict=True))


def _told(value: Any) -> Any:
    """Return what tells a row; None if it is empty, as conversions see it."""
    return None if isinstance(value, str) and (not value or value.isspace()) else value


def _columns(table: TableSchema, model: type[Model], names: Sequence[str]) -> tuple[FieldSchema, ...]:
    known = {field.name: field for field in table.live_columns if not field.required_by and not field.target}
    if not names or len(set(names)) < len(names):
        raise RefusedChange(_("Choose at least one column, each once."))
    if unknown := [name for name in names if name not in known]:
        message = _("“%(name)s” is no column from which a table can be made; these are: %(known)s.")
        raise RefusedChange(message % {"name": unknown[0], "known": ", ".join(known)})
    key = known[names[0]]
    if "unique" not in field_types[key.type].options_form.base_fields or key_named(model, key.name) is None:
        message = _("Rows cannot be told by “%(name)s”: values of its type are not for telling rows.")
        raise RefusedChange(message % {"name": key.label or key.name})
    if len(names) == len([field for field in table.live_fields if not field.required_by]) and len(names) > 1:
        raise RefusedChange(_("That is the whole table: leave some of its columns."))
    return tuple(known[name] for name in names)
