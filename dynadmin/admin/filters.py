"""Filters of a row list, one a field. Which kind a field gets follows from the class of its model field.

A value that the field cannot read is kept, explained, and matches no row: were it left out, an action on "all
rows" would hit rows that nobody asked for. No filter reads the table to find out what to offer.
"""

from datetime import date, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django.contrib.admin import FieldListFilter
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.admin.columns import choices_of

MAX_LENGTH = 200
# A list of more choices is unfolded by a click only.
UNFOLDED_CHOICES = 8


class RowFilter(FieldListFilter):
    """Finds rows by one field: those with a value (``name`` or ``name__exact``), those without any.

    A subclass names its further ``lookups`` and, for a form, its ``inputs``: (lookup, label).
    """

    template = "dynadmin/rows/filter.html"
    lookups: tuple[str, ...] = ()
    inputs: tuple[tuple[str, Any], ...] = ()
    input_type = "text"
    input_mode = "text"
    empty_words = gettext_lazy("Empty")
    filled_words = gettext_lazy("Not empty")

    def __init__(self, field, request, params, model, model_admin, field_path):
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = str(field.verbose_name)
        self.asked = {self._lookup(key): str(values[-1]) for key, values in self.used_parameters.items()}
        self.errors: dict[str, str] = {}
        self.condition = self._condition()

    # --- From the address to a condition ---

    @classmethod
    def parameters(cls, field: models.Field) -> list[str]:
        """Return the parameters of an address that this filter understands for a field."""
        return [field.name, *(f"{field.name}__{lookup}" for lookup in ("exact", "isempty", *cls.lookups))]

    def expected_parameters(self):
        return self.parameters(self.field)

    def queryset(self, request, queryset):
        return queryset.none() if self.errors else queryset.filter(self.condition)

    def _lookup(self, parameter: str) -> str:
        return parameter.removeprefix(self.field.name).removeprefix("__") or "exact"

    def _condition(self) -> Q:
        condition = Q()
        for lookup, text in self.asked.items():
            try:
                condition &= self._condition_of(lookup, text)
            except ValidationError as error:
                self.errors[lookup] = " ".join(error.messages)
        return condition

    def _condition_of(self, lookup: str, text: str) -> Q:
        if text == "" and lookup != "exact":
            return Q()  # an input of the form that was left empty
        check_length(text)
        if lookup == "isempty":
            return is_empty(self.field) if self._yes_or_no(text) else ~is_empty(self.field)
        return Q(**{f"{self.field.name}__{lookup}": self.clean(lookup, text)})

    def _yes_or_no(self, text: str) -> bool:
        if text not in ("0", "1"):
            raise ValidationError(_("It is 1 for empty, 0 for not empty."))
        return text == "1"

    def clean(self, lookup: str, text: str) -> Any:
        """Return the value that a text of the address stands for. Raises ValidationError."""
        value = self.field.to_python(text)
        if value is None:
            raise ValidationError(_("Say what to look for."))
        return value

    # --- What the page shows ---

    @property
    def is_active(self) -> bool:
        return any(text != "" for text in self.asked.values()) or "exact" in self.asked

    @property
    def opens(self) -> bool:
        """Whether the filter is unfolded when the page is shown."""
        return self.is_active

    def choices(self, changelist):
        self.form = self._form(changelist)
        yield self._link(changelist, _("All"), {})
        for title, parameters in self.offers():
            yield self._link(changelist, title, parameters)
        if can_be_empty(self.field):
            for title, flag in ((self.empty_words, "1"), (self.filled_words, "0")):
                yield self._link(changelist, title, {f"{self.field.name}__isempty": flag})

    def offers(self):
        """Yield what can be chosen at a click: (title, parameters of the address)."""
        return iter(())

    def _link(self, changelist, title, parameters):
        asked = {key: values[-1] for key, values in self.used_parameters.items() if values[-1] != ""}
        others = dict.fromkeys(self.expected_parameters())
        return {
            "selected": asked == parameters,
            "query_string": changelist.get_query_string({**others, **parameters}),
            "display": title,
        }

    def _form(self, changelist):
        """Return what the template needs to draw the inputs, or None."""
        if not self.inputs:
            return None
        own = set(self.expected_parameters())
        kept = [
            (key, v) for key, values in changelist.filter_params.items() if key not in own for v in values
        ]
        return {"inputs": [self._input(*pair) for pair in self.inputs], "kept": kept}

    def _input(self, lookup, label):
        error = self.errors.get(lookup)
        html = '<input type="{}" name="{}" value="{}" inputmode="{}" autocomplete="off"{}>'
        # The browser's own picker would not show a text that it cannot read.
        kind = "text" if error else self.input_type
        invalid = SafeString(' aria-invalid="true"') if error else ""
        name, value = f"{self.field.name}__{lookup}", self.asked.get(lookup, "")
        drawn = format_html(html, kind, name, value, self.input_mode, invalid)
        return {"label": label, "html": drawn, "error": error}


