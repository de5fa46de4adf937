"""What all filters of a row list have in common."""

from typing import Any

from django.contrib.admin import FieldListFilter
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.admin.filters.conditions import can_be_empty, check_length, is_empty


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
