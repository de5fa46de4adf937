"""A table made from some columns of another: from a flat file to related tables.

The distinct combinations of the columns become its rows, told by the first column; the other table refers to
them in the place of that column. Three steps, each whole in itself: the new table, its rows, and the
relation. Whatever ends between two of them, calling it again goes on; nothing is lost at any time, as what
goes is retired.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import NotApplied, RefusedChange
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import to_text
from dynadmin.models.definitions import DynamicField, DynamicModel
from dynadmin.models.drafting import waiting_tables
from dynadmin.naturalkeys import key_named, why_not_enough
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import FieldSchema, TableSchema, target_of

MOST_SHOWN = 20
CHUNK = 2_000
# Options of the column that the relation in its place has as well.
KEPT = ("blank", "help_text", "unique")

Combination = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A value of the first column that stands beside different values of the others, as texts."""

    key: str
    others: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What a table would be made of. ``rows`` are what it gets, ``without_key`` combinations that get none.

    ``conflicts`` are the first of ``conflicting`` keys, ``samples`` the first of the rows, as texts.
    """

    columns: tuple[FieldSchema, ...]
    rows: int = 0
    conflicting: int = 0
    without_key: int = 0
    conflicts: tuple[Conflict, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of all this: ties a person's yes to what they saw."""
        columns = [column.to_json() for column in self.columns]
        conflicts = [[conflict.key, conflict.others] for conflict in self.conflicts]
        told = [columns, self.rows, self.conflicting, self.without_key, conflicts, self.samples]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def foresee_extraction(table: DynamicModel, names: Sequence[str]) -> Extraction:
    """Return what a table made from these columns would have. Reads only. Raises RefusedChange."""
    source = _Source(table, names)
    rows = conflicting = without_key = 0
    conflicts: list[Conflict] = []
    samples: list[tuple[str, ...]] = []
    for key, combinations, count in source.keyed():
        if key is None:
            without_key += count
            continue
        rows += 1
        if len(samples) < MOST_SHOWN:
            samples.append(source.texts(combinations[0]))
        if len(combinations) > 1:
            conflicting += 1
            if len(conflicts) < MOST_SHOWN:
                texts = [source.texts(combination) for combination in combinations]
                conflicts.append(Conflict(key=texts[0][0], others=tuple(text[1:] for text in texts)))
    return Extraction(
        columns=source.columns,
        rows=rows,
        conflicting=conflicting,
        without_key=without_key,
        conflicts=tuple(conflicts),
        samples=tuple(samples),
    )


def extract(
    table: DynamicModel,
    names: Sequence[str],
    *,
    name: str,
    label: str = "",
    conflicts: str = "stop",
    user: Any = None,
) -> DynamicModel:
    """Make a table of the distinct combinations of these columns, and refer to its rows instead.

    The first column tells the rows. Where it stands beside different values of the others the change is
    refused, or the ``"first"`` of them in order are taken; the columns keep all, as they are retired. The
    last revision, undone, brings them back. Must be called outside transactions. Returns the new definition.
    Raises RefusedChange and what ``sync()`` raises; called again, it goes on where it ended.
    """
    target, _done = apply_extraction(table, names, name=name, label=label, conflicts=conflicts, user=user)
    return target


def apply_extraction(
    table: DynamicModel,
    names: Sequence[str],
    *,
    name: str,
    label: str = "",
    conflicts: str = "stop",
    user: Any = None,
    in_background: bool = False,
) -> tuple[DynamicModel, SchemaRevision | SchemaChange | None]:
    """Extract as ``extract()`` does; return what ``sync()`` returns of the last step, too."""
    source = _Source(table, names)
    if conflicts == "stop" and (found := foresee_extraction(table, names)).conflicting:
        raise RefusedChange(_words_of(found))
    target = _target(source, name, label, user)
    _fill(source, target)
    return target, _refer(source, table, target, user=user, in_background=in_background)


def _words_of(found: Extraction) -> str:
    listed = "; ".join(
        f"{conflict.key}: " + " / ".join(", ".join(other) for other in conflict.others[:3])
        for conflict in found.conflicts[:5]
    )
    message = _(
        "%(count)d values of “%(key)s” stand beside different values of the other columns (%(listed)s). "
        "Mend them, or take the first of each."
    )
    key = found.columns[0]
    return message % {"count": found.conflicting, "key": key.label or key.name, "listed": listed}


class _Source:
    """The columns that a table is made from. Raises RefusedChange for those that cannot be."""

    def __init__(self, table: DynamicModel, names: Sequence[str]) -> None:
        registry.refresh()
        self.schema = registry.newest.schema.tables.get(table.pk)
        if self.schema is None or self.schema.retired:
            raise NotApplied(f"Table {table.name!r} is not in force: call sync() first.")
        self.model = registry.newest.model(table.pk)
        self.columns = _columns(self.schema, self.model, names)

    def keyed(self) -> Iterator[tuple[Any, list[Combination], int]]:
        """Yield each value of the first column, some of the combinations that it is in, and their number.

        None are all that a conversion takes for empty.
        """
        attributes = [column.name for column in self.columns]
        rows = self.model._base_manager.order_by(*attributes).values_list(*attributes).distinct()
        for key, combinations in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: _told(row[0])):
            some, count = [], 0
            for count, combination in enumerate(combinations, 1):
                if count <= MOST_SHOWN:
                    some.append(combination)
            yield key, some, count

    def texts(self, combination: Combination) -> tuple[str, ...]:
        fields = (self.model._meta.get_field(column.name) for column in self.columns)
        return tuple(to_text(field, value) for field, value in zip(fields, combination, strict=True))


