"""A worker's hold on a change: what it may keep others waiting for, and which statements it can stop."""

import random
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import jobs
from dynadmin.changes import SchemaChange
from dynadmin.conf import conf
from dynadmin.exceptions import ChangeCancelled, SchemaBusy
from dynadmin.executor.transactions import hold_off_vacuum, is_busy
from dynadmin.signals import change_progressed

T = TypeVar("T")

# Short, as everybody who comes later queues behind whoever waits for a table; longer where that does not do.
SHORTEST_LOCK_MS, LONGEST_LOCK_MS = 10, 50
FIRST_PAUSE_S = 0.05
QUERY_CANCELED = "57014"


class Hold(jobs.Hold):
    """What a worker has of the change it works on; a statement that takes long can be stopped."""

    cancelled = ChangeCancelled
    cancelled_words = gettext_lazy("The change was cancelled. The table is as it was.")

    def __init__(self, change: SchemaChange, worker: str) -> None:
        super().__init__(change, worker)
        self.lock_ms = SHORTEST_LOCK_MS
        self._statement = threading.Lock()
        self._stoppable: Any = None

    @property
    def change(self) -> SchemaChange:
        return self.job

    def reach(self, step: str) -> None:
        """Say which step comes next, to whoever listens."""
        change_progressed.send(sender=SchemaChange, change=self.change, step=step)
        self.check()

    @contextmanager
    def step(self, tables: Collection[str] = ()) -> Iterator[None]:
        """A short transaction that gives way to people; ``tables`` are those it has to have for itself."""
        with transaction.atomic():
            if tables:
                hold_off_vacuum(tables, lock_ms=self.lock_ms)
            # What is lost with the last transactions of a server that dies is done again.
            settings = {"lock_timeout": f"'{self.lock_ms}ms'", "synchronous_commit": "off"}
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(
                        "; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items())
                    )
            yield

    def patiently(self, action: Callable[[], T]) -> T:
        """Return what the action returns, trying again while the table is in use. Raises SchemaBusy."""
        give_up_at = time.monotonic() + conf.CHANGE_PATIENCE_S
        pause = FIRST_PAUSE_S
        while True:
            self.check()
            try:
                with self._waiting(SHORTEST_LOCK_MS * pause / FIRST_PAUSE_S):
                    return action()
            except OperationalError as error:
                if not is_busy(error):
                    raise
                if time.monotonic() > give_up_at:
                    raise SchemaBusy(_("The table stayed in use for too long; try again later.")) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
            pause = min(pause * 1.5, 2.0)

    @contextmanager
    def _waiting(self, milliseconds: float) -> Iterator[None]:
        """Wait so long for a lock; not longer than people may be kept waiting."""
        before, self.lock_ms = self.lock_ms, min(round(milliseconds), LONGEST_LOCK_MS)
        try:
            yield
        finally:
            self.lock_ms = before

    @contextmanager
    def long_statement(self) -> Iterator[None]:
        """A statement that takes its time, outside transactions, and may be stopped."""
        connection.ensure_connection()
        self.check()
        self._stoppable = connection.connection
        try:
            yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED:
                self.check()
            raise
        finally:
            with self._statement:
                self._stoppable = None

    def _stop_statement(self) -> None:
        with self._statement:
            if self._stop and self._stoppable:
                self._stoppable.cancel_safe(timeout=5)
