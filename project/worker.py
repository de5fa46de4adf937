"""A worker inside the web server: a thread that does what is left to the background, for small installations.

It is started once a process, and only looks at tasks when there are some: on SQLite the worker of the library
takes the lock of all writers for each look, and dies when somebody else holds it for long.
"""

import logging
import threading

from django.db import DatabaseError, connection
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from dynadmin import background

logger = logging.getLogger(__name__)

INTERVAL_S = 1.0
NAME = "embedded-worker"


class EmbeddedWorker(threading.Thread):
    """Works until it is told to end; what disturbs it is waited out."""

    def __init__(self) -> None:
        super().__init__(name=NAME, daemon=True)
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(INTERVAL_S):
            try:
                work()
            except DatabaseError:
                logger.warning("The embedded worker was disturbed, and goes on.", exc_info=True)
            finally:
                connection.close()


_starting = threading.Lock()


def start() -> threading.Thread:
    """Start the worker of this process, unless it runs already."""
    with _starting:
        running = [thread for thread in threading.enumerate() if thread.name == NAME]
        if running:
            return running[0]
        worker = EmbeddedWorker()
        worker.start()
        return worker


def work() -> None:
    """Do all that waits, and take up what another worker has left."""
    background.enqueue_abandoned()
    if not DBTaskResult.objects.ready().exists():
        return
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{NAME}-{threading.get_ident()}",
        excluded_queue_names=[],
    ).run()
