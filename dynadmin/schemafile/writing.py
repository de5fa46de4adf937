"""From schema values to the text of a file. The same tables always give the same text."""

import json
from collections.abc import Iterable, Mapping

from dynadmin.displays import write_display
from dynadmin.kinds import PLAIN
from dynadmin.schema import ConstraintSchema, FieldSchema, Json, TableSchema

FORMAT = 1

# The part of a check's rule that is a field.
OTHER = "other"


def write_schema(tables: Iterable[TableSchema]) -> str:
    """Return the file of these tables: what is live of them, by name, the fields in their order."""
    entries = [_table(table) for table in sorted(tables, key=lambda table: table.name)]
    return json.dumps({"dynadmin": FORMAT, "tables": entries}, ensure_ascii=False, indent=2) + "\n"


def _table(table: TableSchema) -> Json:
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
        "fields": [_field(field) for field in table.live_fields],
        "constraints": [_constraint(constraint, keys) for constraint in table.constraints],
    }


def _field(field: FieldSchema) -> Json:
    return {
        "key": field.key,
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "options": dict(sorted(field.options.items())),
    }


def _constraint(constraint: ConstraintSchema, keys: Mapping[int, str]) -> Json:
    return {
        "key": constraint.key,
        "kind": constraint.kind,
        "label": constraint.label,
        "fields": [keys[id] for id in constraint.fields],
        "rule": {name: keys[value] if name == OTHER else value for name, value in constraint.rule.items()},
    }
