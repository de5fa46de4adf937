"""Writes what was done through the API into Django's log, as the admin does."""

from collections.abc import Collection
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser

from dynadmin.factory import Row


def log_addition(user: AbstractBaseUser, row: Row) -> None:
    """Record that the row was created."""
    _log(user, row, ADDITION, [{"added": {}}])


def log_change(user: AbstractBaseUser, row: Row, names: Collection[str]) -> None:
    """Record which fields of the row were changed; nothing if none was."""
    if names:
        labels = [str(row._meta.get_field(name).verbose_name) for name in names]
        _log(user, row, CHANGE, [{"changed": {"fields": labels}}])


def log_deletion(user: AbstractBaseUser, row: Row) -> None:
    """Record that the row is about to be deleted: to be called while it still has its id."""
    _log(user, row, DELETION, "")


def _log(user: AbstractBaseUser, row: Row, flag: int, message: list[dict[str, Any]] | str) -> None:
    LogEntry.objects.log_actions(user.pk, [row], flag, message, single_object=True)
