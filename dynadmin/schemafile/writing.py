"""From schema values to the text of a file. The same tables always give the same text."""

import json
from collections.abc import Iterable, Mapping

from dynadmin.displays import write_display
from dynadmin.kinds import PLAIN
from dynadmin.schema import ConstraintSchema, FieldSchema, Json, TableSchema
from dynadmin.schemafile.references import Names, options_in_file

FORMAT = 1

# The part of a check's rule that is a field.
OTHER = "other"


def write_schema(tables: Iterable[TableSchema], *, others: Iterable[TableSchema] = ()) -> str:
    """Return the file of these tables: what is live of them, by name, the fields in their order.

    ``others`` are tables that fields of these may refer to.
    """
    tables = sorted(tables, key=lambda table: table.name)
    names = Names.in_file([*others, *tables])
    entries = [_table(table, names) for table in tables]
    return json.dumps({"dynadmin": FORMAT, "tables": entries}, ensure_ascii=False, indent=2) + "\n"


def _table(table: TableSchema, names: Names) -> Json:
    keys = {field.id: field.key for field in table.live_fields}
    display = write_display(table.display, {field.id: field.name for field in table.live_fields})
    return {
        "key": table.key,
        "name": table.name,
        "label": table.label,
        "description": table.description,
        "folder": table.folder,
        **({"display": display} if display else {}),
        **({"kind": table.kind} if table.kind != PLAIN else {}),
        **({} if table.keeps_history else {"keeps_history": False}),
        "fields": [_field(field, names) for field in table.live_fields],
        "constraints": [_constraint(constraint, keys) for constraint in table.constraints],
    }


def _field(field: FieldSchema, names: Names) -> Json:
    return {
        "key": field.key,
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "options": dict(sorted(options_in_file(field, names).items())),
    }


def _constraint(constraint: ConstraintSchema, keys: Mapping[int, str]) -> Json:
    return {
        "key": constraint.key,
        "kind": constraint.kind,
        "label": constraint.label,
        "fields": [keys[id] for id in constraint.fields],
        "rule": {name: keys[value] if name == OTHER else value for name, value in constraint.rule.items()},
    }
