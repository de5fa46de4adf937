"""Through what rows are being changed, for the history: a form, the API, an import, a conversion."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

CODE = "code"


class Way(NamedTuple):
    """What changes are made through: ``via`` in a word, ``unit`` the number of what they are part of."""

    via: str = CODE
    unit: int | None = None


BY_CODE = Way()
_way: ContextVar[Way] = ContextVar("dynadmin_way", default=BY_CODE)
_is_noting: ContextVar[bool] = ContextVar("dynadmin_is_noting", default=True)


@contextmanager
def changing(via: str, unit: int | None = None) -> Iterator[None]:
    """Have what changes in the block noted as made through this."""
    token = _way.set(Way(via, unit))
    try:
        yield
    finally:
        _way.reset(token)


def way() -> Way:
    """Return through what changes are being made."""
    return _way.get()


@contextmanager
def unnoted() -> Iterator[None]:
    """Have classes note nothing in the block: whoever writes there notes it by itself, or it is no change."""
    token = _is_noting.set(False)
    try:
        yield
    finally:
        _is_noting.reset(token)


def is_noting() -> bool:
    """Whether classes note what they write."""
    return _is_noting.get()
