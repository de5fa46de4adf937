"""The game: tables in a database, a plain model of them, and what has to hold after every step."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from dynadmin.exceptions import Obstructed
from dynadmin.executor.drift import find_drift
from dynadmin.executor.views import view_name
from dynadmin.models import DynamicModel
from dynadmin.registry import Snapshot, registry
from dynadmin.revisions import latest_revision_id
from tests.stateful.shelf import Shelf
from tests.support import drop_everything

# Takes an effect back in the model, and returns what brings it again. Raises NotAllowed or Impossible.
Inverse = Callable[[], "Inverse"]


class NotAllowed(Exception):
    """The rows are against it."""


class Impossible(Exception):
    """What was deleted for good does not come back."""


class Game(RuleBasedStateMachine):
    """Live tables and those in the trash, by id.

    ``last`` is how to take back the newest revision, ``behind`` what a process still knows that has not
    noticed it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shelves: dict[int, Shelf] = {}
        self.trash: dict[int, Shelf] = {}
        self.last: Inverse | None = None
        self.revision = 0
        self.undone = 0  # how often in a row
        self.behind = self.newest = Snapshot()
        self.is_harmless = False  # to a process that is behind

    def teardown(self) -> None:
        drop_everything()

    # --- What holds after every step ---

    @invariant()
    def nothing_differs(self) -> None:
        registry.refresh()
        if registry.newest.revision != self.newest.revision:
            self.behind, self.newest = self.newest, registry.newest
        assert {table.id for table in registry.newest.schema.live_tables} == set(self.shelves)
        for shelf in self.shelves.values():
            model = self.model(shelf)
            assert [f.name for f in model._meta.concrete_fields] == ["id", *shelf.names]
            assert list(model.objects.order_by("pk").values_list()) == shelf.seen()
            assert self.read_by_view(shelf) == len(shelf.rows)
        assert find_drift(registry.newest.schema, notes=True) == []

    def model(self, shelf: Shelf) -> Any:
        return registry.newest.model_named(shelf.name)

    def read_by_view(self, shelf: Shelf) -> int:
        view = view_name(registry.newest.schema.tables[shelf.id])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(['id', *shelf.names])} FROM {view}")
            return len(cursor.fetchall())

    # --- Help for the rules ---

    def definition(self, shelf: Shelf) -> DynamicModel:
        return DynamicModel.objects.get(pk=shelf.id)

    def applied(self, inverse: Inverse, *, is_harmless: bool = False) -> None:
        """Note how the newest revision is taken back."""
        assert latest_revision_id() > self.revision
        self.revision, self.last, self.is_harmless = latest_revision_id(), inverse, is_harmless
        self.undone = 0

    def impossible(self) -> Inverse:
        raise Impossible

    def refused(self, shelf: Shelf, change: Callable[[], object]) -> None:
        """Make a change that the rows do not allow: it is refused, and nothing has changed."""
        with pytest.raises(Obstructed):
            change()
        assert latest_revision_id() == self.revision
        self.definition(shelf).revert()

    def some(self, data, shelves: dict[int, Shelf]) -> Shelf:
        return data.draw(st.sampled_from(sorted(shelves.values(), key=lambda shelf: shelf.id)))
