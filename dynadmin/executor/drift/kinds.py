"""What a difference is, and the list of the kinds there are."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dynadmin.executor.drift.state import State
from dynadmin.revisions import latest_revision_id, load_schema
from dynadmin.schema import Schema, TableSchema

# Takes the state as it is when the repair's turn has come. Raises RefusedChange or a database's error.
Repair = Callable[[BaseDatabaseSchemaEditor, State], None]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One thing that is not as the revision in force says. ``repair`` makes it so, and loses nothing."""

    id: str
    table: str
    what: str
    hint: str
    repair: Repair | None = field(default=None, compare=False, repr=False)
    is_note: bool = False


class Kind:
    """A kind of difference: how it is found and, where that can lose nothing, how it is repaired.

    Subclass it, and register it with ``register``. A repair must do nothing where nothing is wrong any more.
    """

    id: str = ""
    title: Any = ""  # what is wrong, for the list of kinds
    hint: Any = ""  # what to do, and what ``syncdynamic --repair`` does
    is_note: ClassVar[bool] = False  # nothing is wrong; it is worth knowing

    def find(self, state: State) -> Iterator[Drift]:
        """Yield what there is of this kind. Reads only."""
        raise NotImplementedError

    # --- For subclasses ---

    def drift(self, table: TableSchema | str, what: str, repair: Repair | None = None) -> Drift:
        """Return a difference of this kind."""
        label = table if isinstance(table, str) else table.label or table.name
        return Drift(
            id=self.id,
            table=label,
            what=what,
            hint=str(self.hint),
            repair=repair,
            is_note=self.is_note,
        )


_kinds: dict[str, Kind] = {}


def register(kind: type[Kind]) -> type[Kind]:
    """Add a kind to the list."""
    if kind.id in _kinds:
        raise ValueError(f"There are two kinds of drift with the id {kind.id}.")
    _kinds[kind.id] = kind()
    return kind


def all_kinds() -> list[Kind]:
    """Return the kinds in the order of their ids, in which they are also repaired: tables before columns."""
    return [kind for _id, kind in sorted(_kinds.items(), key=lambda item: item[0].rpartition(".")[2][1:])]


def find_drift(schema: Schema, *, only: Collection[int] | None = None, notes: bool = False) -> list[Drift]:
    """Return each thing that is not as the schema says. Reads only.

    ``only`` are the ids of tables to look at; without it all are, and what no schema knows too. With
    ``notes`` there is also what is no fault, and worth knowing.
    """
    state = State(schema, only=only)
    return [drift for kind in all_kinds() if notes or not kind.is_note for drift in kind.find(state)]


def find_current_drift(**options) -> list[Drift]:
    """Return what ``find_drift`` does of the revision in force, whatever is changed meanwhile."""
    while True:
        revision = latest_revision_id()
        found = find_drift(load_schema(revision), **options)
        # What somebody has just changed only seemed to differ.
        if not found or latest_revision_id() == revision:
            return found
