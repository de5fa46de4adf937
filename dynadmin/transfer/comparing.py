"""What a staged row makes of the row it was matched to, in SQL: new values, and whether they differ."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.transfer.options import ImportOptions


class Comparison:
    """SQL on the staged row ``s`` and the row ``t`` of the table."""

    def __init__(self, connection: BaseDatabaseWrapper, options: ImportOptions) -> None:
        self._connection = connection
        self._is_postgresql = connection.vendor == "postgresql"
        self._fills = options.existing == "fill"
        self._keeps = options.empty_cells == "keep"
        if not self._is_postgresql:
            connection.ensure_connection()
            connection.connection.create_function("dynadmin_json", 1, _canonical, deterministic=True)

    def settled(self, field: models.Field, staged: str) -> str:
        """Return what becomes of a column."""
        stored = f"t.{self._connection.ops.quote_name(field.column)}"
        new = f"COALESCE({staged}, {stored})" if self._keeps else staged
        if not self._fills:
            return new
        if _is_text(field):
            return f"CASE WHEN {stored} IS NULL OR {stored} = '' THEN {new} ELSE {stored} END"
        return f"COALESCE({stored}, {new})"

    def differs(self, pairs: Sequence[tuple[models.Field, str]]) -> str:
        """Return whether any of these fields would get another value."""
        return " OR ".join(self._differs(field, staged) for field, staged in pairs) or "1 = 0"

    def _differs(self, field: models.Field, staged: str) -> str:
        stored = f"t.{self._connection.ops.quote_name(field.column)}"
        old, new = stored, self.settled(field, staged)
        if _is_text(field):
            # A file cannot tell an empty text from none: neither is made the other unseen.
            old, new = f"NULLIF({old}, '')", f"NULLIF({new}, '')"
            if field.db_parameters(self._connection).get("collation"):
                exact = '"C"' if self._is_postgresql else "BINARY"
                old, new = f"{old} COLLATE {exact}", f"{new} COLLATE {exact}"
        if not self._is_postgresql:
            plain = f"{old} IS NOT {new}"
            if isinstance(field, models.JSONField):
                return f"({plain} AND dynadmin_json({old}) IS NOT dynadmin_json({new}))"
            return plain
        if not isinstance(field, _COMPARABLE) and not _is_text(field):
            old, new = f"({old})::text", f"({new})::text"
        return f"{old} IS DISTINCT FROM {new}"


# Of other fields PostgreSQL may not know what equal values are; of JSON it thinks that 1 equals 1.0.
_COMPARABLE = (
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
    models.BooleanField,
    models.DateField,
    models.TimeField,
    models.DurationField,
    models.UUIDField,
    models.ForeignKey,
    models.GenericIPAddressField,
)


def _is_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.FileField)


def _canonical(text: Any) -> Any:
    try:
        return text and json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text
