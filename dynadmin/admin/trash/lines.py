"""One page of the trash, as lines: what each is, how much is in it, and what the person may do with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from dynadmin.admin.navigation import name_of
from dynadmin.executor.weights import Weight
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.files import Upload
from dynadmin.models.retired import FIELD, TABLE, TrashItem, weigh


@dataclass(frozen=True, kw_only=True)
class Line:
    """An item of the trash as a page shows it. ``weight`` is None where the database could not tell."""

    item: TrashItem
    weight: Weight | None
    may_restore: bool = False
    undo_url: str = ""

    @property
    def kind(self) -> str:
        kinds = {TABLE: _("Table"), FIELD: _("Field of “%(table)s”")}
        words = kinds.get(self.item.kind, _("Values of a field of “%(table)s” before its conversion"))
        return words % {"table": self.item.table.label or self.item.table.name}

    @property
    def who(self) -> str:
        return name_of(self.item.who) if self.item.who else ""

    @property
    def ago(self) -> str:
        if self.item.when is None:
            return _("nobody knows when")
        if timezone.now() - self.item.when < timedelta(minutes=1):
            return _("just now")
        return _("%(time)s ago") % {"time": timesince(self.item.when, depth=1)}

    @property
    def is_expired(self) -> bool:
        return self.item.expires is not None and self.item.expires <= timezone.now()

    @property
    def has_uploads(self) -> bool:
        """Whether files were uploaded that go with it."""
        fields = [self.item.field] if self.item.field else self.item.table.columns
        known = [f.type for f in fields if f.type in field_types]
        return any(isinstance(field_types[slug], Upload) for slug in known)


def make_lines(request: HttpRequest, items: Iterable[TrashItem], admin: ModelAdmin) -> Iterator[Line]:
    """Yield the lines of some items, weighed in a bounded number of queries."""
    items = list(items)
    weights = weigh(items)
    for item in items:
        undo_url = _undo_url(request.user, item, admin) if item.kind not in (TABLE, FIELD) else ""
        yield Line(
            item=item,
            weight=weights.get(item.key),
            may_restore=may_restore(request, item, admin),
            undo_url=undo_url,
        )


def may_restore(request: HttpRequest, item: TrashItem, admin: ModelAdmin) -> bool:
    """Whether the person may bring an item back. Original values come back by undoing the conversion."""
    if item.kind == TABLE:
        return admin.has_add_permission(request)
    return item.kind == FIELD and admin.has_change_permission(request)


def _undo_url(user: User | AnonymousUser, item: TrashItem, admin: ModelAdmin) -> str:
    """Return the address of the page that undoes a conversion, "" for who may not."""
    needed = ["dynadmin.change_dynamicmodel", "dynadmin.view_schemarevision"]
    if item.revision is None or not user.has_perms(needed):
        return ""
    name = "admin:dynadmin_schemarevision_undo"
    return reverse(name, args=[item.revision], current_app=admin.admin_site.name)
