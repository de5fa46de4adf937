"""Repairs what can be repaired without losing anything."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import DatabaseError, OperationalError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.ddl import schema_editor
from dynadmin.executor.drift.kinds import Drift, all_kinds, find_drift
from dynadmin.executor.drift.state import State
from dynadmin.executor.transactions import is_busy, retry_while_busy, schema_change
from dynadmin.revisions import latest_revision_id, load_schema

# A repair may clear the way for one of a kind that had its turn before.
ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """What a repair did, what it left, and why it could not do some of that."""

    done: tuple[Drift, ...]
    left: tuple[Drift, ...]
    reasons: dict[Drift, str] = field(default_factory=dict)


def repair(*, only: Collection[int] | None = None) -> Repaired:
    """Repair what is not as the revision in force says, without dropping a row or a value.

    ``only`` are the ids of tables to look at. To be called outside transactions. Raises SchemaBusy.
    """
    return retry_while_busy(lambda: _repair_once(only))


def _repair_once(only: Collection[int] | None) -> Repaired:
    done: list[Drift] = []
    reasons: dict[Drift, str] = {}
    with schema_change():
        for _round in range(ROUNDS):
            with schema_editor() as editor:
                repaired = _repair_all(editor, only, reasons)
            if not repaired:
                break
            done += repaired
        left = find_drift(_schema(), only=only, notes=True)
    return Repaired(done=tuple(done), left=tuple(left), reasons={d: reasons[d] for d in left if d in reasons})


def _repair_all(
    editor: BaseDatabaseSchemaEditor, only: Collection[int] | None, reasons: dict[Drift, str]
) -> list[Drift]:
    repaired = []
    state = State(_schema(), only=only)
    for kind in all_kinds():
        for drift in [drift for drift in kind.find(state) if drift.repair]:
            try:
                _repair_one(editor, drift, state)
            except (RefusedChange, DatabaseError) as error:
                if isinstance(error, OperationalError) and is_busy(error):
                    raise
                editor.deferred_sql.clear()
                reasons[drift] = str(error).strip()
            else:
                repaired.append(drift)
                # The next one sees the database as this one has left it.
                state = State(_schema(), only=only)
    return repaired


def _repair_one(editor: BaseDatabaseSchemaEditor, drift: Drift, state: State) -> None:
    with transaction.atomic():
        drift.repair(editor, state)


def _schema():
    return load_schema(latest_revision_id())
