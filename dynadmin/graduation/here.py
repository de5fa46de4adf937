"""What a database has of the table that a model is to take over, and what is done about it."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Model

from dynadmin.executor.releasing import (
    hand_over_grants,
    keep_numbers,
    record_release,
    release,
    schema_in_force,
)
from dynadmin.plan import Plan, make_release_plan
from dynadmin.schema import TableSchema

NUMBERED = re.compile(r"(?:dyn_t|dyn_k|c)(\d+)(?:_\d+)?")


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
        self, *, wanted: TableSchema, files: Sequence[str], digest: str, label: str, models: Any
    ) -> None:
        self.wanted = wanted
        self.files = files
        self.digest = digest
        self.label = label
        self.models = models
        self.revision, self.schema = schema_in_force(models)
        self.table = self.schema.tables.get(self.wanted.id)

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

    def refuse_others(self) -> None:
        """Raise CommandError if the table is another one, or no longer what the model was made of."""
        table = self.table
        if table.released:
            raise self._refusal(f"here it belongs to {table.released}")
        definition = self.models.get_model("dynadmin", "DynamicModel").objects.filter(pk=table.id).first()
        key = table.key or (str(definition.key) if definition else "")
        if key != self.wanted.key:
            raise self._refusal(f"here it is another table, “{table.label}”")
        if table.retired:
            raise self._refusal(f"“{table.label}” was deleted here; restore it first")
        if self._is_changing():
            raise self._refusal(f"“{table.label}” is being changed; wait for the end of that")
        if digest_of(table) != self.digest:
            raise self._refusal(
                f"“{table.label}” was changed since this migration was written; "
                "remove the migration and the class, and graduate it again"
            )

    def _is_changing(self) -> bool:
        """Whether a change of the table is on its way in the background."""
        changes = self.models.get_model("dynadmin", "SchemaChange").objects
        unfinished = changes.filter(state__in=("waiting", "running")).values_list("tables", flat=True)
        return any(self.wanted.id in tables for tables in unfinished)

    def _refusal(self, why: str) -> CommandError:
        return CommandError(
            f"{self.label} cannot have the table {self.wanted.db_table}: {why}. Nothing was done."
        )

    # --- What is done ---

    def claim(self) -> None:
        """Keep the numbers of the new table from being given to a dynamic one."""
        keep_numbers(self.wanted, models=self.models)
        record_release(self._plan(self.wanted), models=self.models)

    def hand_over(self, schema_editor: Any, model: type[Model]) -> None:
        """Let the model have the table with all that belongs to it."""
        hand_over_grants(self.table, model, models=self.models)
        release(schema_editor, self._plan(self.table), self.table, models=self.models)

    def _plan(self, table: TableSchema) -> Plan:
        return make_release_plan(self.schema, base_revision=self.revision, table=table, model=self.label)
