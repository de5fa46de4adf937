"""The plan that hands tables over to ordinary models, and what then refers to these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dynadmin.plan.keeping import ReferToModel, ReleaseTable
from dynadmin.plan.plans import Plan
from dynadmin.schema import FieldSchema, Schema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Release:
    """A table, and the label of the model that it goes to."""

    table: TableSchema
    model: str


def make_release_plan(base: Schema, *, base_revision: int, releases: Sequence[Release]) -> Plan:
    """Return the plan after which the tables are the models': tombstones here, that say whose they are.

    Other tables refer to the models from then on. A table may also be one that the base does not know, so
    that its number is given to no other.
    """
    tombstones = [_tombstone(release, base_revision) for release in releases]
    models = {release.table.id: release for release in releases}
    others = [
        referring
        for table in base.tables.values()
        if table.id not in models and (referring := refer_to_models(table, models)) != table
    ]
    return Plan(
        base_revision=base_revision,
        base=base,
        target=base.with_tables([*tombstones, *others]),
        operations=(
            *(ReleaseTable(table=table) for table in tombstones),
            *(ReferToModel(table=table, field=field) for table, field in _new_references(base, others)),
        ),
    )


def _tombstone(release: Release, base_revision: int) -> TableSchema:
    return replace(
        release.table,
        fields=(),
        originals=(),
        constraints=(),
        retired_after=base_revision,
        purged=True,
        released=release.model,
    )


def _new_references(
    base: Schema, changed: Iterable[TableSchema]
) -> Iterator[tuple[TableSchema, FieldSchema]]:
    """Yield the live fields that refer to something else than before."""
    for table in changed:
        for field in () if table.retired else table.live_fields:
            if field != base.tables[table.id].field(field.id):
                yield table, field


def refer_to_models(table: TableSchema, models: Mapping[int, Release]) -> TableSchema:
    """Return the table with its relations to any of these tables, by id, turned to their models.

    Deleted fields are among them, so that they can be restored.
    """

    def turned(field: FieldSchema) -> FieldSchema:
        release = None if field.target_table is None else models.get(field.target_table)
        if release is None:
            return field
        return replace(field, options=refer_to_model(field.options, release))

    return replace(
        table,
        fields=tuple(turned(field) for field in table.fields),
        originals=tuple(turned(field) for field in table.originals),
    )


def refer_to_model(options: Mapping[str, Any], release: Release) -> dict[str, Any]:
    """Return the options of a relation to the table as those of one to its model; its fields have no ids."""
    turned = {**options, "target": release.model}
    if conditions := options.get("limit"):
        names = {field.id: field.name for field in release.table.live_fields}
        turned["limit"] = [{**c, "field": names.get(c["field"], c["field"])} for c in conditions]
    return turned


def computed_from(base: Schema, table_ids: Iterable[int]) -> Iterator[tuple[TableSchema, FieldSchema]]:
    """Yield the live computed fields of other tables that are made of what these tables have."""
    gone = set(table_ids)
    lost = {field.id for id in gone if id in base.tables for field in base.tables[id].fields}
    for table in base.live_tables:
        relations = {field.id for field in table.relations if field.target_table in gone}
        for field in () if table.id in gone else table.computed:
            if not (lost | relations).isdisjoint(field.sources):
                yield table, field
