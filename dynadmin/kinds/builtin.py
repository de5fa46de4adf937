"""The kinds of dynadmin: plain tables, records that know their authors, and events."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields import DateTimeField
from dynadmin.kinds.fields import ActorField, MomentField
from dynadmin.kinds.registry import PLAIN, register
from dynadmin.kinds.stamps import fields_of_change


class RecordQuerySet(models.QuerySet):
    """Rows that note who changed them, also where many are changed at once."""

    def update(self, **values: Any) -> int:
        """Set values in all rows; they are changed now, by whoever is acting."""
        return super().update(**{**_stamps(self.model, values), **values})

    update.alters_data = True  # type: ignore[attr-defined]


def _stamps(model: type[models.Model], given: Iterable[str]) -> dict[str, Any]:
    """Return what the columns that note changes say now, but for those that are given."""
    names = set(given)
    noted = (field for field in fields_of_change(model) if not {field.name, field.attname} & names)
    return {field.name: field.pre_save(model(), add=False) for field in noted}


class RecordRow(models.Model):
    """A row that knows who made and last changed it, and when. Rows older than these columns do not."""

    created_at = DateTimeField(_("created at"), auto_now_add=True, null=True)
    created_by = ActorField(verbose_name=_("created by"), auto_now_add=True)
    changed_at = DateTimeField(_("changed at"), auto_now=True, null=True)
    changed_by = ActorField(verbose_name=_("changed by"), auto_now=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save the row; one of which only some fields are known or saved is changed all the same."""
        noting = fields_of_change(type(self))
        if update_fields:
            update_fields = {*update_fields, *(field.name for field in noting)}
        elif update_fields is None and (deferred := self.get_deferred_fields()):
            for field in noting:
                if field.attname in deferred:
                    setattr(self, field.attname, None)
        super().save(update_fields=update_fields, **kwargs)


class EventQuerySet(RecordQuerySet):
    """Rows that have a place in time."""

    def between(self, start: datetime | None, end: datetime | None) -> "EventQuerySet":
        """Return the events from ``start`` on and before ``end``; None leaves that side open."""
        limits = {"timestamp__gte": start, "timestamp__lt": end}
        return self.filter(**{lookup: moment for lookup, moment in limits.items() if moment is not None})


class EventRow(RecordRow):
    """A row that happened at a moment."""

    timestamp = MomentField(_("timestamp"), db_index=True, help_text=_("When it happened."))

    objects = EventQuerySet.as_manager()

    class Meta:
        abstract = True


register(PLAIN, _("Plain table"), None, description=_("Nothing but the fields you define."))
register(
    "record",
    _("Records"),
    RecordRow,
    description=_("Each row notes by itself who made it and who changed it last, and when."),
)
register(
    "event",
    _("Events"),
    EventRow,
    description=_("Records of what happened at a moment: they have an indexed timestamp as well."),
)
