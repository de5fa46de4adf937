"""The next batch made ready while the database works on the last."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

_TURN_S = 0.0002
# As it was before any import: of two at once, the one that ends last would else put back what the first set.
_USUAL_TURN_S = sys.getswitchinterval()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Give the items, each made in a thread while the one before it is used.

    What makes them must not ask a database, as the thread would have a connection of its own.
    """
    # The one that waits for the database has its turn at once when it has its answer.
    sys.setswitchinterval(_TURN_S)
    try:
        yield from _made(items)
    finally:
        sys.setswitchinterval(_USUAL_TURN_S)


def _made(items: Iterator[T]) -> Iterator[T]:
    # The language and the time zone in force belong to the context.
    context = copy_context()
    end: list[None] = []
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="dynadmin-import") as pool:
        coming = pool.submit(context.run, next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(context.run, next, items, end)
            yield item  # type: ignore[misc]
