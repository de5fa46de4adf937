"""Which kind of filter a field gets: it follows from the class of its model field."""

from functools import singledispatch
from typing import Any

from django.db import models

from dynadmin.admin.columns import choices_of
from dynadmin.admin.filters.base import RowFilter
from dynadmin.admin.filters.choices import BooleanFilter, ChoiceFilter, ManyChoicesFilter
from dynadmin.admin.filters.ranges import DateFilter, MomentFilter, NumberFilter
from dynadmin.admin.filters.texts import TextFilter


@singledispatch
def filter_for(field: models.Field) -> type[RowFilter]:
    """Return the filter of a model field. A third party registers its own with ``filter_for.register``."""
    return RowFilter


for _kind, _filter in (
    (models.BooleanField, BooleanFilter),
    (models.DateField, DateFilter),
    (models.DateTimeField, MomentFilter),
):
    filter_for.register(_kind)(lambda field, found=_filter: found)

for _kind, _filter in (
    (models.IntegerField, NumberFilter),
    (models.FloatField, NumberFilter),
    (models.DecimalField, NumberFilter),
    (models.CharField, TextFilter),
    (models.TextField, TextFilter),
):
    filter_for.register(_kind)(lambda field, other=_filter: ChoiceFilter if field.flatchoices else other)


@filter_for.register
def _json_filter(field: models.JSONField) -> type[RowFilter]:
    return ManyChoicesFilter if choices_of(field) else RowFilter


def computed_filter(field: models.Field) -> Any:
    """Return what makes the filter of a computed field; Django looks names up among stored ones."""

    def make(request, params, model, model_admin):
        return filter_for(field)(field, request, params, model, model_admin, field.name)

    return make
