"""What the history of rows is told of an import: all rows of a batch at once."""

from collections.abc import Sequence
from typing import Any

from django.db import models

from dynadmin.rowhistory import note_created
from dynadmin.rowhistory.contexts import Way

VIA = "import"


class Notes:
    """Notes rows of one model, where it has a history, as changed by one import."""

    def __init__(self, model: type[models.Model], unit: int | None) -> None:
        table = getattr(model, "table_schema", None)
        self._table = table.id if table is not None and table.keeps_history else None
        self.way = Way(VIA, unit)

    def created(self, pks: Sequence[Any]) -> None:
        """Note new rows by their keys."""
        if self._table is None or not pks:
            return
        numbers = list(map(int, pks))
        run = range(numbers[0], numbers[0] + len(numbers))
        note_created(self._table, run if numbers == list(run) else numbers, way=self.way)

    def before(self, pks: Sequence[Any]) -> Any:
        """Take in what rows are like that are about to change."""
        return None

    def after(self, before: Any) -> None:
        """Note what has become of them."""
