"""Which tables and fields of a file are which of an installation: by key, else by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import uuid4

from dynadmin.naming import label_from
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema
from dynadmin.schemafile.writing import OTHER

Entry = TypeVar("Entry", TableSchema, FieldSchema)


@dataclass(frozen=True, kw_only=True)
class Match:
    """The ids here of what a file has, by their ids in the file. What is missing is new."""

    tables: Mapping[int, int] = field(default_factory=dict)
    fields: Mapping[int, int] = field(default_factory=dict)
    constraints: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Where the ids of what is new come from."""

    tables: Iterator[int]
    fields: Iterator[int]
    constraints: Iterator[int]


def match(wanted: Sequence[TableSchema], base: Schema, drafts: Iterable[TableSchema] = ()) -> Match:
    """Return what of the file is here already.

    ``drafts`` are definitions that were never applied. A retired table or field is found by its key only:
    what is later given its name is another.
    """
    here = {t.id: t for t in (*drafts, *base.tables.values()) if not t.purged}
    tables = _matched(wanted, here.values())
    fields: dict[int, int] = {}
    constraints: dict[int, int] = {}
    for table in wanted:
        if table.id in tables:
            old = here[tables[table.id]]
            fields |= _matched(table.fields, old.fields)
            keys = {constraint.key: constraint.id for constraint in old.constraints if constraint.key}
            constraints |= {c.id: keys[c.key] for c in table.constraints if c.key in keys}
    return Match(tables=tables, fields=fields, constraints=constraints)


def _matched(wanted: Sequence[Entry], here: Iterable[Entry]) -> dict[int, int]:
    """Return the ids of what is here by the ids of what is wanted. Nothing is found twice."""
    here = sorted(here, key=lambda entry: not entry.retired)  # of two with one key, that which is live
    by_key = {entry.key: entry.id for entry in here if entry.key}
    found = {entry.id: by_key[entry.key] for entry in wanted if entry.key in by_key}
    taken = set(found.values())
    by_name = {entry.name: entry.id for entry in here if not entry.retired and entry.id not in taken}
    others = (entry for entry in wanted if entry.id not in found)
    return found | {entry.id: by_name[entry.name] for entry in others if entry.name in by_name}


def numbered(wanted: Iterable[TableSchema], match: Match, numbers: Numbers) -> list[TableSchema]:
    """Return the tables of a file with their ids here."""
    return [_numbered(table, match, numbers) for table in wanted]


def _numbered(table: TableSchema, match: Match, numbers: Numbers) -> TableSchema:
    ids = {f.id: _id(f.id, match.fields, numbers.fields) for f in table.fields}
    fields = (replace(_known(f, match.fields), id=ids[f.id]) for f in table.fields)
    constraints = (
        _numbered_constraint(c, _id(c.id, match.constraints, numbers.constraints), ids)
        for c in table.constraints
    )
    return replace(
        _known(table, match.tables),
        id=_id(table.id, match.tables, numbers.tables),
        fields=tuple(fields),
        constraints=tuple(constraints),
    )


def _numbered_constraint(constraint: ConstraintSchema, id: int, ids: Mapping[int, int]) -> ConstraintSchema:
    rule = {name: ids[value] if name == OTHER else value for name, value in constraint.rule.items()}
    key = constraint.key or str(uuid4())
    return replace(
        constraint, id=id, key=key, fields=tuple(ids[field] for field in constraint.fields), rule=rule
    )


def _known(entry: Entry, known: Mapping[int, int]) -> Entry:
    """Return the entry with a label, and if it is new with a key, where the file gives it none."""
    key = entry.key or ("" if entry.id in known else str(uuid4()))
    return replace(entry, label=entry.label or label_from(entry.name), key=key)


def _id(id: int, known: Mapping[int, int], new: Iterator[int]) -> int:
    return known[id] if id in known else next(new)
