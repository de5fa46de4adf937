"""Types that store nothing: their values are read from related rows, in the same query as the row itself.

What the values are like depends on the tables: ``dynadmin.computed`` makes field and expression.
"""

from typing import ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.computed.sources import SourceField, editing, offer_sources
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.relations.limits import LimitField
from dynadmin.fieldtypes.shared import TextualOptions
from dynadmin.options import OptionsForm

__all__ = ["FUNCTIONS", "editing", "offer_sources"]

FUNCTIONS = {
    "count": (models.Count, _("Count the rows")),
    "sum": (models.Sum, _("Sum")),
    "average": (models.Avg, _("Average")),
    "min": (models.Min, _("Lowest")),
    "max": (models.Max, _("Highest")),
}


class LookupOptions(OptionsForm):
    source = SourceField(
        to_many=False, label=_("Shows"), help_text=_("A field of the row that a relation refers to.")
    )
    help_text = TextualOptions.base_fields["help_text"]


class RollupOptions(OptionsForm):
    source = SourceField(
        to_many=True, label=_("Of"), help_text=_("Rows that a relation leads to, and the field of theirs.")
    )
    function = forms.ChoiceField(
        label=_("Function"),
        choices=[(name, label) for name, (_function, label) in FUNCTIONS.items()],
        initial="count",
    )
    limit = LimitField(
        label=_("Only rows where"), required=False, help_text=_("All these have to hold for a row to count.")
    )
    help_text = TextualOptions.base_fields["help_text"]
    field_order = ("source", "function", "limit")


class ComputedType(FieldType):
    """Base of types whose values nobody enters."""

    family = "relations"
    kind = "computed"
    stored = "computed"
    options_for_new_values: ClassVar[frozenset[str]] = frozenset({"source", "function", "limit"})

    def model_field(self, options: Options) -> models.Field:
        """Return a field that stands for any value at all."""
        return models.BigIntegerField(null=True, blank=True, editable=False)


@field_types.register
class Lookup(ComputedType):
    slug = "lookup"
    label = _("Value of a related row")
    options_form = LookupOptions


@field_types.register
class Rollup(ComputedType):
    slug = "rollup"
    label = _("Summary of related rows")
    options_form = RollupOptions
