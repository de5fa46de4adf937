"""A plan as JSON, for a change that outlives the process that began it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from dynadmin.conversion import Choices
from dynadmin.exceptions import StalePlan
from dynadmin.plan import conversions
from dynadmin.plan.fields import NOTHING_CHOSEN
from dynadmin.plan.making import in_order, table_operations
from dynadmin.plan.plans import Plan
from dynadmin.schema import FieldSchema, Json, Schema, TableSchema

Retirable = TypeVar("Retirable", FieldSchema, TableSchema)


def plan_to_json(plan: Plan) -> Json:
    """Return all that ``plan_from_json`` needs: the changed tables before and after, and what was decided."""
    changed = _in_order(plan)
    choices = {op.field.id: chosen for op in plan.operations if (chosen := getattr(op, "choices", None))}  # type: ignore[attr-defined]
    return {
        "base_revision": plan.base_revision,
        "undoes": plan.undoes,
        "overrides": None if plan.overrides is None else {str(id): it for id, it in plan.overrides.items()},
        "before": [plan.base.tables[t.id].to_json() for t in changed if t.id in plan.base.tables],
        "after": [table.to_json() for table in changed],
        "choices": {str(id): chosen.to_json() for id, chosen in choices.items() if chosen != NOTHING_CHOSEN},
        "new_ids": {str(op.field.id): op.keep_in.id for op in plan.conversions if op.keep_in},
    }


def _in_order(plan: Plan) -> list[TableSchema]:
    """Return the changed tables in the order of their operations, so that these keep their numbers."""
    changed = {table.id: table for table in plan.changed_tables}
    ids = dict.fromkeys([*(op.table.id for op in plan.operations), *changed])
    return [changed[id] for id in ids if id in changed]


def plan_from_json(data: Json, *, base: Schema, base_revision: int) -> Plan:
    """Return the plan as it is on a revision that may be newer than the one it was made on.

    Raises StalePlan if one of its own tables is another by now.
    """
    before = {table["id"]: TableSchema.from_json(table) for table in data["before"]}
    after = [TableSchema.from_json(table) for table in data["after"]]
    for table in after:
        if base.tables.get(table.id) != before.get(table.id):
            message = _("Table “%(table)s” was changed since this was planned; look at the plan again.")
            raise StalePlan(message % {"table": table.label or table.name})
    after = [_renumbered(table, data["base_revision"], base_revision) for table in after]
    deciding = _decisions(data)
    plan = Plan(
        base_revision=base_revision,
        base=base,
        undoes=data["undoes"],
        overrides=_by_number(data.get("overrides")),
        target=base.with_tables(after),
        operations=in_order(
            op for table in after for op in table_operations(before.get(table.id), table, deciding)
        ),
    )
    return plan.with_readings(_readings(plan))


def _by_number(overrides: Json | None) -> dict[int, str] | None:
    return None if overrides is None else {int(id): it for id, it in overrides.items()}


def _decisions(data: Json) -> conversions.Decisions:
    return conversions.Decisions(
        choices={int(id): Choices.from_json(chosen) for id, chosen in data["choices"].items()},
        new_ids={int(id): new_id for id, new_id in data["new_ids"].items()},
        back={},
    )


def _renumbered(table: TableSchema, old: int, new: int) -> TableSchema:
    """Return the table with what the plan retires retired after another revision."""

    def moved(part: Retirable) -> Retirable:
        return replace(part, retired_after=new) if part.retired_after == old else part

    fields, originals = tuple(map(moved, table.fields)), tuple(map(moved, table.originals))
    return replace(moved(table), fields=fields, originals=originals)


def _readings(plan: Plan) -> dict[str, Mapping[str, Any]]:
    """Return what was decided about reading the values of each column that is converted."""
    originals = (field for table in plan.changed_tables for field in table.originals)
    readings = {field.column: field.conversion.get("reading") for field in originals}
    return {op.old.column: reading for op in plan.conversions if (reading := readings.get(op.old.column))}
