"""Work that makes very many objects, none of them in a circle: spared from most of Python's collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def spared() -> Iterator[None]:
    """Have the collector leave alone in the block what was there before: all of the program, again and again.

    What comes into being meanwhile is collected as ever, also in other threads.
    """
    if gc.get_freeze_count():  # the server has done it for good, or another import does it now
        yield
        return
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
