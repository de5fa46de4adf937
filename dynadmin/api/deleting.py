"""What forbids the deletion of a row: rows that refer to it, and rows that would go along."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied

from dynadmin.api.errors import Conflict
from dynadmin.factory import Row
from dynadmin.permissions import may
from dynadmin.related import Consequences


def check_deletion(user: Any, row: Row) -> None:
    """Raise Conflict if rows forbid it, PermissionDenied if some would go that the person may not delete."""
    found = Consequences(type(row), [row.pk])
    if words := list(_told(user, found.protecting.items())):
        message = _("The row cannot be deleted, as others refer to it: %(rows)s.")
        raise Conflict(message % {"rows": "; ".join(words)})
    if not all(may(user, "delete", model._meta.label) for model in found.deleted_models):
        raise PermissionDenied(_("Rows of other tables would go along that you may not delete."))


def _told(user: Any, rows: Iterable[tuple[models.Field, list[Any]]]) -> Iterator[str]:
    for field, ids in rows:
        if ids and may(user, "view", field.model._meta.label):
            words = {"table": field.model._meta.verbose_name_plural, "field": field.name, "count": len(ids)}
            yield _("%(count)d of “%(table)s”, by “%(field)s”") % words
        elif ids:
            yield _("of a table that you may not see")
