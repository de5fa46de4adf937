"""Filters of numbers, days and moments, which lie in a range."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.validators import DecimalValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.admin.filters.base import RowFilter


class RangeFilter(RowFilter):
    """Finds rows whose value lies in a range, both ends included."""

    lookups = ("gte", "lte")
    inputs = (("gte", gettext_lazy("From")), ("lte", gettext_lazy("To")))


class NumberFilter(RangeFilter):
    """Finds rows whose number lies in a range, both ends included."""

    input_mode = "decimal"

    def clean(self, lookup, text):
        value = super().clean(lookup, text)
        if isinstance(value, Decimal):
            # A bound with more digits than the column has makes the database's driver fail.
            DecimalValidator(self.field.max_digits, self.field.decimal_places)(value)
        return value


class DateFilter(RangeFilter):
    """Finds rows whose day lies in a range, both ends included."""

    input_type = "date"
    empty_words = gettext_lazy("No date")
    filled_words = gettext_lazy("Has date")

    def offers(self):
        today = timezone.localdate() if timezone.is_aware(timezone.now()) else timezone.now().date()
        month = today.replace(day=1)
        next_month = (month + timedelta(days=31)).replace(day=1)
        yield _("Today"), self._range(today, today)
        yield _("Past 7 days"), self._range(today - timedelta(days=7), today)
        yield _("This month"), self._range(month, next_month - timedelta(days=1))
        yield _("This year"), self._range(today.replace(month=1, day=1), today.replace(month=12, day=31))

    def _range(self, first, last):
        name = self.field.name
        return {f"{name}__gte": first.isoformat(), f"{name}__lte": last.isoformat()}


class MomentFilter(DateFilter):
    """Finds rows whose moment lies in a range of days, as days are here."""

    def _condition_of(self, lookup, text):
        if lookup != "lte" or len(text.strip()) != len("2024-01-31"):
            return super()._condition_of(lookup, text)
        self.clean(lookup, text)
        # A day ends where the next one begins, which is not always 24 hours later.
        following = date.fromisoformat(text.strip()) + timedelta(days=1)
        return Q(**{f"{self.field.name}__lt": self.clean(lookup, following.isoformat())})
