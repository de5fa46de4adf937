"""A change in a worker's hands: its plan as it is on the newest revision, its works and their columns."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Field, Model

from dynadmin.changes import SchemaChange
from dynadmin.executor.filling import Filler
from dynadmin.executor.online.dependents import rules_on_replaced
from dynadmin.executor.online.holding import Hold
from dynadmin.executor.online.works import Work, rules_of, works_of
from dynadmin.executor.physical import physical_model
from dynadmin.plan import Plan, plan_from_json
from dynadmin.revisions import latest_revision_id, load_schema
from dynadmin.schema import FieldSchema, TableSchema


def load_plan(change: SchemaChange) -> Plan:
    """Return the plan of a change as it is on the newest revision. Raises StalePlan."""
    revision = latest_revision_id()
    return plan_from_json(change.plan, base=load_schema(revision), base_revision=revision)


class Job:
    """What the steps of a change need to know."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold
        self.change = hold.change
        self.plan = load_plan(self.change)
        self.works = works_of(self.plan, change=self.change.pk)
        self.kept_rules = list(rules_on_replaced(self.plan, self.works))
        self.rules = [*rules_of(self.plan), *self.kept_rules]

    @cached_property
    def judged(self) -> list[Work]:
        """The works for which every row is looked at."""
        return [work for work in self.works if work.is_judged]

    @cached_property
    def tables(self) -> dict[int, TableSchema]:
        """The tables on which there is work, as they are before it."""
        ids = [*(work.before.id for work in self.works), *(rule.table.id for _number, rule in self.rules)]
        return {id: self.plan.base.tables[id] for id in ids}

    def works_on(self, table: int) -> list[Work]:
        return [work for work in self.judged if work.before.id == table]

    def watched(self, table: int) -> list[str]:
        """Return the columns of a table whose values decide."""
        return sorted({column for work in self.works_on(table) for column in work.watched})

    # --- Columns that are being built ---

    def added(self, table: int) -> list[FieldSchema]:
        """Return the columns that are added beside those of a table."""
        here = [work for work in self.works if work.before.id == table]
        built = [work.building for work in here if work.is_new]
        return built + [work.kept for work in here if work.kept]

    def replacing(self, table: str) -> dict[str, str]:
        """Return the columns of a table that are built under other names than they will have, with those."""
        here = [work for work in self.works if work.before.db_table == table and work.replaced]
        return {work.replaced: work.building.column for work in here}

    def columns_in_work(self, table: str) -> set[str]:
        """Return the columns whose values are still being written, by the names they will have."""
        here = [work for work in self.works if work.before.db_table == table and work.is_written]
        return {work.operation.field.column for work in here}

    def expanded(self, table: int) -> type[Model]:
        """Return the class of a table with all that is built in it; those columns have no rules yet."""
        return self._expanded[table]

    @cached_property
    def _expanded(self) -> dict[int, type[Model]]:
        return {id: self._expand(table) for id, table in self.tables.items()}

    def _expand(self, table: TableSchema) -> type[Model]:
        plain = {work.building.column for work in self.works if work.is_written}
        wider = replace(table, fields=(*table.fields, *self.added(table.id)))
        model = physical_model(wider, plain=plain)
        for field in self.added(table.id):
            if field.target_table and field.target_table not in self.plan.base.tables:
                # The table it refers to comes with the change, in the last transaction.
                model._meta.get_field(field.column).db_constraint = False
        return model

    def column(self, work: Work) -> Field:
        """Return the column that a work builds, as it is while it is built."""
        return self.expanded(work.before.id)._meta.get_field(work.building.column)

    @cached_property
    def fillers(self) -> dict[int, Filler]:
        """What judges values, by the number of the work, and writes them where they are to be written."""
        return {work.number: self._filler(work) for work in self.judged}

    def _filler(self, work: Work) -> Filler:
        expanded = self.expanded(work.before.id)
        target = copy(self.column(work))
        # Whether an empty text is stored as NULL is for the column as it will be.
        target.null = work.target.null
        return Filler(
            source=work.source,
            judge=work.judge(self.agreed(work).get("reading") or {}),
            target=target,
            kept=expanded._meta.get_field(work.kept.column) if work.kept else None,
        )

    def agreed(self, work: Work) -> Mapping[str, Any]:
        """Return the figures and the reading that the change was ordered with."""
        return self.change.expected.get(str(work.number), {})
