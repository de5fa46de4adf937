"""Rows that bring their computed values along."""

from copy import copy
from typing import Any

from django.db import models

from dynadmin.computed.expressions import annotated
from dynadmin.rowhistory.rows import noted


class RowManager(models.Manager):
    """Asks for computed fields together with the row, so that they filter and sort like any other.

    Whatever is changed through the rows it gives is noted.
    """

    def get_queryset(self) -> models.QuerySet:
        queryset = super().get_queryset()
        queryset.__class__ = noted(type(queryset))
        return annotated(queryset, self.model.computations)


def with_computed(manager: models.Manager) -> models.Manager:
    """Return a manager like the given one that also asks for computed fields."""
    own = type(manager)
    wider = copy(manager)
    wider.__class__ = type(own.__name__, (RowManager, own), {"__module__": own.__module__})
    return wider


class ComputedAttribute:
    """The value of a computed field on a row that was not fetched with it: it is asked for, once."""

    def __init__(self, field: models.Field) -> None:
        self.name = field.name
        # What lists of Django's admin ask of a column.
        self.short_description = str(field.verbose_name)
        self.admin_order_field = field.name

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        rows = annotated(owner._base_manager.filter(pk=row.pk), [self.name])
        value = rows.values_list(self.name, flat=True).first()
        row.__dict__[self.name] = value
        return value
