"""What the history of rows is told of an import: all rows of a batch at once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connections, models

from dynadmin.rowhistory import Cells, note_created
from dynadmin.rowhistory.differences import Change, Differences, differences_of
from dynadmin.rowhistory.notary import locked, notary_of

VIA = "import"


class Reading(NamedTuple):
    """Some columns of rows, as they were read."""

    cells: Cells
    pks: Sequence[Any]
    rows: Sequence[tuple[Any, ...]]


class Notes:
    """Notes rows of one model, where it has a history. `fields` are those that an import changes."""

    def __init__(self, model: type[models.Model], fields: Iterable[models.Field], alias: str) -> None:
        self._notary = notary_of(model)
        self._fields = list(fields)
        self._rows = model._base_manager.using(alias)
        self.differences: Differences | None = None

    def note_in_sql(self, changes: Sequence[Change]) -> None:
        """Have the database note changes, if it can: with the statement that makes them."""
        if self._notary is not None:
            tracked = self._notary.tracked(self._fields)
            noted = [change for change in changes if change.field in tracked]
            self.differences = differences_of(self._notary.table, noted, connections[self._rows.db])

    def created(self, pks: Sequence[Any]) -> None:
        """Note new rows by their numbers."""
        if self._notary is None or not pks:
            return
        numbers = list(map(int, pks))
        run = range(numbers[0], numbers[0] + len(numbers))
        note_created(self._notary.table, run if numbers == list(run) else numbers)

    def before(self, find: Callable[[], Sequence[Any]]) -> Reading | None:
        """Read rows that are about to change, and lock them, unless the database itself notes how."""
        if self._notary is None or self.differences is not None or not (pks := find()):
            return None
        cells = Cells(self._notary.tracked(self._fields))
        return Reading(cells, pks, cells.read(locked(self._rows.filter(pk__in=pks))))

    def changed(self, before: Reading | None) -> None:
        """Note what has become of them."""
        if self._notary is not None and before is not None:
            after = before.cells.read(self._rows.filter(pk__in=before.pks))
            self._notary.changed(before.cells, before.rows, after)
