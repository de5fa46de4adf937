"""The operation of a migration that gives a dynamic table to a model, and makes one where there is none."""

from typing import Any

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS
from django.db.migrations import CreateModel
from django.db.models import FileField

from dynadmin.executor.releasing import lock_schema
from dynadmin.graduation.here import NUMBERED, Here, number_in
from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema


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
        model = to_state.apps.get_model(app_label, self.name)
        if schema_editor.connection.alias != DEFAULT_DB_ALIAS or not self.allow_migrate_model(
            schema_editor.connection.alias, model
        ):
            # Dynamic tables are in the default database only.
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        if not schema_editor.connection.in_atomic_block:
            raise CommandError(f"The migration that takes over the table of {self.name} has to be atomic.")
        lock_schema()
        label = f"{app_label}.{self.name}"
        files = [field.db_column for _name, field in self.columns if isinstance(field, FileField)]
        here = Here(
            wanted=self.as_table(), files=files, digest=self.digest, label=label, models=from_state.apps
        )
        if here.is_new:
            here.refuse_strangers()
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            here.claim()
        elif not here.is_done:
            here.refuse_others()
            here.hand_over(schema_editor, model)

    def database_backwards(self, *args: Any) -> None:
        raise CommandError(f"{self.name} cannot give its table back: its rows would be lost.")

    # --- What it says of the table ---

    def as_table(self) -> TableSchema:
        """Return the table that this model stands on, as far as its numbers tell."""
        columns = [(number_in(field.db_column), name) for name, field in self.columns]
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
