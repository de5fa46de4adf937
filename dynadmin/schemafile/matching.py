"""Which tables and fields of a file are which of an installation: by key, else by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import uuid4

from dynadmin.naming import label_from
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema
from dynadmin.schemafile.references import Names, with_ids

Entry = TypeVar("Entry", TableSchema, FieldSchema)


@dataclass(frozen=True, kw_only=True)
class Match:
    """The ids here of what a file has, by their ids in the file. What is missing is new."""

    tables: Mapping[int, int] = field(default_factory=dict)
    fields: Mapping[int, int] = field(default_factory=dict)
    constraints: Mapping[int, int] = field(default_factory=dict)
    names: Names = field(default_factory=Names)  # of all that is here


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
            of_table = _matched(table.fields, old.fields)
            fields |= of_table
            constraints |= _matched_rules(table, old, of_table)
    return Match(tables=tables, fields=fields, constraints=constraints, names=Names.of(here.values()))


def _matched(wanted: Sequence[Entry], here: Iterable[Entry]) -> dict[int, int]:
    """Return the ids of what is here by the ids of what is wanted. Nothing is found twice."""
    here = sorted(here, key=lambda entry: not entry.retired)  # of two with one key, that which is live
    by_key = {entry.key: entry.id for entry in here if entry.key}
    found = {entry.id: by_key[entry.key] for entry in wanted if entry.key in by_key}
    taken = set(found.values())
    by_name = {entry.name: entry.id for entry in here if not entry.retired and entry.id not in taken}
    others = (entry for entry in wanted if entry.id not in found)
    return found | {entry.id: by_name[entry.name] for entry in others if entry.name in by_name}


def _matched_rules(wanted: TableSchema, old: TableSchema, fields: Mapping[int, int]) -> dict[int, int]:
    """Return the ids of rules that are here: by key, else those that say the same."""
    by_key = {rule.key: rule.id for rule in old.constraints if rule.key}
    found = {rule.id: by_key[rule.key] for rule in wanted.constraints if rule.key in by_key}
    others = {_said(rule): rule.id for rule in old.constraints if rule.id not in found.values()}
    for rule in wanted.constraints:
        if rule.id not in found and fields.keys() >= set(rule.field_ids):
            same = others.pop(_said(rule.on_fields(fields)), None)
            found |= {} if same is None else {rule.id: same}
    return found


def _said(rule: ConstraintSchema) -> tuple:
    return rule.kind, rule.fields, tuple(sorted(rule.rule.items()))


def numbered(wanted: Iterable[TableSchema], match: Match, numbers: Numbers) -> list[TableSchema]:
    """Return the tables of a file with their ids here. Raises BadSchemaFile."""
    tables = [_numbered(table, match, numbers) for table in wanted]
    names = Names.of(tables).over(match.names)
    return [replace(table, fields=tuple(with_ids(f, names) for f in table.fields)) for table in tables]


def _numbered(table: TableSchema, match: Match, numbers: Numbers) -> TableSchema:
    ids = {f.id: _id(f.id, match.fields, numbers.fields) for f in table.fields}
    fields = (replace(_known(f, match.fields), id=ids[f.id]) for f in table.fields)
    rules = (
        replace(
            rule.on_fields(ids),
            id=_id(rule.id, match.constraints, numbers.constraints),
            key=rule.key or ("" if rule.id in match.constraints else str(uuid4())),
        )
        for rule in table.constraints
    )
    return replace(
        _known(table, match.tables),
        id=_id(table.id, match.tables, numbers.tables),
        display=tuple(ids[part] if isinstance(part, int) else part for part in table.display),
        fields=tuple(fields),
        constraints=tuple(rules),
    )


def _known(entry: Entry, known: Mapping[int, int]) -> Entry:
    """Return the entry with a label, and if it is new with a key, where the file gives it none."""
    key = entry.key or ("" if entry.id in known else str(uuid4()))
    return replace(entry, label=entry.label or label_from(entry.name), key=key)


def _id(id: int, known: Mapping[int, int], new: Iterator[int]) -> int:
    return known[id] if id in known else next(new)
