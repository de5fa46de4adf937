"""Who is acting: the person whose request, file or command changes rows, for columns that note it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_actor: ContextVar[Callable[[], Any] | None] = ContextVar("dynadmin_actor", default=None)


@contextmanager
def acting(user: Any) -> Iterator[None]:
    """Have this user, or the one that a function returns when asked, act in the block; None is nobody."""
    token = _actor.set(user if callable(user) else lambda: user)
    try:
        yield
    finally:
        _actor.reset(token)


def actor() -> Any:
    """Return the user who is acting; None outside any block, and for who has not logged in."""
    find = _actor.get()
    user = find() if find else None
    return user if user is not None and user.pk is not None else None


def actor_id() -> Any:
    """Return the key of the user who is acting; None if it is nobody."""
    user = actor()
    return user.pk if user is not None else None
