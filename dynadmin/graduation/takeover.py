"""The operations of a migration that give dynamic tables to models, and make them where there are none."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.models import FileField, ManyToManyField

from dynadmin.executor.releasing import lock_schema
from dynadmin.graduation.here import NUMBERED, Handover, Here, number_in
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema


class TakeOver(CreateModel):
    """Gives the model the table that dynadmin made, as it is, with its rows, grants and history.

    ``key`` and ``digest`` say which table that is, and how it was when the model was written. In a database
    that never had the table, an empty one is made.
    """

    reversible = False

    def __init__(
        self,
        name: str,
        fields: Any,
        options: Any = None,
        bases: Any = None,
        managers: Any = None,
        *,
        key: str,
        digest: str,
    ) -> None:
        super().__init__(name, fields, options, bases, managers)
        self.key = key
        self.digest = digest

    def deconstruct(self) -> Any:
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "key": self.key, "digest": self.digest}

    def describe(self) -> str:
        return f"Take over the table of {self.name}"

    def reduce(self, operation: Any, app_label: str) -> bool:
        return False  # what is squashed into one would no longer find the table

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take the table over if it is here, make it if it never was. Raises CommandError."""
        take_over([self], app_label, schema_editor, from_state, to_state)

    def create(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make an empty table, as any other model's."""
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, *args: Any) -> None:
        raise CommandError(f"{self.name} cannot give its table back: its rows would be lost.")

    # --- What it says of the table ---

    def here(self, app_label: str, *, models: Any, schema: Schema) -> Here:
        """Return what the database has of the table."""
        return Here(
            wanted=self.as_table(),
            files=[
                *(field.db_column for _name, field in self.columns if isinstance(field, FileField)),
                *(field.db_table for _name, field in self.links),
            ],
            digest=self.digest,
            label=f"{app_label}.{self.name}",
            models=models,
            schema=schema,
        )

    def as_table(self) -> TableSchema:
        """Return the table that this model stands on, as far as its numbers tell."""
        columns = [(number_in(field.db_column), name) for name, field in self.columns]
        columns += [(number_in(field.db_table), name) for name, field in self.links]
        rules = [*self.options.get("constraints", ()), *self.options.get("indexes", ())]
        return TableSchema(
            id=number_in(self.options["db_table"]),
            name=self.name_lower,
            label=str(self.options.get("verbose_name_plural", self.name)),
            key=self.key,
            fields=tuple(FieldSchema(id=id, name=name, type="") for id, name in columns),
            constraints=tuple(
                ConstraintSchema(id=number_in(rule.name), kind="", fields=())
                for rule in rules
                if NUMBERED.fullmatch(rule.name)
            ),
        )

    @property
    def columns(self) -> list[tuple[str, Any]]:
        """The fields that have a column of dynadmin's."""
        return [(name, field) for name, field in self.fields if NUMBERED.fullmatch(field.db_column or "")]

    @property
    def links(self) -> list[tuple[str, Any]]:
        """The fields that have a table of links of dynadmin's."""
        many = [(name, field) for name, field in self.fields if isinstance(field, ManyToManyField)]
        return [(name, field) for name, field in many if NUMBERED.fullmatch(field.db_table or "")]


class TakeOverTogether(Operation):
    """Gives several models their tables at once, as their relations lead from one to another in circles."""

    reversible = False
    atomic = True

    def __init__(self, operations: Sequence[TakeOver]) -> None:
        self.operations = operations

    def deconstruct(self) -> Any:
        return type(self).__name__, [], {"operations": self.operations}

    def describe(self) -> str:
        return f"Take over the tables of {', '.join(operation.name for operation in self.operations)}"

    def reduce(self, operation: Any, app_label: str) -> bool:
        return False

    def state_forwards(self, app_label: str, state: Any) -> None:
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Do what each of them does, all or nothing. Raises CommandError."""
        take_over(self.operations, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, *args: Any) -> None:
        self.operations[0].database_backwards(*args)


def take_over(
    operations: Sequence[TakeOver], app_label: str, schema_editor: Any, from_state: Any, to_state: Any
) -> None:
    """Give models their tables, or make those that never were. Raises CommandError."""
    moves = (app_label, schema_editor, from_state, to_state)
    if not _has_dynamic_tables(operations, app_label, schema_editor, to_state):
        for operation in operations:
            operation.create(*moves)
        return
    if not schema_editor.connection.in_atomic_block:
        names = ", ".join(operation.name for operation in operations)
        raise CommandError(f"The migration that takes over the table of {names} has to be atomic.")
    lock_schema()
    handover = Handover(operations, app_label=app_label, models=from_state.apps)
    handover.check()
    for operation in operations:
        if here := handover.waiting.get(f"{app_label}.{operation.name}"):
            if here.is_new:
                operation.create(*moves)
            else:
                here.hand_over(schema_editor, to_state.apps.get_model(app_label, operation.name))
    handover.record()


def _has_dynamic_tables(
    operations: Sequence[TakeOver], app_label: str, schema_editor: Any, to_state: Any
) -> bool:
    """Whether the database is the one that dynamic tables are in, and the models are to be there."""
    alias = schema_editor.connection.alias
    return alias == DEFAULT_DB_ALIAS and all(
        operation.allow_migrate_model(alias, to_state.apps.get_model(app_label, operation.name))
        for operation in operations
    )
