"""What a database has of the tables that models are to take over, and what is done about it."""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.models import ManyToManyField, Model

from dynadmin.executor.releasing import (
    hand_over_grants,
    keep_numbers,
    record_release,
    refer_to_models,
    release,
    schema_in_force,
)
from dynadmin.plan import Plan, Release, computed_from, make_release_plan
from dynadmin.plan import refer_to_models as referring_to_models
from dynadmin.schema import Schema, TableSchema

NUMBERED = re.compile(r"(?:dyn_t|dyn_k|dyn_m|c)(\d+)(?:_\d+)?")


def digest_of(table: TableSchema) -> str:
    """Return a fingerprint of all that a model is made of: it tells whether the table was changed since."""
    told = {
        "table": [table.name, table.label, table.description],
        "fields": [field.to_json() for field in table.live_fields],
        "rules": [rule.to_json() for rule in table.constraints],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def number_in(name: str) -> int:
    """Return the number in the name of a table, column or rule."""
    match = NUMBERED.fullmatch(name)
    if match is None:
        raise CommandError(f"{name!r} is not a name that dynadmin gives.")
    return int(match[1])


class Here:
    """What this database has of the table that an operation is about."""

    def __init__(
        self,
        *,
        wanted: TableSchema,
        files: Sequence[str],
        digest: str,
        label: str,
        models: Any,
        schema: Schema,
    ) -> None:
        self.wanted = wanted
        self.files = files
        self.digest = digest
        self.label = label
        self.models = models
        self.schema = schema
        self.table = self.schema.tables.get(self.wanted.id)

    @property
    def release(self) -> Release:
        """What becomes of the table."""
        return Release(table=self.wanted if self.is_new else self.table, model=self.label)

    @property
    def is_new(self) -> bool:
        return self.table is None or (self.table.purged and not self.table.released)

    @property
    def is_done(self) -> bool:
        return self.table is not None and self.table.released == self.label

    # --- What stands in the way ---

    def refuse_strangers(self) -> None:
        """Raise CommandError if something of the names that the new table needs is another's."""
        with connection.cursor() as cursor:
            if self.wanted.db_table in connection.introspection.table_names(cursor):
                raise self._refusal("the database has a table of this name, which is in no revision")
        definitions = self.models.get_model("dynadmin", "DynamicModel").objects
        if definitions.filter(pk=self.wanted.id).exists():
            raise self._refusal("a definition that was never applied has the number of this table")
        if taken := self._numbers_taken():
            raise self._refusal(f"other tables here have the numbers of its files or rules: {taken}")

    def _numbers_taken(self) -> str:
        """Return names whose second use would mix this table up with another."""
        files = {number_in(column) for column in self.files}
        tables = self.schema.tables.values()
        fields = {f.id for table in tables for f in table.columns} & files
        known = {rule.db_name for table in tables for rule in table.constraints}
        rules = {rule.db_name for rule in self.wanted.constraints} & known
        return ", ".join([*(f"c{id}" for id in sorted(fields)), *sorted(rules)])

    def refuse_others(self, together: Sequence["Here"]) -> None:
        """Raise CommandError if the table is another one, or no longer what the model was made of.

        ``together`` are all that become models with it.
        """
        table = self.table
        if table.released:
            raise self._refusal(f"here it belongs to {table.released}")
        definition = self.models.get_model("dynadmin", "DynamicModel").objects.filter(pk=table.id).first()
        key = table.key or (str(definition.key) if definition else "")
        if key != self.wanted.key:
            raise self._refusal(f"here it is another table, “{table.label}”")
        if table.retired:
            raise self._refusal(f"“{table.label}” was deleted here; restore it first")
        releases = {here.wanted.id: here.release for here in together}
        if digest_of(referring_to_models(table, releases)) != self.digest:
            raise self._refusal(
                f"“{table.label}” was changed since this migration was written; "
                "remove the migration and the class, and graduate it again"
            )

    def _refusal(self, why: str) -> CommandError:
        return CommandError(
            f"{self.label} cannot have the table {self.wanted.db_table}: {why}. Nothing was done."
        )

    # --- What is done ---

    def hand_over(self, schema_editor: Any, model: type[Model]) -> None:
        """Let the model have the table with all that belongs to it."""
        hand_over_grants(self.table, model, models=self.models)
        release(schema_editor, self.table, models=self.models)
        for field in model._meta.local_many_to_many:
            rename_ends(schema_editor, field)


def rename_ends(schema_editor: Any, field: ManyToManyField) -> None:
    """Call the columns of a table of links what Django calls them where nobody says otherwise."""
    table = schema_editor.quote_name(field.m2m_db_table())
    for old, new in (("source_id", field.m2m_column_name()), ("target_id", field.m2m_reverse_name())):
        if old != new:
            names = schema_editor.quote_name(old), schema_editor.quote_name(new)
            schema_editor.execute(f"ALTER TABLE {table} RENAME COLUMN {names[0]} TO {names[1]}")


class Handover:
    """All tables that one step of a migration is about, which become models together."""

    def __init__(self, operations: Sequence[Any], *, app_label: str, models: Any) -> None:
        self.models = models
        self.revision, self.schema = schema_in_force(models)
        every = [operation.here(app_label, models=models, schema=self.schema) for operation in operations]
        self.waiting = {here.label: here for here in every if not here.is_done}

    def check(self) -> None:
        """Raise CommandError, before anything is done, if any of them cannot be had."""
        for here in self.waiting.values():
            if here.is_new:
                here.refuse_strangers()
            else:
                here.refuse_others(list(self.waiting.values()))
        self._refuse_changing()
        self._refuse_computed()

    def _refuse_changing(self) -> None:
        """Refuse while a change of any table that the plan is about is on its way in the background."""
        changes = self.models.get_model("dynadmin", "SchemaChange").objects
        unfinished = changes.filter(state__in=("waiting", "running")).values_list("tables", flat=True)
        changing = {id for tables in unfinished for id in tables}
        for table in self.plan.changed_tables:
            if table.id in changing:
                raise CommandError(
                    f"“{table.label}” is being changed; wait for the end of that. Nothing was done."
                )

    def _refuse_computed(self) -> None:
        for table, field in computed_from(self.schema, [here.wanted.id for here in self.waiting.values()]):
            raise CommandError(
                f"“{field.label or field.name}” of “{table.label or table.name}” is computed from a table "
                "that is to be a model's: delete that field first. Nothing was done."
            )

    @cached_property
    def plan(self) -> Plan:
        releases = [here.release for here in self.waiting.values()]
        return make_release_plan(self.schema, base_revision=self.revision, releases=releases)

    def record(self) -> None:
        """Write down whose the tables are; what refers to them refers to the models."""
        new = [here.wanted for here in self.waiting.values() if here.is_new]
        keep_numbers(*new, models=self.models)
        releases = [here.release for here in self.waiting.values()]
        refer_to_models(releases, self.schema, models=self.models)
        if self.waiting:
            record_release(self.plan, models=self.models)
