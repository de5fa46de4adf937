"""Taking back changes of the rows of one table, many at a time: each kind of change has its own way."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.reverting.changed import change_back
from dynadmin.rowhistory.reverting.created import take_out
from dynadmin.rowhistory.reverting.deleted import bring_back
from dynadmin.rowhistory.reverting.tables import Conflict, Reverted, RevertedTable

__all__ = ["Conflict", "Reverted", "Reverting"]

_WAYS = {Action.CREATED: take_out, Action.CHANGED: change_back, Action.DELETED: bring_back}


class Reverting:
    """Takes back changes of one table. ``is_own`` says of the number of one of its rows whether what is
    being taken back created it, ``own`` narrows changes down to those."""

    def __init__(self, model: Any, is_own: Callable[[int], bool], own: models.Q, using: str) -> None:
        self._table = RevertedTable(model, is_own, own, using)

    def revert(self, action: str, changes: Sequence[RowChange]) -> Reverted:
        """Take back changes of one kind, in the transaction of the caller."""
        result = Reverted(action=Action(action))
        _WAYS[result.action](self._table, changes, result)
        return result
