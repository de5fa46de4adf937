"""What two people who edited one table at the same time have to know about each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.admin.definitions.fields import FieldForm
from dynadmin.admin.definitions.forms import DefinitionForm
from dynadmin.admin.definitions.formset import FieldFormSet
from dynadmin.admin.definitions.ruleset import RuleFormSet
from dynadmin.models import DynamicField, DynamicModel


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Who saved last, what they changed, and where the draft as saved differs from what is about to be."""

    author: str
    moment: datetime | None
    change: str
    differences: list[str]


def find_conflict(form: DefinitionForm, fields: FieldFormSet, rules: RuleFormSet) -> Conflict:
    """Return what to tell the person whose page was older than the draft."""
    saved = DynamicModel.objects.get(pk=form.instance.pk)
    entry = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(DynamicModel), object_id=str(saved.pk)
    ).first()
    return Conflict(
        author=entry.user.get_username() if entry else "",
        moment=entry.action_time if entry else None,
        change=entry.get_change_message() if entry else "",
        differences=[
            *_differences_of_table(saved, form),
            *_differences_of_fields(saved, fields),
            *_differences_of_rules(saved, rules),
        ],
    )


def _differences_of_table(saved: DynamicModel, form: DefinitionForm) -> Iterator[str]:
    for attribute in (*form.Meta.fields, "display_text"):
        # A label that nobody gave is shown as the one that the name suggests.
        theirs = str(saved) if attribute == "label" else getattr(saved, attribute)
        yours = form[attribute].value() or ""
        if theirs != yours:
            words = {"what": capfirst(form[attribute].label), "theirs": theirs, "yours": yours}
            yield _("%(what)s: “%(theirs)s” is saved, “%(yours)s” is yours.") % words


def _differences_of_fields(saved: DynamicModel, formset: FieldFormSet) -> Iterator[str]:
    forms = {form.instance.pk: form for form in formset.forms if form.instance.pk}
    for field in saved.fields.all():
        if field.pk not in forms:
            yield _("Field “%(field)s” was added; it stays.") % {"field": field}
        elif forms[field.pk] in formset.deleted_forms:
            yield _("Field “%(field)s” is saved; you remove it.") % {"field": field}
        else:
            yield from _differences_of_field(field, forms[field.pk])


def _differences_of_rules(saved: DynamicModel, formset: RuleFormSet) -> Iterator[str]:
    forms = {form.instance.pk: form for form in formset.forms if form.instance.pk}
    for rule in saved.constraints.all():
        words = {"rule": rule.in_words()}
        if rule.pk not in forms:
            yield _("A rule was added, and stays: %(rule)s.") % words
        elif forms[rule.pk] in formset.deleted_forms:
            yield _("A rule is saved that you remove: %(rule)s.") % words
        elif forms[rule.pk].has_changed():
            yield _("A rule differs; saved is: %(rule)s.") % words


def _differences_of_field(field: DynamicField, form: FieldForm) -> Iterator[str]:
    differing = [name for name in form.changed_data if name in form.Meta.fields]
    if differing:
        labels = ", ".join(str(form[name].label).lower() for name in differing)
        yield _("Field “%(field)s” differs: %(labels)s.") % {"field": field, "labels": labels}
