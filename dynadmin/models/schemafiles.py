"""Definitions into a file, and from a file into tables: all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dynadmin.changes import SchemaChange
from dynadmin.conversion import Choices
from dynadmin.conversion.choices import KEEP
from dynadmin.exceptions import Obstructed
from dynadmin.models.applying import apply_plan
from dynadmin.models.drafting import forget_definitions, waiting_drafts, write_definitions
from dynadmin.plan import Plan, make_plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import Schema, TableSchema
from dynadmin.schemafile import Match, Numbers, match, numbered, write_schema

# Ids of a plan that is only looked at: nothing has or will have one of them.
NEVER_GIVEN = 2**62


def dump_schema(tables: Iterable[TableSchema]) -> str:
    """Return the file of tables in force."""
    registry.refresh()
    others = [keyed(table) for table in registry.newest.schema.live_tables]
    return write_schema([keyed(table) for table in tables], others=others)


def keyed(table: TableSchema) -> TableSchema:
    """Return the table with its keys. What is older than keys has them in its definition."""
    if table.key and all(f.key for f in table.live_fields):
        return table
    definition = _model("DynamicModel").objects.filter(pk=table.id).values_list("key", flat=True).first()
    keys = dict(_model("DynamicField").objects.filter(model=table.id).values_list("pk", "key"))
    fields = (replace(f, key=f.key or str(keys.get(f.id, ""))) for f in table.fields)
    return replace(table, key=table.key or str(definition or ""), fields=tuple(fields))


@dataclass(frozen=True, kw_only=True)
class SchemaLoad:
    """What a file makes of the tables. ``plan()`` says it, ``apply()`` does it.

    ``tables`` are those of ``read_schema``. With ``exact`` tables that are not in the file are retired.
    ``choices`` say by names of table and field, as the file has them, what becomes of values that do not
    convert.
    """

    tables: tuple[TableSchema, ...]
    exact: bool = False
    choices: Mapping[tuple[str, str], Choices] = field(default_factory=dict)

    def plan(self) -> Plan:
        """Return the plan from the revision in force to the file. Writes nothing.

        Raises BadSchemaFile if the file names what is not there, ValidationError if a choice does.
        """
        return self._plan(_provisional)

    def obstacles(self, plan: Plan) -> Iterator[str]:
        """Yield what stands in the file's way beside what stands in the plan's, a sentence each."""
        keys = {table.key: table for table in plan.base.tables.values() if table.released}
        for table in self.tables:
            if table.key in keys:
                message = _("“%(table)s” was handed over to %(model)s: take it out of the file.")
                yield message % {"table": table.label or table.name, "model": keys[table.key].released}
        changed = plan.changed_tables
        names = {table.name for table in changed if not table.retired}
        others = _model("DynamicModel").objects.exclude(pk__in=[table.id for table in changed])
        for name in others.filter(name__in=names).values_list("name", flat=True):
            message = _("Another table definition is called “%(name)s” by now: give that another name first.")
            yield message % {"name": name}

    def given_up(self, plan: Plan) -> list[str]:
        """Return the labels of tables whose drafts say what was never applied and the file does away with."""
        given_up = (plan.target.tables[id] for id in plan.overrides or ())
        return [table.label or table.name for table in given_up]

    def apply(
        self, *, allow_destructive: bool = False, user=None, shown: str = "", in_background: bool = False
    ) -> SchemaRevision | SchemaChange | None:
        """Make tables and definitions what the file says, all at once; None if they are.

        Arguments and errors are those of ``DynamicModel.sync()``.
        """
        return apply_plan(
            self._possible_plan,
            allow_destructive=allow_destructive,
            user=user,
            shown=shown,
            in_background=in_background,
        )

    def _possible_plan(self) -> Plan:
        plan = self._plan(_reserved)
        for obstacle in self.obstacles(plan):
            raise Obstructed(obstacle)
        return plan

    def save_drafts(self) -> list[int]:
        """Make the definitions what the file says, and no table; return the ids of those that change."""
        plan = self._possible_plan()
        live = [table for table in plan.changed_tables if not table.retired]
        write_definitions(live)
        return [table.id for table in live]

    def _plan(self, numbers_for: Callable[..., Numbers]) -> Plan:
        registry.refresh()
        newest = registry.newest
        drafts = _never_applied(newest.schema)
        found = match(self.tables, newest.schema, drafts)
        kept = sum(choices.on_failure == KEEP for choices in self.choices.values())
        tables, fields, constraints = _missing(self.tables, found)
        numbers = numbers_for(tables, fields + kept, constraints)
        wanted = _with_keys_of(drafts, numbered(self.tables, found, numbers))
        choices = self._choices_by_id(wanted)
        known = {table.id for table in wanted}
        plan = make_plan(
            newest.schema,
            base_revision=newest.revision,
            wanted=wanted,
            gone=[t.id for t in newest.schema.live_tables if self.exact and t.id not in known],
            choices=choices,
            new_ids={id: next(numbers.fields) for id, chosen in choices.items() if chosen.on_failure == KEEP},
        )
        changed = [table.id for table in plan.changed_tables]
        return replace(plan, overrides=waiting_drafts(plan.base, changed))

    def _choices_by_id(self, tables: Iterable[TableSchema]) -> dict[int, Choices]:
        ids = {(table.name, f.name): f.id for table in tables for f in table.fields}
        if unknown := sorted(set(self.choices) - set(ids)):
            raise ValidationError(
                _("The file has no field “%(name)s”."), params={"name": ".".join(unknown[0])}
            )
        return {ids[names]: chosen for names, chosen in self.choices.items()}


def _never_applied(schema: Schema) -> list[TableSchema]:
    """Return the definitions that no table stands behind, without fields: nothing depends on those."""
    rows = _model("DynamicModel").objects.values_list("pk", "name", "key")
    return [TableSchema(id=pk, name=name, key=str(key)) for pk, name, key in rows if pk not in schema.tables]


def _with_keys_of(drafts: Iterable[TableSchema], tables: Iterable[TableSchema]) -> list[TableSchema]:
    keys = {draft.id: draft.key for draft in drafts}
    return [replace(table, key=table.key or keys.get(table.id, "")) for table in tables]


# --- Ids of what is new ---


def _missing(tables: Sequence[TableSchema], found: Match) -> tuple[int, int, int]:
    """Return how many tables, fields and rules of the file are not here."""
    known = {*found.tables}, {*found.fields}, {*found.constraints}
    ids = (
        {table.id for table in tables},
        {f.id for table in tables for f in table.fields},
        {rule.id for table in tables for rule in table.constraints},
    )
    return tuple(len(wanted - here) for wanted, here in zip(ids, known, strict=True))


def _provisional(tables: int, fields: int, constraints: int) -> Numbers:
    return Numbers(tables=count(NEVER_GIVEN), fields=count(NEVER_GIVEN), constraints=count(NEVER_GIVEN))


def _reserved(tables: int, fields: int, constraints: int) -> Numbers:
    """Return ids that nothing else has, had or will have."""
    ids = _placeholders(tables, fields, constraints) if tables or fields or constraints else ([], [], [])
    return Numbers(tables=iter(ids[0]), fields=iter(ids[1]), constraints=iter(ids[2]))


@transaction.atomic
def _placeholders(tables: int, fields: int, constraints: int) -> tuple[list[int], list[int], list[int]]:
    """Return the ids of rows that were there for a moment."""
    model, field, rule = map(_model, ("DynamicModel", "DynamicField", "DynamicConstraint"))
    rows = model.objects.bulk_create(model(name=f"~{uuid4().hex}") for _number in range(tables or 1))
    columns = field.objects.bulk_create(field(model=rows[0], name=f"~{number}") for number in range(fields))
    rules = rule.objects.bulk_create(rule(model=rows[0], kind="~") for _number in range(constraints))
    forget_definitions([row.pk for row in rows])
    return tuple([made.pk for made in kind] for kind in (rows, columns, rules))


def _model(name: str) -> Any:
    return apps.get_model("dynadmin", name)
