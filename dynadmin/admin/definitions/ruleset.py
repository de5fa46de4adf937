"""All rules of a table, beside its fields."""

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin.admin.definitions.references import PageFields
from dynadmin.admin.definitions.rows import PageFormSet
from dynadmin.admin.definitions.rules import RuleForm
from dynadmin.constraints import KINDS, MOST_RULES
from dynadmin.models import DynamicConstraint


class RuleFormSet(PageFormSet):
    """All rules of a table. Their fields are those of the formset of fields, which is made before."""

    @cached_property
    def page(self) -> PageFields:
        return PageFields(self.beside.get("fields"))

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "page": self.page}

    def clean(self) -> None:
        """Refuse too many rules, and the same one twice."""
        if not self.management_form.is_valid():
            return
        if len(self.kept_forms) > MOST_RULES:
            message = _("A table has at most %(limit)d rules.")
            raise ValidationError(message, code="too_many", params={"limit": MOST_RULES})
        seen = []
        for form in self.kept_forms:
            essence = _essence(form)
            if essence and essence in seen:
                form.add_error("kind", _("The same rule is there already."))
            seen.append(essence)

    def save(self, commit: bool = True) -> Any:
        """Save all rules; those whose field is removed go with it."""
        saved = super().save(commit)
        gone = [form.instance.pk for form in self.forms if form.goes_with and form.instance.pk]
        DynamicConstraint.objects.filter(pk__in=gone).delete()
        for position, form in enumerate(self.kept_forms):
            if form.instance.pk and form.instance.position != position:
                DynamicConstraint.objects.filter(pk=form.instance.pk).update(position=position)
        return saved


def _essence(form: RuleForm) -> Any:
    """Return what makes two rules the same."""
    rule = form.rule
    if rule is None:
        return None
    fields = rule.fields if KINDS[rule.kind].is_ordered else sorted(rule.fields)
    return rule.kind, list(fields), dict(rule.rule)
