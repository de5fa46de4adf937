"""A file that is made as fast as the database can, and handed on as fast as somebody takes it.

Whoever reads over a slow line would otherwise keep a transaction open for as long: tables that cannot be
changed meanwhile, and dead rows that cannot be swept up. What is made and not yet taken waits in a
temporary file.
"""

import tempfile
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import Any

from django.db import connections

# More bytes than these wait on the disk.
_IN_MEMORY = 1 << 22


class ReadAhead:
    """The pieces of a file that a thread of its own makes, with its own connection to the database.

    ``make`` returns their iterator; what it raises is raised to whoever takes the pieces. Close it, and the
    thread stops.
    """

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        # What waits is in memory, or where in the file it is and how long.
        self._waiting: deque[bytes | tuple[int, int]] = deque()
        self._in_memory = 0
        self._file: Any = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._changed = threading.Condition()
        self._is_closed = False
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dynadmin-export")
        # The language, the person and the revision of the request are those of the file.
        self._making: Future[None] = pool.submit(copy_context().run, self._make, make)
        self._making.add_done_callback(self._tell)
        pool.shutdown(wait=False)

    def __iter__(self) -> "ReadAhead":
        return self

    def __next__(self) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._making.done())
            if self._waiting:
                return self._taken(self._waiting.popleft())
        self.close()
        self._making.result()
        raise StopIteration

    def _taken(self, piece: bytes | tuple[int, int]) -> bytes:
        if isinstance(piece, bytes):
            self._in_memory -= len(piece)
            return piece
        start, length = piece
        self._file.seek(start)
        return self._file.read(length)

    def close(self) -> None:
        """Have no more made, and forget what was."""
        self._is_closed = True
        self._making.add_done_callback(lambda _making: self._file.close())

    def _make(self, make: Callable[[], Iterator[bytes]]) -> None:
        try:
            # A generator that is left alone would end its transaction whenever it is swept up.
            with closing(make()) as pieces:  # type: ignore[type-var]
                for piece in pieces:
                    if self._is_closed:
                        break
                    self._add(piece)
        finally:
            # Those of this thread, which nobody else uses.
            connections.close_all()

    def _add(self, piece: bytes) -> None:
        with self._changed:
            if self._in_memory < _IN_MEMORY:
                self._in_memory += len(piece)
                self._waiting.append(piece)
            else:
                self._waiting.append((self._file.seek(0, 2), len(piece)))
                self._file.write(piece)
            self._changed.notify_all()

    def _tell(self, _making: Any) -> None:
        with self._changed:
            self._changed.notify_all()


def ahead(make: Callable[[], Iterator[bytes]], *, alias: str) -> Iterator[bytes]:
    """Return the pieces of a file, made ahead; within a transaction that only this thread sees, as taken."""
    connection = connections[alias]
    sees_it_alone = connection.in_atomic_block or (
        connection.vendor == "sqlite" and connection.is_in_memory_db()
    )
    return make() if sees_it_alone else ReadAhead(make)
