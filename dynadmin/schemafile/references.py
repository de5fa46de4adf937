"""Tables and fields that options name: by id in an installation, by key in a file.

``"target": "table:<key>"`` is a table; conditions and sources have the keys of fields in the place of ids. A
table or field that is not in the file is found by its key, or a table by its name, where the file is read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadSchemaFile
from dynadmin.schema import KEYED, FieldSchema, TableSchema, target_of

Options = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Names:
    """What tables and fields are called: keys by ids, or ids by keys and names."""

    tables: Mapping[Any, Any] = field(default_factory=dict)
    fields: Mapping[Any, Any] = field(default_factory=dict)

    @classmethod
    def in_file(cls, tables: Iterable[TableSchema]) -> Self:
        """Return the keys of tables and fields, by id."""
        tables = list(tables)
        return cls(
            tables={table.id: table.key for table in tables},
            fields={f.id: f.key for table in tables for f in table.fields},
        )

    @classmethod
    def of(cls, tables: Iterable[TableSchema]) -> Self:
        """Return the ids of tables and fields, by key, and of live tables by name."""
        tables = sorted(tables, key=lambda table: not table.retired)
        names = {table.name: table.id for table in tables if not table.retired}
        return cls(
            tables=names | {table.key: table.id for table in reversed(tables) if table.key},
            fields={f.key: f.id for table in reversed(tables) for f in table.fields if f.key},
        )

    def over(self, others: Self) -> Self:
        """Return these names, and those of others that are none of them."""
        return replace(self, tables={**others.tables, **self.tables}, fields={**others.fields, **self.fields})


def options_in_file(field: FieldSchema, names: Names) -> Options:
    """Return the options of a field as a file has them."""
    target = field.target_table
    told = {} if target is None else {"target": f"table:{names.tables[target]}"}
    return {**_with_fields(field.options, lambda id: names.fields.get(id, id), read=int), **told}


def with_ids(field: FieldSchema, names: Names) -> FieldSchema:
    """Return a field of a file with the ids of what its options name. Raises BadSchemaFile."""
    if field.stored == "computed":
        _check_sources(field, names)
    options = _with_fields(field.options, lambda key: names.fields.get(key, key), read=str)
    if found := KEYED.fullmatch(field.target):
        if found[1] not in names.tables:
            message = _(
                "Field “%(field)s” refers to a table “%(key)s”, which is neither in the file nor here."
            )
            raise BadSchemaFile(message % {"field": field.label or field.name, "key": found[1]})
        options["target"] = target_of(names.tables[found[1]])
    return replace(field, options=options)


def _check_sources(field: FieldSchema, names: Names) -> None:
    """Raise BadSchemaFile unless all that a computed field of a file is made of is known by its key."""
    used = [*field.options["source"].split("."), *(each["field"] for each in field.options.get("limit", ()))]
    for key in used:
        if key not in names.fields:
            message = _(
                "Field “%(field)s” is made of a field “%(key)s”; in a file that has to be the key of one "
                "which is in the file or here."
            )
            raise BadSchemaFile(message % {"field": field.label or field.name, "key": key})


def _with_fields(
    options: Mapping[str, Any], rename: Callable[[Any], Any], *, read: Callable[[str], Any]
) -> Options:
    """Return options with other names for the fields in its conditions, and in what it is computed from."""
    changed = dict(options)
    if limit := options.get("limit"):
        changed["limit"] = [{**condition, "field": rename(condition["field"])} for condition in limit]
    if source := options.get("source"):
        changed["source"] = ".".join(str(rename(read(part))) for part in str(source).split("."))
    return changed
