"""Undoing what a revision did to one field."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.exceptions import UnknownFieldType
from dynadmin.fieldtypes import field_types
from dynadmin.plan.revised import Conflict, Revised, essence, field_in, live_field_in
from dynadmin.schema import FieldSchema, TableSchema

ABSENT = object()


class FieldUndoing:
    """Works out what becomes of one field: ``wanted`` is the field as it is to be, None if not live.

    ``conflicts`` say what forbids it, ``back`` is the generation to take into use again.
    """

    def __init__(self, revised: Revised, id: int) -> None:
        self.revised, self.id = revised, id
        before = live_field_in(revised.before, id) if revised.before else None
        self.now = field_in(revised.now, id)
        self.conflicts: list[Conflict] = []
        self.notes: list[str] = []
        self.back: int | None = None
        self.wanted = self._work_out(before, live_field_in(revised.after, id))

    def _work_out(self, before: FieldSchema | None, after: FieldSchema | None) -> FieldSchema | None:
        now = self.now if self.now and not self.now.retired else None
        if before and after:
            return self._merged(before, after, now)
        if before:
            return now or self._restored()
        if after and now and essence(now) != essence(after):
            self._conflict(_("Field “%(field)s” of “%(table)s”") % self.words)
        return None if after else now

    def _restored(self) -> FieldSchema | None:
        if self.now is not None:
            return replace(self.now, retired_after=None, place=0)
        self._refuse(self._purged_words())
        return None

    # --- A field that was live before and after ---

    def _merged(self, before: FieldSchema, after: FieldSchema, now: FieldSchema | None) -> FieldSchema | None:
        if essence(before) == essence(after) and before.generation == after.generation:
            return now
        if now is None:
            if self.now is None:
                self._refuse(self._purged_words())
            else:
                self._conflict(_("Field “%(field)s” of “%(table)s”") % self.words)
            return None
        name = self._settle("name", before, after, now)
        label = self._settle("label", before, after, now)
        values = replace(now, name=name, label=label)
        if (before.type, before.generation) != (after.type, after.generation):
            return self._converted_back(before, after, values)
        return replace(values, options=self._options(before, after, now))

    def _settle(self, attribute: str, before: FieldSchema, after: FieldSchema, now: FieldSchema) -> str:
        was, made, current = (getattr(field, attribute) for field in (before, after, now))
        if was == made or current == was:
            return current
        if current != made:
            what = {
                "name": _("The name of field “%(field)s” of “%(table)s”"),
                "label": _("The label of field “%(field)s” of “%(table)s”"),
            }
            self._conflict(what[attribute] % self.words, attribute)
        return was

    def _converted_back(self, before: FieldSchema, after: FieldSchema, now: FieldSchema) -> FieldSchema:
        if (now.type, now.generation) == (before.type, before.generation):
            return now
        if now.generation != after.generation or _values(now) != _values(after):
            self._conflict(_("The type of field “%(field)s” of “%(table)s”") % self.words, "type", "options")
        if any(f.id == self.id and f.generation == before.generation for f in self.revised.now.originals):
            self.back = before.generation
        elif before.stored == "column":
            message = _(
                "The original values of field “%(field)s” of “%(table)s” were deleted for good: "
                "the values of today are converted back."
            )
            self.notes.append(message % self.words)
        return replace(now, type=before.type, options=before.options)

    def _options(self, before: FieldSchema, after: FieldSchema, now: FieldSchema) -> dict[str, Any]:
        """Return the options, each that the revision changed as it was before."""
        changed = list(_changed(before, after))
        if changed and now.type != after.type:
            self._conflict(_("The type of field “%(field)s” of “%(table)s”") % self.words, "type")
            return dict(now.options)
        options = dict(now.options)
        for key in changed:
            was, made, current = (field.options.get(key, ABSENT) for field in (before, after, now))
            if current not in (was, made):
                self._conflict(self._option_words(key), "options")
            options[key] = was
        return self._cleaned(now, {key: value for key, value in options.items() if value is not ABSENT})

    def _option_words(self, key: str) -> str:
        return _("The option %(option)s of field “%(field)s” of “%(table)s”") % (self.words | {"option": key})

    def _cleaned(self, field: FieldSchema, options: dict[str, Any]) -> dict[str, Any]:
        """Return the options if they go together, which those of two revisions need not."""
        if options == dict(field.options):
            return options
        try:
            return field_types[field.type].clean_options(options)
        except (ValidationError, UnknownFieldType) as error:
            reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            message = _(
                "The former options of field “%(field)s” of “%(table)s” do not fit any more: %(reason)s"
            )
            self._refuse(message % (self.words | {"reason": reason}))
            return options

    # --- Words ---

    @property
    def words(self) -> dict[str, str]:
        field = self.now or field_in(self.revised.after, self.id) or field_in(self._had, self.id)
        table = self.revised.now
        return {
            "field": (field.label or field.name) if field else str(self.id),
            "table": table.label or table.name,
        }

    def _purged_words(self) -> str:
        return _("Field “%(field)s” of “%(table)s” was deleted for good; its values are gone.") % self.words

    @property
    def _had(self) -> TableSchema:
        return self.revised.before or self.revised.after

    def _conflict(self, what: str, *attributes: str) -> None:
        """Note that a later revision changed the field again, in these attributes or in any."""

        def read(table: TableSchema) -> Any:
            field = live_field_in(table, self.id)
            if field is None or not attributes:
                return essence(field)
            return [getattr(field, attribute) for attribute in attributes]

        self.conflicts.append(self.revised.changed_again(read, what))

    def _refuse(self, message: str) -> None:
        def read(table: TableSchema) -> bool:
            return field_in(table, self.id) is None

        revision = self.revised.last_change(read)
        self.conflicts.append(Conflict(message=message, table=self.revised.now.id, revision=revision))


def _values(field: FieldSchema) -> tuple[str, dict[str, Any]]:
    return field.type, dict(field.options)


def _changed(before: FieldSchema, after: FieldSchema) -> Iterator[str]:
    """Yield the options that differ."""
    for key in {**before.options, **after.options}:
        if before.options.get(key, ABSENT) != after.options.get(key, ABSENT):
            yield key