def _told(value: Any) -> Any:
    """Return what tells a row; None if it is empty, as conversions see it."""
    return None if isinstance(value, str) and (not value or value.isspace()) else value


def _columns(table: TableSchema, model: type[Model], names: Sequence[str]) -> tuple[FieldSchema, ...]:
    known = {field.name: field for field in table.live_columns if not field.required_by and not field.target}
    if not names or len(set(names)) < len(names):
        raise RefusedChange(_("Choose at least one column, each once."))
    if unknown := [name for name in names if name not in known]:
        message = _("“%(name)s” is no column from which a table can be made; these are: %(known)s.")
        raise RefusedChange(message % {"name": unknown[0], "known": ", ".join(known)})
    key = known[names[0]]
    if "unique" not in field_types[key.type].options_form.base_fields or key_named(model, key.name) is None:
        message = _("Rows cannot be told by “%(name)s”: values of its type are not for telling rows.")
        raise RefusedChange(message % {"name": key.label or key.name})
    if len(names) == len([field for field in table.live_fields if not field.required_by]) and len(names) > 1:
        raise RefusedChange(_("That is the whole table: leave some of its columns."))
    return tuple(known[name] for name in names)


def _target(source: _Source, name: str, label: str, user: Any) -> DynamicModel:
    """Return the new table, in force. One that an earlier call has made is taken for it."""
    target = DynamicModel.objects.filter(name=name).first()
    if target is None:
        _refuse_if_waiting(source.schema)
        with transaction.atomic():
            target = DynamicModel(name=name, label=label)
            target.full_clean()
            target.save()
            for position, column in enumerate(source.columns):
                _copy(column, target, position)
    if [field.name for field in target.fields.order_by("position")][: len(source.columns)] != [
        column.name for column in source.columns
    ]:
        raise RefusedChange(_("There is a table “%(name)s” already, with other fields.") % {"name": name})
    try:
        target.sync(user=user)
    except RefusedChange:
        if registry.newest.schema.tables.get(target.pk) is None:
            target.fields.all().delete()
            target.delete()
        raise
    return target


def _refuse_if_waiting(table: TableSchema) -> None:
    """Raise RefusedChange where the draft says more: it would be applied with this, or given up."""
    for waiting in waiting_tables(registry.newest.schema, [table.id]):
        message = _("Changes of table “%(table)s” wait to be applied: apply or discard them first.")
        raise RefusedChange(message % {"table": waiting.label or waiting.name})


def _copy(column: FieldSchema, target: DynamicModel, position: int) -> None:
    options = dict(column.options)
    if position == 0:
        # Each is told by its value, which the rows that are made of it have.
        options |= {"unique": True, "db_index": False}
        options.pop("default", None)
    field = DynamicField(
        model=target,
        name=column.name,
        label=column.label,
        type=column.type,
        options=options,
        position=position,
    )
    field.full_clean()
    field.save()


def _fill(source: _Source, target: DynamicModel) -> None:
    """Give the new table the rows that it lacks."""
    model = registry.latest().model(target.pk)
    names = [column.name for column in source.columns]
    with transaction.atomic():
        known = set(model._base_manager.values_list(names[0], flat=True))
        missing = (
            combinations[0]
            for key, combinations, _count in source.keyed()
            if key is not None and key not in known
        )
        while some := list(islice(missing, CHUNK)):
            model._base_manager.bulk_create(_rows(model, names, some), batch_size=500)


def _rows(model: type[Model], names: Sequence[str], combinations: Iterable[Combination]) -> list[Model]:
    return [model(**dict(zip(names, combination, strict=True))) for combination in combinations]


def _refer(
    source: _Source, table: DynamicModel, target: DynamicModel, *, user: Any, in_background: bool
) -> SchemaRevision | SchemaChange | None:
    """Make the first column a relation to the new table, and retire the others."""
    key, *others = source.columns
    model = registry.latest().model(target.pk)
    can_be_made = not why_not_enough(model, model._meta.get_field(key.name))
    # As an earlier call has left it, which may be under way.
    is_waiting = any(waiting_tables(registry.newest.schema, [table.pk]))
    with transaction.atomic():
        field = table.fields.get(name=key.name)
        kept = {name: key.options[name] for name in KEPT if name in key.options}
        field.type, field.options = "foreignkey", {**kept, "target": target_of(target.pk)}
        field.full_clean()
        field.save()
        table.fields.filter(name__in=[other.name for other in others]).delete()
    choices = {"on_failure": "create" if can_be_made else "stop", "answers": {"key": key.name}}
    try:
        return table.sync(
            allow_destructive=True,
            on_failure={key.name: choices},
            user=user,
            in_background=in_background,
        )
    except (RefusedChange, ValidationError):
        if not is_waiting:
            table.revert()
        raise
