"""What a revision changed, as lines that a page shows: before and after, in the words of forms."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.forms import ChoiceField, Field
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from dynadmin.constraints import KINDS
from dynadmin.displays import write_display
from dynadmin.exceptions import UnknownFieldType
from dynadmin.factory import is_installed
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.relations.targets import TargetField
from dynadmin.kinds import PLAIN, kinds
from dynadmin.plan.revised import constraint_in, live_field_in
from dynadmin.registry import registry
from dynadmin.schema import TARGET, ConstraintSchema, FieldSchema, TableSchema

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
MOST_LINES = 200
LONGEST_VALUE = 300


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is different. ``kind`` is "added", "removed" or "changed"."""

    kind: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class TableDiff:
    """What became of one table; ``more`` is the number of lines beyond those that are shown."""

    table: TableSchema
    kind: str
    words: str
    lines: tuple[Line, ...] = ()
    more: int = 0


def diff_of(before: TableSchema | None, after: TableSchema) -> TableDiff:
    """Return what is different between two states of a table."""
    lines = list(_lines(before, after))
    kind, words = _fate(before, after)
    return TableDiff(
        table=after, kind=kind, words=words, lines=tuple(lines[:MOST_LINES]), more=len(lines[MOST_LINES:])
    )


def _fate(before: TableSchema | None, after: TableSchema) -> tuple[str, str]:
    if after.released:
        return REMOVED, _("handed over to %(model)s") % {"model": after.released}
    if after.purged:
        return REMOVED, _("deleted for good")
    if before is None:
        return ADDED, _("created")
    if before.retired and not after.retired:
        return ADDED, _("restored")
    if after.retired and not before.retired:
        return REMOVED, _("deleted; its rows are kept")
    return CHANGED, _("changed")


def _lines(before: TableSchema | None, after: TableSchema) -> Iterator[Line]:
    if before is None:
        before = TableSchema(id=after.id, name="")
    if after.purged or (after.retired and not before.retired):
        return
    yield from _table_lines(before, after)
    for id in dict.fromkeys(f.id for f in (*after.live_fields, *before.live_fields)):
        yield from _field_lines(live_field_in(before, id), live_field_in(after, id))
    yield from _order_lines(before, after)
    for id in dict.fromkeys(c.id for c in (*before.constraints, *after.constraints)):
        yield from _constraint_lines(before, after, id)
    yield from _purged_lines(before, after)


# --- Lines about the table itself ---


def _table_lines(before: TableSchema, after: TableSchema) -> Iterator[Line]:
    words = {
        "name": _("Name"),
        "label": _("Label"),
        "description": _("Description"),
        "folder": _("Folder"),
    }
    for attribute, what in words.items():
        yield from _changed(what, getattr(before, attribute), getattr(after, attribute))
    kinds_before, kinds_after = ("" if t.kind == PLAIN else kinds.label_of(t.kind) for t in (before, after))
    yield from _changed(_("Kind"), kinds_before, kinds_after)
    yield from _changed(
        _("Row history"), *(_("kept") if t.keeps_history else _("not kept") for t in (before, after))
    )
    yield from _changed(_("Rows are called"), _display(before), _display(after))


def _display(table: TableSchema) -> str:
    return write_display(table.display, {field.id: field.name for field in table.fields})


def _order_lines(before: TableSchema, after: TableSchema) -> Iterator[Line]:
    ids = {f.id for f in before.live_fields} & {f.id for f in after.live_fields}
    old, new = ([f for f in table.live_fields if f.id in ids] for table in (before, after))
    if [f.id for f in old] != [f.id for f in new]:
        yield from _changed(_("Order of the fields"), _labels(old), _labels(new))


def _labels(fields: Iterable[FieldSchema]) -> str:
    return ", ".join(field.label or field.name for field in fields)


def _constraint_lines(before: TableSchema, after: TableSchema, id: int) -> Iterator[Line]:
    old, new = constraint_in(before, id), constraint_in(after, id)
    if old == new:
        return
    kind = REMOVED if new is None else ADDED if old is None else CHANGED
    texts = [_constraint_words(state, table) for state, table in ((old, before), (new, after))]
    yield Line(kind=kind, what=_("Rule"), before=_cut(texts[0]), after=_cut(texts[1]))


def _constraint_words(constraint: ConstraintSchema | None, table: TableSchema) -> str:
    if constraint is None:
        return ""
    words = KINDS[constraint.kind].statement(constraint, table)
    return f"{words} ({constraint.label})" if constraint.label else words


