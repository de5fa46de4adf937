"""The form of one rule of a table: its kind, its fields, and what they are compared with."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin.admin.definitions.references import FieldsField, PageFields
from dynadmin.constraints import KINDS, OPERATORS, clean_constraint
from dynadmin.models import DynamicConstraint
from dynadmin.schema import ConstraintSchema

# Where the errors of a rule stand in its form.
PLACES = {"fields": "columns"}


class RuleForm(forms.ModelForm):
    """One rule. ``page`` are the fields it may stand on, also those that are saved with it."""

    kind = forms.ChoiceField(label=_("Rule"), initial="unique")
    columns = FieldsField(label=_("Fields"), required=False)
    operator = forms.ChoiceField(label=_("Is"), required=False, initial="<")
    other = forms.CharField(label=_("Compared with"), required=False, widget=forms.Select)
    value = forms.CharField(label=_("Value"), required=False, max_length=500)

    class Meta:
        model = DynamicConstraint
        fields = ["kind", "label"]
        widgets = {"label": forms.TextInput(attrs={"placeholder": _("Made from the rule")})}

    def __init__(self, *args: Any, page: PageFields, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        self.rule: ConstraintSchema | None = None  # once it is found to be possible
        self.goes_with = ""  # the label of the field that is removed, and this rule with it
        self.fields["kind"].choices = [(kind.slug, kind.label) for kind in KINDS.values()]
        self.fields["operator"].choices = [
            (slug, f"{op.symbol}  {op.words}") for slug, op in OPERATORS.items()
        ]
        self.fields["columns"].choices = page.choices
        self.fields["other"].widget.choices = [("", _("a value:")), *page.choices]
        if self.instance.pk:
            self._show(self.instance)

    def _show(self, saved: DynamicConstraint) -> None:
        rule = saved.rule
        self.initial |= {
            "columns": [str(id) for id in saved.fields],
            "operator": rule.get("operator", "<"),
            "other": str(rule.get("other", "")),
            "value": rule.get("value", ""),
        }

    # --- Validation ---

    def _post_clean(self) -> None:
        """Judge the rule by the fields as the page has them; the model would by those that are saved."""
        if self.errors or self.cleaned_data.get("DELETE"):
            return
        chosen = [*self.cleaned_data["columns"], self._other()]
        if not all(self._is_usable(ref) for ref in chosen if ref):
            return
        try:
            self.rule = clean_constraint(self._as_written(), self.page.table)
        except ValidationError as error:
            for where, errors in error.error_dict.items():
                self.add_error(PLACES.get(where, where), errors)

    def _other(self) -> str:
        return self.cleaned_data["other"] if KINDS[self.cleaned_data["kind"]].is_comparison else ""

    def _is_usable(self, ref: str) -> bool:
        """Whether the rule can be judged by this field; if not, what becomes of the rule."""
        place = "columns" if ref in self.cleaned_data["columns"] else "other"
        if ref not in self.page:
            self.add_error(place, _("The table does not have this field any more: choose another."))
            return False
        field = self.page[ref]
        if not field.is_removed:
            return field.schema is not None  # else the page comes back for the field's sake
        if self.instance.pk:
            self.goes_with = field.label
        else:
            self.add_error(place, _("“%(field)s” is removed: choose another field.") % {"field": field.label})
        return False

    def _as_written(self) -> ConstraintSchema:
        data = self.cleaned_data
        compared = {"operator": data["operator"], "value": data["value"]}
        if other := self._other():
            compared = {"operator": data["operator"], "other": self.page[other].id}
        return ConstraintSchema(
            id=self.instance.pk or 0,
            kind=data["kind"],
            fields=tuple(self.page[ref].id for ref in data["columns"]),
            label=data["label"].strip(),
            rule=compared,
        )

    # --- Saving ---

    def save(self, commit: bool = True) -> DynamicConstraint:
        """Save the rule, with the ids that its fields have by now."""
        rule, instance = self.rule, self.instance
        if rule is None:
            return instance
        instance.kind, instance.label = rule.kind, rule.label
        instance.fields = [self.page.saved_id(id) for id in rule.fields]
        instance.rule = dict(rule.rule)
        if "other" in instance.rule:
            instance.rule["other"] = self.page.saved_id(rule.rule["other"])
        return super().save(commit)
