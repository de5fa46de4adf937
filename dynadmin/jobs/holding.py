"""A worker's hold on a job: it keeps the job alive, and hears when it has to let go."""

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dynadmin.exceptions import ChangeLost, DynadminError
from dynadmin.jobs.models import Job, State

BEAT_S = 1.0


class Hold:
    """What a worker has of the job it works on; a context that lasts as long as the work.

    A thread with a connection of its own gives the signs of life, as a statement may take many minutes, and
    hears whether the job is cancelled or another worker has taken it over.
    """

    cancelled: ClassVar[type[DynadminError]]
    cancelled_words: ClassVar[str | Promise]

    def __init__(self, job: Job, worker: str) -> None:
        self.job = job
        self.worker = worker
        self._ended = threading.Event()
        self._stop: type[DynadminError] | None = None
        if job.is_cancel_requested:  # while nobody was at work on it
            self._stop = self.cancelled
        self._may_be_cancelled = True
        self._come_to: dict[str, int] = {}
        self.on_progress: Callable[[int], None] | None = None
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    # --- For the steps ---

    def check(self) -> None:
        """Raise ``cancelled`` or ChangeLost when there is no use in going on."""
        if self._stop is self.cancelled and self._may_be_cancelled:
            raise self.cancelled(str(self.cancelled_words))
        if self._stop is ChangeLost:
            raise ChangeLost("Another worker has taken the work over.")

    def write(self, **changes: Any) -> None:
        """Write progress, in the transaction of what has been done. Raises ChangeLost."""
        if not self.job.update_as(self.worker, **changes):
            self._stop = ChangeLost
            self.check()

    def come_to(self, done: int) -> None:
        """Have told how many rows are done with the next sign of life: for work in one long transaction."""
        self._come_to = {"done": done}
        self.told(done)
        self.check()

    def told(self, done: int) -> None:
        """Tell whoever listens in this process how many rows are done."""
        if self.on_progress is not None:
            self.on_progress(done)

    def words_of(self, error: BaseException) -> str:
        """Return what the record says of an error that ends the work; nothing of its being cancelled."""
        if isinstance(error, self.cancelled):
            return ""
        if isinstance(error, DynadminError):
            return str(error)
        # What a database adds on further lines has values of rows in it.
        first_line = str(error).partition("\n")[0]
        return _("An error stopped it: %(error)s") % {"error": first_line[:1000]}

    def turn_back(self, *, error: str) -> None:
        """Go to taking everything back; who wants the job to stop need not be heard any more."""
        self._may_be_cancelled = False
        self.write(phase=self.job.taking_back, error=error)

    def end(self, state: State, **changes: Any) -> None:
        """Record the end of the job."""
        self.write(state=state, finished_at=Now(), **changes)
        self._ended.set()

    def fail(self, error: BaseException) -> None:
        """Record that the job has ended as it was cancelled, or for another error."""
        state = State.CANCELLED if isinstance(error, self.cancelled) else State.FAILED
        self.end(state, error=self.words_of(error))

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
        kind = type(self.job)
        stopping = kind.objects.filter(pk=self.job.pk, is_cancel_requested=True)
        if not kind(pk=self.job.pk).update_as(self.worker, **self._come_to):
            if not self._ended.is_set():
                self._stop = ChangeLost
        elif stopping.exclude(phase__in=(*kind.too_late, kind.taking_back)).exists():
            self._stop = self.cancelled

    def _stop_statement(self) -> None:
        """Stop what the work waits for, where that can be done."""


def worker_name() -> str:
    """Return a name that no other worker has."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{threading.get_ident()}-{time.time_ns()}"[:80]