def _purged_lines(before: TableSchema, after: TableSchema) -> Iterator[Line]:
    kept = {field.column for field in (*after.fields, *after.originals)}
    for field in (*before.retired_fields, *before.originals):
        if field.column not in kept:
            what = _("Original values of field “%(field)s”") if field.conversion else _("Field “%(field)s”")
            words = {"field": field.label or field.name}
            yield Line(kind=REMOVED, what=what % words, after=_("deleted for good"))


# --- Lines about a field ---


def _field_lines(old: FieldSchema | None, new: FieldSchema | None) -> Iterator[Line]:
    field = new or old
    words = {"field": (field.label or field.name) if field else ""}
    what = _("Field “%(field)s”") % words
    if old is None or new is None:
        kind = REMOVED if new is None else ADDED
        yield Line(kind=kind, what=what, before=_summary(old), after=_summary(new))
        return
    pairs = [(_("name"), old.name, new.name), (_("label"), old.label, new.label)]
    if old.type != new.type:
        pairs.append((_("type"), type_label(old.type), type_label(new.type)))
    for part, was, made in pairs:
        yield from _changed(f"{what}: {part}", was, made)
    for label, was, made in _option_changes(old, new):
        yield from _changed(f"{what}: {label}", was, made)


def _option_changes(old: FieldSchema, new: FieldSchema) -> Iterator[tuple[str, str, str]]:
    """Yield label, value before and value after of each option that is different.

    An option that only one of two types has, as it is by default, is none.
    """
    labels = {**option_labels(old.type), **option_labels(new.type)}
    told = {**_told_options(old), **_told_options(new)}
    for key in {**old.options, **new.options}:
        was, made = old.options.get(key), new.options.get(key)
        if was != made and (key in told or (key in old.options and key in new.options)):
            words = option_in_words(old.type, key, was), option_in_words(new.type, key, made)
            yield labels.get(key, key), *words


def _summary(field: FieldSchema | None) -> str:
    """Return the type of a field, and the options that are not as they are by default."""
    if field is None:
        return ""
    labels = option_labels(field.type)
    told = (
        f"{labels.get(key, key)}: {option_in_words(field.type, key, value)}"
        for key, value in _told_options(field).items()
    )
    return _cut("; ".join([type_label(field.type), *told]))


def _told_options(field: FieldSchema) -> dict[str, Any]:
    """Return the options that are not as they are by default."""
    usual = {key: form_field.initial for key, form_field in _forms_of(field.type).items()}
    return {key: value for key, value in field.options.items() if (usual.get(key) or False) != value}


def type_label(slug: str) -> str:
    """Return what people call a type; its slug if it is not installed."""
    try:
        return str(field_types[slug].label)
    except UnknownFieldType:
        return slug


def option_labels(slug: str) -> dict[str, str]:
    """Return what people call the options of a type."""
    return {name: str(field.label or name) for name, field in _forms_of(slug).items()}


def _forms_of(slug: str) -> Mapping[str, Field]:
    """Return the form fields of a type's options by name."""
    try:
        return field_types[slug].options_form.base_fields
    except UnknownFieldType:
        return {}


def option_in_words(slug: str, key: str, value: Any) -> str:
    """Return the value of a type's option as the form says it: a choice, or a table, by its label."""
    form_field = _forms_of(slug).get(key)
    if isinstance(form_field, TargetField):
        return _table_in_words(str(value or ""))
    if isinstance(form_field, ChoiceField) and isinstance(value, str):
        return str(dict(form_field.choices).get(value, in_words(value)))
    return in_words(value)


def _table_in_words(target: str) -> str:
    """Return what people call what a relation refers to."""
    found = TARGET.fullmatch(target)
    if found is None:
        return target if not is_installed(target) else str(apps.get_model(target)._meta.verbose_name_plural)
    table = registry.newest.schema.tables.get(int(found[1]))
    return target if table is None else table.label or table.name


def in_words(value: Any) -> str:
    """Return an option's value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        parts = [in_words(part) for part in value.values() if part not in (None, "")]
        first, *more = dict.fromkeys(parts or [""])
        return f"{first} ({', '.join(more)})" if more else first
    if isinstance(value, list | tuple):
        return ", ".join(in_words(part) for part in value)
    return "" if value is None else str(value)


def _changed(what: str, before: str, after: str) -> Iterator[Line]:
    if before != after:
        kind = CHANGED if before and after else ADDED if after else REMOVED
        yield Line(kind=kind, what=what, before=_cut(before), after=_cut(after))


def _cut(text: str) -> str:
    return Truncator(text).chars(LONGEST_VALUE)
