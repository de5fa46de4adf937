"""Which definitions say something else than the revision in force. Cheap enough for every visit of a page."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, label_from
from dynadmin.schema import FieldSchema, Schema, TableSchema

FIELD_COLUMNS = ("pk", "name", "label", "type", "options")
RULE_COLUMNS = ("pk", "kind", "fields", "label", "rule")


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """``new``: pairs of id and label of definitions never applied; ``changed``: ids of tables that differ."""

    new: tuple[tuple[int, str], ...] = ()
    changed: frozenset[int] = frozenset()


def fetch_drafts(schema: Schema, *, looked_at: Collection[int]) -> Drafts:
    """Return the definitions that are not applied, and those that differ among the tables looked at.

    Three queries. Options are compared as they are written, so an option that was left out is not told from
    its default: a hint, the plan says exactly.
    """
    new, changed = [], set()
    columns = ("pk", "name", "label", "description", "folder", "keeps_history", "display")
    for pk, name, label, *described in DynamicModel.objects.values_list(*columns):
        table = schema.tables.get(pk)
        shown = label or label_from(name)
        if table is None:
            new.append((pk, shown))
        elif [name, shown, *described] != [
            table.name,
            table.label,
            table.description,
            table.folder,
            table.keeps_history,
            list(table.display),
        ]:
            changed.add(pk)
    changed |= _with_other_fields(schema, looked_at) | _with_other_rules(schema, looked_at)
    return Drafts(new=tuple(new), changed=frozenset(changed))


def _with_other_fields(schema: Schema, ids: Collection[int]) -> set[int]:
    fields = defaultdict(list)
    rows = DynamicField.objects.filter(model__in=ids).values_list("model_id", *FIELD_COLUMNS)
    for model_id, *columns in rows.order_by("position", "pk"):
        fields[model_id].append(columns)
    return {id for id in ids if not _same_fields(fields[id], schema.tables[id])}


def _with_other_rules(schema: Schema, ids: Collection[int]) -> set[int]:
    rules = defaultdict(list)
    found = DynamicConstraint.objects.filter(model__in=ids).values_list("model_id", *RULE_COLUMNS)
    for model_id, *columns in found.order_by("pk"):
        rules[model_id].append(columns)
    return {id for id in ids if rules[id] != _rules_of(schema.tables[id])}


def _rules_of(table: TableSchema) -> list[list[Any]]:
    rules = sorted(table.constraints, key=lambda rule: rule.id)
    return [[rule.id, rule.kind, list(rule.fields), rule.label, dict(rule.rule)] for rule in rules]


def _same_fields(drafts: list[list[Any]], table: TableSchema) -> bool:
    if len(drafts) != len(table.live_fields):
        return False
    return all(map(_is_same, drafts, table.live_fields))


def _is_same(draft: list[Any], field: FieldSchema) -> bool:
    pk, name, label, type, options = draft
    if (pk, name, label or label_from(name), type) != (field.id, field.name, field.label, field.type):
        return False
    return isinstance(options, dict) and options.items() <= dict(field.options).items()
