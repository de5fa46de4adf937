"""What a row is called: the display expression of its table, such as ``{tail} ({manufacturer})``.

It is kept as ids of fields and the texts between them, so that it survives the renaming of a field. A table
without one calls a row by the first of its texts that is not empty.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from string import Formatter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _

from dynadmin.fieldtypes.cells import to_text
from dynadmin.options import refuse_unstorable
from dynadmin.schema import Display, FieldSchema, TableSchema

MOST_FIELDS = 8
LONGEST = 200
# What is fetched of a long text that is part of a name.
FETCHED = 160

# What is left of the texts between fields that are empty.
EMPTY_BRACKETS = ("()", "[]", "{}", "“”")
SEPARATORS = " ,;:-–—·/|"


# --- From what people write to what is kept, and back ---


def parse_display(text: str, ids: Mapping[str, int]) -> Display:
    """Return the display expression that the text means; ``ids`` are those of the fields it may name.

    Raises ValidationError.
    """
    refuse_unstorable(text)
    if len(text) > LONGEST:
        raise ValidationError(_("It has at most %(most)d characters."), "long", {"most": LONGEST})
    display: list[int | str] = []
    for literal, name in _parts(text):
        if literal:
            display.append(literal)
        if name is not None:
            display.append(_known(name.strip(), ids))
    if display and not any(isinstance(part, int) for part in display):
        raise ValidationError(_("It names no field: write the name of one in braces."), "no_field")
    if sum(isinstance(part, int) for part in display) > MOST_FIELDS:
        raise ValidationError(_("It names more than %(most)d fields."), "many", {"most": MOST_FIELDS})
    return tuple(display)


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each text with the name in braces that follows it, if one does. Raises ValidationError."""
    try:
        for literal, name, form, conversion in Formatter().parse(" ".join(normalize_newlines(text).split())):
            if form or conversion:
                raise ValueError
            yield literal, name
    except ValueError:
        message = _("A brace is not closed. Write {name} for a field, and {{ for a brace.")
        raise ValidationError(message, code="braces") from None


def _known(name: str, ids: Mapping[str, int]) -> int:
    if name in ids:
        return ids[name]
    message = _("There is no field “%(name)s” that can be part of it. There are: %(names)s.")
    raise ValidationError(message, code="unknown", params={"name": name[:50], "names": ", ".join(ids)})


def write_display(display: Iterable[int | str], names: Mapping[int, str]) -> str:
    """Return a display expression as people write it, without the fields that are not among the names."""
    parts = (
        part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else f"{{{names[part]}}}"
        for part in display
        if isinstance(part, str) or part in names
    )
    return "".join(parts)


def can_be_shown(field: FieldSchema) -> bool:
    """Whether a field may be part of what its row is called.

    A relation may not: a name is read by many who may not see what the row refers to.
    """
    return field.stored == "column" and not field.target


# --- From a row to a text ---


class RowText:
    """What the rows of one table are called. ``fields`` are what has to be known of a row."""

    def __init__(self, table: TableSchema, fields: Iterable[models.Field]) -> None:
        by_id = {f.field_id: f for f in fields if hasattr(f, "field_id")}
        shown = {f.id: by_id[f.id] for f in table.live_fields if can_be_shown(f) and f.id in by_id}
        # A field that is gone is as one that is empty.
        self.parts = [part if isinstance(part, str) else shown.get(part) for part in table.display]
        self.fields = [part for part in self.parts if isinstance(part, models.Field)]
        self.is_given = bool(self.fields)
        if not self.is_given:
            self.fields = [field for field in by_id.values() if names_a_row(field)]

    def of(self, value_of: Callable[[models.Field], Any], pk: Any) -> str:
        """Return what the row is called whose values these are."""
        text = self._joined(value_of) if self.is_given else self._first(value_of)
        return text or f"#{pk}"

    def _first(self, value_of: Callable[[models.Field], Any]) -> str:
        return next((str(text) for field in self.fields if (text := value_of(field))), "")

    def _joined(self, value_of: Callable[[models.Field], Any]) -> str:
        told = {field: words_of(field, value_of(field)) for field in self.fields}
        if not any(told.values()):
            return ""
        words = [part if isinstance(part, str) else told.get(part, "") for part in self.parts]
        text = "".join(words)
        if all(words):
            return text
        for brackets in EMPTY_BRACKETS:
            text = text.replace(brackets, "")
        return " ".join(text.split()).strip(SEPARATORS)


def names_a_row(field: models.Field) -> bool:
    """Whether a field names rows where nobody said what does: a text, but no choice that many rows share."""
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def words_of(field: models.Field, value: Any) -> str:
    """Return a value as people read it; ``""`` for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(dict(field.flatchoices).get(value) or (_("Yes") if value else _("No")))
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None).isoformat(" ", "minutes")
    labels = {str(key): str(label) for key, label in field.flatchoices}
    return labels.get(str(value)) or to_text(field, value)


def text_of_rows(model: type[models.Model]) -> RowText:
    """Return what the rows of a table's class are called; made once a class."""
    key = "displays:text"
    if key not in model.derived:
        fields = model._meta.local_concrete_fields
        model.derived.setdefault(key, RowText(model.table_schema, fields))
    return model.derived[key]


def text_of(row: models.Model) -> str:
    """Return what a row is called."""
    return text_of_rows(type(row)).of(lambda field: getattr(row, field.attname), row.pk)


def fetch_texts(model: type[models.Model], ids: Iterable[Any], *, alias: str | None = None) -> dict[Any, str]:
    """Return what the rows with these ids are called, of any model, by id. One query, none without ids."""
    ids = set(ids)
    if not ids:
        return {}
    rows = model._base_manager.using(alias).filter(pk__in=ids)
    if not hasattr(model, "table_schema"):
        return {row.pk: str(row) for row in rows}
    text = text_of_rows(model)
    columns = {f"_{f.attname}": _start_of(f) for f in text.fields}
    found = rows.values("pk", **columns)
    return {row["pk"]: text.of(lambda f, row=row: row[f"_{f.attname}"], row["pk"]) for row in found}


def _start_of(field: models.Field) -> Any:
    is_long = isinstance(field, models.TextField) and not field.choices
    return Left(field.name, FETCHED) if is_long else models.F(field.name)
