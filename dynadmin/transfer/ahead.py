"""The next batch made ready while the database works on the last."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Give the items, each made in a thread while the one before it is used.

    What makes them must not ask a database, as the thread would have a connection of its own.
    """
    # The language and the time zone in force belong to the context.
    context = copy_context()
    end: list[None] = []
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="dynadmin-import") as pool:
        coming = pool.submit(context.run, next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(context.run, next, items, end)
            yield item  # type: ignore[misc]