class TextFilter(RowFilter):
    """Finds rows whose text contains something."""

    lookups = ("icontains",)
    inputs = (("icontains", gettext_lazy("Contains")),)

    def clean(self, lookup, text):
        # Part of a value need not be a legal value: half an e-mail address is none.
        return text


class NumberFilter(RowFilter):
    """Finds rows whose number lies in a range, both ends included."""

    lookups = ("gte", "lte")
    inputs = (("gte", gettext_lazy("From")), ("lte", gettext_lazy("To")))
    input_mode = "decimal"

    def clean(self, lookup, text):
        value = super().clean(lookup, text)
        if isinstance(value, Decimal):
            # A bound with more digits than the column has makes the database's driver fail.
            DecimalValidator(self.field.max_digits, self.field.decimal_places)(value)
        return value


class DateFilter(RowFilter):
    """Finds rows whose day lies in a range, both ends included."""

    lookups = ("gte", "lte")
    inputs = (("gte", gettext_lazy("From")), ("lte", gettext_lazy("To")))
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


def computed_filter(field: models.Field) -> Any:
    """Return what makes the filter of a computed field; Django looks names up among stored ones."""

    def make(request, params, model, model_admin):
        return filter_for(field)(field, request, params, model, model_admin, field.name)

    return make


@singledispatch
def filter_for(field: models.Field) -> type[RowFilter]:
    """Return the filter of a model field. A third party registers its own with ``filter_for.register``."""
    return RowFilter


@filter_for.register
def boolean_filter(field: models.BooleanField) -> type[RowFilter]:
    return BooleanFilter


@filter_for.register(models.IntegerField)
@filter_for.register(models.FloatField)
@filter_for.register(models.DecimalField)
def number_filter(field: models.Field) -> type[RowFilter]:
    return ChoiceFilter if field.flatchoices else NumberFilter


@filter_for.register
def date_filter(field: models.DateField) -> type[RowFilter]:
    return DateFilter


@filter_for.register
def moment_filter(field: models.DateTimeField) -> type[RowFilter]:
    return MomentFilter


@filter_for.register(models.CharField)
@filter_for.register(models.TextField)
def text_filter(field: models.Field) -> type[RowFilter]:
    return ChoiceFilter if field.flatchoices else TextFilter


@filter_for.register
def json_filter(field: models.JSONField) -> type[RowFilter]:
    return ManyChoicesFilter if choices_of(field) else RowFilter


# --- Conditions ---


def check_length(text: str) -> None:
    """Refuse what no column holds and what a pattern of the database cannot be. Raises ValidationError."""
    if "\x00" in text:
        raise ValidationError(_("NUL characters are not allowed."))
    if len(text) > MAX_LENGTH:
        raise ValidationError(_("Look for at most %(count)d characters.") % {"count": MAX_LENGTH})


def holds_text(field: models.Field) -> bool:
    """Whether the empty text is one of the values of the column."""
    return isinstance(field, models.CharField | models.TextField | models.FileField)


def can_be_empty(field: models.Field) -> bool:
    return field.null or (field.blank and (holds_text(field) or isinstance(field, models.JSONField)))


def is_empty(field: models.Field) -> Q:
    """Return the condition that a row has no value in the field."""
    condition = Q(**{f"{field.name}__isnull": True})
    if holds_text(field):
        condition |= Q(**{field.name: ""})
    if isinstance(field, models.JSONField) and choices_of(field):
        condition |= Q(**{field.name: []})
    return condition
