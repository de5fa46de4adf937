"""Which fields of a plan are converted, and what their conversion brings along."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.conversion import Choices
from dynadmin.fieldtypes import field_types
from dynadmin.plan.fields import ConvertField
from dynadmin.schema import FieldSchema, TableSchema

LONGEST_TEXT = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What was decided about fields, by their ids; see ``make_plan``."""

    choices: Mapping[int, Choices]
    new_ids: Mapping[int, int]
    back: Mapping[int, int]

    def of(self, field: FieldSchema) -> Choices:
        return self.choices.get(field.id, Choices())


def with_conversions(
    old: TableSchema, new: TableSchema, base_revision: int, deciding: Decisions
) -> TableSchema:
    """Return the table with its converted fields in new columns, and the old columns as originals."""
    before = {f.id: f for f in old.fields}
    fields: list[FieldSchema] = []
    originals = list(old.originals)
    for field in new.fields:
        was = before.get(field.id)
        if was is None or not _is_converted(was, field, deciding):
            fields.append(field)
            continue
        converted = replace(field, generation=_next_generation(old, field, deciding))
        record = deciding.of(field).to_json() | {"into": converted.generation}
        record |= _undid(originals, converted)
        originals = [f for f in originals if f.column != converted.column]
        originals.append(replace(was, retired_after=base_revision, place=0, conversion=record))
        fields += [converted, *_kept_texts(new, field, deciding)]
    return replace(new, fields=tuple(fields), originals=tuple(originals))


def make_operation(
    before: TableSchema, table: TableSchema, old: FieldSchema, new: FieldSchema, deciding: Decisions
) -> ConvertField:
    """Return the operation that fills the new column of a field."""
    kept = deciding.new_ids.get(new.id) if deciding.of(new).on_failure == "keep" else None
    return ConvertField(
        table=table,
        field=new,
        old=old,
        choices=deciding.of(new),
        keep_in=table.field(kept) if kept is not None else None,
        original=next((f for f in before.originals if f.column == new.column), None),
    )


def _is_converted(old: FieldSchema, new: FieldSchema, deciding: Decisions) -> bool:
    if old.stored == new.stored != "column":
        return False  # links, and what is computed, have no column of values
    if old.type != new.type or new.id in deciding.back:
        return True
    if old.target != new.target and new.stored == "column":
        return True  # the ids of rows are those of other rows
    return dict(old.options) != dict(new.options) and deciding.of(new).on_failure != "stop"


def _next_generation(table: TableSchema, field: FieldSchema, deciding: Decisions) -> int:
    if field.id in deciding.back:
        return deciding.back[field.id]
    return 1 + max(f.generation for f in (*table.fields, *table.originals) if f.id == field.id)


def _undid(originals: Iterable[FieldSchema], taken: FieldSchema) -> dict[str, Any]:
    """Return the record of the conversion that is taken back, if one is."""
    for original in originals:
        if original.column == taken.column:
            return {"undid": {key: part for key, part in original.conversion.items() if key != "undid"}}
    return {}


def _kept_texts(table: TableSchema, field: FieldSchema, deciding: Decisions) -> Iterator[FieldSchema]:
    """Yield the field for the texts of values that do not convert, if they are to be kept."""
    new_id = deciding.new_ids.get(field.id)
    if new_id is None or deciding.of(field).on_failure != "keep":
        return
    taken = {f.name for f in table.fields}
    yield FieldSchema(
        id=new_id,
        key=str(uuid5(NAMESPACE_OID, f"{field.key}/{new_id}")),
        name=naming.propose_name(f"{field.name}_original", taken),
        label=_("%(field)s (original)") % {"field": field.label or field.name},
        type="text",
        options=field_types["text"].clean_options({"max_length": LONGEST_TEXT}),
    )
