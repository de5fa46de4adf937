"""The steps of plans, in words: what all have in common. They follow Django's ``Operation.describe()``."""

from dataclasses import dataclass

from dynadmin.schema import FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step of a plan, on one table as it is after the plan."""

    table: TableSchema

    is_destructive = False  # people lose sight of something
    can_fail = False  # the rows decide whether it is possible
    others_decide = False  # what others have built in the database decides whether it is possible
    is_physical = False  # it changes the database, and nothing of the schema
    is_on_column = True  # it has to do with what rows have in the table itself

    def describe(self) -> str:
        raise NotImplementedError

    def after(self, before: TableSchema | None) -> TableSchema:
        """Return the table as this step leaves it, given how the one before has left it."""
        return before or self.table

    @property
    def words(self) -> dict[str, str]:
        return {"table": self.table.label or self.table.name}


@dataclass(frozen=True, kw_only=True)
class FieldOperation(Operation):
    """A step on one field."""

    field: FieldSchema

    def after(self, before: TableSchema | None) -> TableSchema:
        return before.with_field(self.field) if before else self.table

    @property
    def is_on_column(self) -> bool:  # type: ignore[override]
        return self.field.stored == getattr(self, "old", self.field).stored == "column"

    @property
    def words(self) -> dict[str, str]:
        return super().words | {"field": self.field.label or self.field.name}
