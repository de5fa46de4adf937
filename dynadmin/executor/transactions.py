"""The transaction of a schema change: alone, short-tempered about locks, and tried again."""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import PlanError, SchemaBusy
from dynadmin.plan import FieldOperation, Plan

T = TypeVar("T")

# Any constant will do, as long as no other use of advisory locks in the database has it ("dynadmin" in
# ASCII).
ADVISORY_LOCK = 0x64796E61646D696E
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"
# Longer than deadlock_timeout, after which PostgreSQL stops a vacuum that is in the way.
VACUUM_STOPS_S = 3


@contextmanager
def schema_change() -> Iterator[None]:
    """A transaction in which nobody else changes the schema.

    Foreign key checks are off within it on SQLite, where a table is altered by making it anew: the pragma has
    no effect inside a transaction, so it has to be set around it.
    """
    if connection.in_atomic_block:
        raise PlanError("The schema cannot be changed inside a transaction: call this outside atomic().")
    with references_unchecked(), transaction.atomic():
        take_lock()
        yield


@contextmanager
def references_unchecked() -> Iterator[None]:
    """Check no reference on SQLite meanwhile, unless a transaction has begun already."""
    if connection.vendor != "sqlite":
        yield
        return
    try:
        connection.disable_constraint_checking()
        yield
    finally:
        try:
            connection.enable_constraint_checking()
        except DatabaseError:
            # Nobody must go on with a connection that checks nothing; a new one does.
            connection.close()


def take_lock() -> None:
    """Let nobody else change the schema until the end of this transaction."""
    if connection.vendor == "sqlite":
        # Any write takes the one lock there is, also where transactions do not begin as IMMEDIATE ones.
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM dynadmin_schemarevision WHERE id < 0")
        return
    with connection.cursor() as cursor:
        # Waiting for another schema change disturbs nobody; waiting for a table that people use does, as all
        # who come later queue behind. Below deadlock_timeout, else other people's requests are the victims.
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{conf.CHANGE_TIMEOUT_S}s"])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{conf.LOCK_TIMEOUT_MS}ms"])
        # What is put off to the end of a transaction keeps tables from being altered in it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def hold_off_vacuum(tables: Iterable[str], *, lock_ms: int) -> None:
    """Keep PostgreSQL from vacuuming tables until the end of this transaction; then wait for locks so long.

    A vacuum takes its time, and is stopped only for who waits for the table longer than people could be kept
    waiting. Behind who waits for this lock nobody has to wait who reads or writes.
    """
    if connection.vendor == "postgresql" and (there := _tables_there(tables)):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{VACUUM_STOPS_S}s'")
            cursor.execute(f"LOCK TABLE {', '.join(there)} IN SHARE UPDATE EXCLUSIVE MODE")
            cursor.execute(f"SET LOCAL lock_timeout = '{lock_ms:d}ms'")


def _tables_there(names: Iterable[str]) -> list[str]:
    """Return the tables that exist: one may not be made yet, or was dropped by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT t FROM unnest(%s::text[]) t WHERE to_regclass(t) IS NOT NULL", [sorted(names)])
        return [name for (name,) in cursor.fetchall()]


def hold_rows(plan: Plan, *, altered: set[str]) -> None:
    """Let nobody write rows that have a say in the plan until it is carried out.

    What has been looked at is then what is changed. On SQLite nobody else writes anyway. Of the tables,
    those that are ``altered`` are not read meanwhile either: altering takes that lock in any case, and taken
    only then it would wait for people who have read and wait to write, of whom PostgreSQL might stop one.
    """
    if connection.vendor != "postgresql":
        return
    tables = [plan.base.tables[id] for id in _deciding(plan) if id in plan.base.tables]
    names = {table.db_table for table in tables if not table.purged}
    locks = {
        "ACCESS EXCLUSIVE": names & altered,
        "SHARE ROW EXCLUSIVE": names - altered,
    }
    with connection.cursor() as cursor:
        for mode, held in locks.items():
            if held:
                cursor.execute(f"LOCK TABLE {', '.join(sorted(held))} IN {mode} MODE")


def _deciding(plan: Plan) -> set[int]:
    """Return the ids of the tables whose rows have a say: of a relation, those at both ends."""
    operations = [operation for operation in plan.operations if operation.can_fail]
    fields = [operation.field for operation in operations if isinstance(operation, FieldOperation)]
    targets = {field.target_table for field in fields if field.target_table is not None}
    return {operation.table.id for operation in operations} | targets


def retry_while_busy(change: Callable[[], T]) -> T:
    """Return what ``change`` returns, trying again while tables are in use. Raises SchemaBusy."""
    give_up_at = time.monotonic() + conf.CHANGE_TIMEOUT_S
    pause = 0.1
    while True:
        try:
            return change()
        except OperationalError as error:
            if not is_busy(error):
                raise
            if time.monotonic() + pause > give_up_at:
                message = _("The table is in use; nothing was changed. Try again in a moment.")
                raise SchemaBusy(message) from error
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
        pause = min(pause * 1.5, 2.0)


def is_busy(error: OperationalError) -> bool:
    """Whether the error says that somebody else holds a lock."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED} or "locked" in str(error)
