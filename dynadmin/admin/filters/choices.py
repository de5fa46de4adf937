"""Filters of values of which there are few."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.admin.columns import choices_of
from dynadmin.admin.filters.base import RowFilter

# A list of more choices is unfolded by a click only.
UNFOLDED_CHOICES = 8


class BooleanFilter(RowFilter):
    """Finds rows with yes, no or neither."""

    opens = True
    empty_words = gettext_lazy("Unknown")
    filled_words = gettext_lazy("Known")

    def offers(self):
        labels = dict(self.field.flatchoices)
        yield labels.get(True, _("Yes")), {f"{self.field.name}__exact": "1"}
        yield labels.get(False, _("No")), {f"{self.field.name}__exact": "0"}


class ChoiceFilter(RowFilter):
    """Finds rows with one of the choices."""

    @property
    def opens(self):
        return self.is_active or len(choices_of(self.field)) <= UNFOLDED_CHOICES

    def offers(self):
        for value, label in choices_of(self.field):
            if value is not None:
                yield label, {f"{self.field.name}__exact": str(value)}


class ManyChoicesFilter(ChoiceFilter):
    """Finds rows that have a choice among theirs."""

    lookups = ("has",)

    def offers(self):
        for value, label in choices_of(self.field):
            yield label, {f"{self.field.name}__has": str(value)}

    def clean(self, lookup, text):
        return text if lookup == "has" else super().clean(lookup, text)
