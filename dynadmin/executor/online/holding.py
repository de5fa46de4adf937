"""A worker's hold on a change: it keeps the change alive, and hears when it has to let go."""

import os
import random
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from dynadmin.changes import Phase, SchemaChange, State
from dynadmin.conf import conf
from dynadmin.exceptions import ChangeCancelled, ChangeLost, SchemaBusy
from dynadmin.executor.transactions import hold_off_vacuum, is_busy
from dynadmin.signals import change_progressed

T = TypeVar("T")

# Short, as everybody who comes later queues behind whoever waits for a table; longer where that does not do.
SHORTEST_LOCK_MS, LONGEST_LOCK_MS = 10, 50
FIRST_PAUSE_S = 0.05
BEAT_S = 1.0
QUERY_CANCELED = "57014"


class Hold:
    """What a worker has of the change it works on; a context that lasts as long as the work.

    A thread with a connection of its own gives the signs of life, as a statement may take many minutes, and
    stops such a statement when the change is cancelled or another worker has taken it over.
    """

    def __init__(self, change: SchemaChange, worker: str) -> None:
        self.change = change
        self.worker = worker
        self._ended = threading.Event()
        self._stop: type[ChangeCancelled | ChangeLost] | None = None
        if change.is_cancel_requested:  # while nobody was at work on it
            self._stop = ChangeCancelled
        self._may_be_cancelled = True
        self.lock_ms = SHORTEST_LOCK_MS
        self._statement = threading.Lock()
        self._stoppable: Any = None
        self._thread = threading.Thread(target=self._beat, name=f"change-{change.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    # --- For the steps ---

    def check(self) -> None:
        """Raise ChangeCancelled or ChangeLost when there is no use in going on."""
        if self._stop is ChangeCancelled and self._may_be_cancelled:
            raise ChangeCancelled(_("The change was cancelled. The table is as it was."))
        if self._stop is ChangeLost:
            raise ChangeLost("Another worker has taken the change over.")

    def write(self, **changes: Any) -> None:
        """Write progress, in the transaction of what has been done. Raises ChangeLost."""
        if not self.change.update_as(self.worker, **changes):
            self._stop = ChangeLost
            self.check()

    def turn_back(self, *, error: str) -> None:
        """Go to taking everything back; who wants the change to stop need not be heard any more."""
        self._may_be_cancelled = False
        self.write(phase=Phase.UNDO, error=error)

    def end(self, state: State) -> None:
        """Record the end of the change."""
        self.write(state=state, finished_at=Now())
        self._ended.set()

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

    # --- The thread ---

    def _beat(self) -> None:
        try:
            while not self._ended.wait(BEAT_S):
                try:
                    self._give_sign()
                except OperationalError:
                    # The server is away for a moment; if it stays so, the work itself notices.
                    connection.close()
                self._stop_statement()
        finally:
            connection.close()

    def _give_sign(self) -> None:
        mine = SchemaChange.objects.filter(pk=self.change.pk)
        if not SchemaChange(pk=self.change.pk).update_as(self.worker):
            if not self._ended.is_set():
                self._stop = ChangeLost
        elif mine.filter(is_cancel_requested=True).exclude(phase__in=(Phase.FINISH, Phase.UNDO)).exists():
            self._stop = ChangeCancelled

    def _stop_statement(self) -> None:
        with self._statement:
            if self._stop and self._stoppable:
                self._stoppable.cancel_safe(timeout=5)


def worker_name() -> str:
    """Return a name that no other worker has."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{threading.get_ident()}-{time.time_ns()}"[:80]
