"""The game: tables that refer to each other, a plain model of them, and what has to hold after every step."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, ClassVar

import pytest
from django.contrib.auth import get_user_model
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from dynadmin.exceptions import NotApplied, RefusedChange
from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.relations.answering import Other, answer
from tests.relations.world import USERS, Computed, Relation, World
from tests.support import drop_everything

DELETIONS = ["protect", "set_empty", "cascade"]
TITLES = ["a", "b", "c", "d"]

# Takes an effect back in the model, and returns what brings it again. Raises NotAllowed or Impossible.
Inverse = Callable[[], "Inverse"]


class NotAllowed(Exception):
    """The rows are against it."""


class Impossible(Exception):
    """What was deleted for good does not come back."""


class Game(RuleBasedStateMachine):
    """Has the ids of definitions in common with the model. ``last`` takes back the newest revision."""

    other: ClassVar[Other]

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.numbers = count(1)
        self.last: Inverse | None = None
        self.revision = 0
        self.undone = 0  # how often in a row

    def teardown(self) -> None:
        drift = find_drift(registry.newest.schema, notes=True)
        drop_everything()
        get_user_model().objects.all().delete()
        assert drift == []

    # --- What holds after every step ---

    @invariant()
    def both_processes_see_what_the_model_has(self) -> None:
        registry.refresh()
        questions, expected = zip(*self.asked(), strict=True)
        assert answer(list(questions)) == list(expected)
        assert self.other.answer(list(questions)) == list(expected)

    def asked(self):
        """Yield questions, and what is the answer to each."""
        for table in [USERS, *self.world.tables]:
            yield {"about": "rows", "table": table}, sorted(self.world.rows[table])
        for relation in self.world.seen:
            asked = {"table": relation.owner, "target": relation.target, "name": self.name_of(relation)}
            pairs = sorted(map(list, relation.pairs))
            yield {"about": "relation", **asked}, [pairs] * 3
            yield {"about": "choices", **asked}, self.world.allowed(relation)
        for computed in self.world.seen_computed:
            values = sorted(map(list, self.world.values_of(computed).items()))
            yield {"about": "values", "table": computed.owner, "name": self.name_of(computed)}, values

    def name_of(self, field: Relation | Computed) -> str:
        return self.field(field).name

    def field(self, field: Relation | Computed) -> Any:
        return registry.newest.schema.tables[field.owner].field(field.id)

    # --- Help for the rules ---

    def some(self, data, values: list) -> Any:
        return data.draw(st.sampled_from(values))

    def definition(self, table: int) -> DynamicModel:
        return DynamicModel.objects.get(pk=table)

    def title_field(self, table: int) -> DynamicField:
        return DynamicField.objects.get(model=table, type="char")

    def add_field(self, table: int, prefix: str, slug: str, options: dict[str, Any]) -> DynamicField:
        """Add a field to the draft of a table."""
        number = next(self.numbers)
        return DynamicField.objects.create(
            model_id=table, name=f"{prefix}{number}", type=slug, options=options, position=number
        )

    def applied(self, inverse: Inverse) -> None:
        """Note how the newest revision is taken back."""
        assert latest_revision_id() > self.revision
        self.revision, self.last, self.undone = latest_revision_id(), inverse, 0

    def impossible(self) -> Inverse:
        raise Impossible

    def refused(self, change: Callable[[], object], *tables: int) -> None:
        """Make a change that is refused; the drafts of these tables become what is in force again."""
        with pytest.raises(RefusedChange):
            change()
        for table in tables:
            with suppress(NotApplied):
                self.definition(table).revert()

    def condition(self, target: int, title: str) -> list[dict[str, Any]]:
        """Return the option that forbids the row of a title; none if there is no title."""
        name = "username" if target == USERS else self.title_field(target).name
        return [{"field": name, "operator": "!=", "value": title}] if title else []
