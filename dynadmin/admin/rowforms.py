"""The form of a row, which overwrites nobody unseen.

Between opening a form and saving it somebody else may change the row, delete it, or change the table. Fields
that only they have touched keep their value. Where both touched the same field, and where the table is no
longer the one the form showed, nothing is saved: the person's input is kept, what is new is said, and saving
once more then means it.
"""

from functools import cached_property
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db import models
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from dynadmin.admin.columns import words_for
from dynadmin.admin.posted import Posted
from dynadmin.admin.rowtokens import SeenField, Token, digest, key_of, value_in
from dynadmin.related import fields_of, is_relation

OPENED = "_opened"


class RowForm(forms.ModelForm):
    """A model form that knows what it showed when it was opened. ``token`` belongs into a hidden input."""

    refusal = ""  # why the row was refused already

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.opened = Token.loads(self.data.get(OPENED, "")) if self.is_bound else None
        # Taken now: validation writes into the instance.
        self.fresh = Token.of(self.instance, self.model_fields.values())
        self.surprises = [self.refusal] if self.refusal else []
        self.conflicts: list[str] = []
        self.merged: list[str] = []
        self._untouched: set[str] = set()
        self._judges_rules = False
        self._allow_present()
        if self.opened:
            self._follow_row()
            self._follow_table()

    def _allow_present(self) -> None:
        """Let a row keep what it refers to, also where the limit would not allow to choose it any more."""
        for name, field in self.model_fields.items():
            chooser = self.fields[name]
            if is_relation(field) and (limit := chooser.get_limit_choices_to()) and self.instance.pk:
                present = value_in(field, self.instance)
                present = present if isinstance(present, list) else [present]
                chooser.queryset = self.base_fields[name].queryset.filter(limit | models.Q(pk__in=present))

    def _get_validation_exclusions(self):
        excluded = super()._get_validation_exclusions()
        if self._judges_rules:
            return excluded
        # A relation that nobody touched may refer to what could not be chosen any more.
        relations = {name for name, field in self.model_fields.items() if is_relation(field)}
        return excluded | (relations & self._untouched)

    def validate_unique(self):
        self._judges_rules = True  # which stand on all values, whoever entered them
        super().validate_unique()

    def validate_constraints(self):
        self._judges_rules = True
        super().validate_constraints()

    @cached_property
    def model_fields(self) -> dict[str, models.Field]:
        """The model fields behind the form's fields, by name."""
        return {f.name: f for f in fields_of(self._meta.model) if f.name in self.fields}

    @property
    def token(self) -> str:
        """What the next page shows: as before, unless it tells the person something new."""
        if self.opened and not self.is_overtaken:
            return self.data[OPENED]
        return self.fresh.dumps()

    @property
    def is_overtaken(self) -> bool:
        """Whether nothing was saved because of what somebody else did."""
        return bool(self.surprises or self.conflicts)

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in self._untouched]

    # --- The row and the table may have changed ---

    def _follow_row(self) -> None:
        if self.opened.row is not None and self.instance._state.adding:
            self.surprises.append(
                _("Somebody else has deleted this row. Saving again adds what you see here as a new row.")
            )

    def _follow_table(self) -> None:
        """Bring the input of a form opened under an earlier definition of the table into this one."""
        before, now = self.opened.fields, self.fresh.fields
        posted = Posted(self.data, self.files, names={seen.name for seen in before.values()})
        both = [column for column in before if column in now]
        posted.rename({before[c].name: now[c].name for c in both if before[c].name != now[c].name})
        for column in both:
            self._tell_changed(before[column], now[column])
        for column in before.keys() - now.keys():
            self._tell_removed(before[column], posted.words(before[column].name))
        for column in now.keys() - before.keys():
            name = now[column].name
            posted.fill(self[name], self.get_initial_for_field(self.fields[name], name))
            self.surprises.append(_("There is a new field “%s”.") % now[column].label)
        self.data, self.files = posted.result()

    def _tell_removed(self, seen: SeenField, words: str) -> None:
        message = _("Field “%(label)s” was removed.")
        if words:
            message = _("Field “%(label)s” was removed; you had entered: %(words)s")
        self.surprises.append(message % {"label": seen.label, "words": words})

    def _tell_changed(self, seen: SeenField, now: SeenField) -> None:
        if seen.label != now.label:
            words = {"old": seen.label, "new": now.label}
            self.surprises.append(_("Field “%(old)s” is now called “%(new)s”.") % words)
        if seen.kind != now.kind:
            self.surprises.append(_("Field “%s” is of another type now.") % now.label)

    # --- Validation ---

    def clean(self):
        cleaned = super().clean()
        if not self.instance._state.adding:
            for name, field in self.model_fields.items():
                self._settle(name, field)
        if self.conflicts:
            self._show_merged()
            self.add_error(None, self._who())
        if self.is_overtaken:
            self._ask_for_files()
        if self.surprises:
            last = _("Nothing was saved yet, and your input is kept: look it over, then save again.")
            self.add_error(None, [*self.surprises, last])
        return cleaned

    def _show_merged(self) -> None:
        """Show what only they have touched as it is now, or saving again would undo it."""
        posted = Posted(self.data, self.files)
        for name in self.merged:
            posted.fill(self[name], value_in(self.model_fields[name], self.instance))
        self.data, self.files = posted.result()

    def _ask_for_files(self) -> None:
        for name in self.model_fields:
            if self.add_prefix(name) in self.files:
                self.add_error(name, _("Please choose the file again: no browser keeps it."))

    def _who(self) -> str:
        """Return who else changed the row, and when, as far as the history knows."""
        since = {"action_time__gte": self.opened.opened_at, "object_id": str(self.instance.pk)}
        content_type = get_content_type_for_model(self.instance)
        entry = LogEntry.objects.filter(content_type=content_type, **since).select_related("user").first()
        if entry is None:
            return _("Somebody else changed this row while you were editing. Nothing was saved yet.")
        words = {
            "user": entry.user.get_username(),
            "time": time_format(timezone.template_localtime(entry.action_time)),
        }
        return _("%(user)s changed this row at %(time)s. Nothing of yours was saved yet.") % words

    def _settle(self, name: str, field: models.Field) -> None:
        """Decide between the value of this form and the one in the database."""
        if name not in self.cleaned_data:
            return
        current = value_in(field, self.instance)
        mine, theirs = digest(field, self.cleaned_data[name]), digest(field, current)
        seen = self.opened.fields.get(key_of(field)) if self.opened else None
        loaded = seen.digest if seen else theirs
        if mine == loaded or not self[name]._has_changed():
            self._untouched.add(name)
            if is_relation(field):
                del self.cleaned_data[name]  # the row has it already
            else:
                self.cleaned_data[name] = current
            if theirs != loaded:
                self.merged.append(name)
        elif loaded != theirs != mine:
            self._tell_conflict(name, field, current)

    def _tell_conflict(self, name: str, field: models.Field, current: Any) -> None:
        self.conflicts.append(name)
        message = _(
            "Somebody else changed this to: %(value)s. "
            "Your input is kept; saving again puts it in the place of theirs."
        )
        words = self.words_of_targets(field, current) if is_relation(field) else words_for(field, current)
        self.add_error(name, message % {"value": words})

    def words_of_targets(self, field: models.Field, current: Any) -> str:
        """Return what the rows are called that the row refers to; replaced by what knows the person."""
        return words_for(field, current)
