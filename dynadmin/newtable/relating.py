"""Columns whose values tell rows of tables that are there: proposed as relations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, router

from dynadmin.inference import Counted, Proposal
from dynadmin.naturalkeys import Finder, key_candidates, reading_field
from dynadmin.newtable.draft import ColumnDraft
from dynadmin.registry import registry
from dynadmin.schema import TableSchema, target_of
from dynadmin.transfer.references import may_view

# Types of columns that may hold what tells a row.
_TELLING = frozenset(("int", "bigint", "char", "choice", "uuid"))
# Different values that are looked for at first, and tables in which.
_FIRST_VALUES = 500
_MOST_TABLES = 50
_FEWEST_VALUES = 2
_ENOUGH = 0.9


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A table whose rows the values tell, by the column ``by``: ``found`` of ``seen`` different values.

    ``is_sure`` says that all values of the column tell a row.
    """

    target: str
    table: str
    by: str
    key: str
    found: int
    seen: int
    is_sure: bool

    @property
    def id(self) -> str:
        """What it is called in forms."""
        return f"{self.target}:{self.by}"


def propose_relations(
    counted: Counted, proposal: Proposal, *, user: Any = None
) -> Mapping[int, list[Relation]]:
    """Return by position of the column the tables that its values may refer to, the best first.

    Only tables that the user may see are looked at.
    """
    targets = list(_targets(user))
    found: dict[int, list[Relation]] = {}
    for column in proposal.columns:
        tally = counted.tallies[column.position]
        texts = list(dict.fromkeys(text.strip() for text in tally.texts))
        if column.type not in _TELLING or len(texts) < _FEWEST_VALUES:
            continue
        relations = [
            replace(relation, is_sure=relation.is_sure and tally.is_whole)
            for table, model in targets
            for relation in _relations(table, model, texts, column.header)
        ]
        if relations:
            found[column.position] = sorted(relations, key=lambda r: (-r.found, r.table, r.by))
    return found


def _targets(user: Any) -> Iterator[tuple[TableSchema, type[models.Model]]]:
    snapshot = registry.current
    tables = [table for table in snapshot.schema.listed_tables if table.id in snapshot.models]
    for table in tables[:_MOST_TABLES]:
        model = snapshot.models[table.id]
        if may_view(user, model):
            yield table, model


def _relations(
    table: TableSchema, model: type[models.Model], texts: list[str], header: str
) -> Iterator[Relation]:
    alias = router.db_for_read(model)
    for key in key_candidates(model):
        if not _may_be_meant(table, key, header):
            continue
        finder = Finder(model, key, alias=alias)
        # Most tables are ruled out by a few values.
        if not _is_told(finder, key, texts[:_FIRST_VALUES]):
            continue
        found = len(finder.find(set(_values(key, texts))))
        if found >= len(texts) * _ENOUGH:
            yield Relation(
                target=target_of(table.id),
                table=str(model._meta.verbose_name),
                by=key.name,
                key=str(key.verbose_name),
                found=found,
                seen=len(texts),
                is_sure=found == len(texts),
            )


def _is_told(finder: Finder, key: models.Field, texts: list[str]) -> bool:
    values = set(_values(key, texts))
    enough = len(texts) * _ENOUGH
    return len(values) >= enough and len(finder.find(values)) >= enough


def _may_be_meant(table: TableSchema, key: models.Field, header: str) -> bool:
    """Return whether values may be those of this key: of numbers the header has to say so.

    Never those of the ids, which are ours: any small numbers would be some.
    """
    if key.primary_key or not key.unique:
        return False
    if not isinstance(key, models.IntegerField):
        return True
    words = header.casefold().replace("_", " ")
    names = {table.name.replace("_", " "), table.label.casefold()}
    return any(name and (name in words or name.removesuffix("s") in words) for name in names)


def _values(key: models.Field, texts: Iterable[str]) -> Iterator[Any]:
    field = reading_field(key)
    for text in texts:
        try:
            yield field.clean(text, None)
        except (ValidationError, ArithmeticError, ValueError, TypeError):
            continue


def as_relation(column: ColumnDraft, relation: Relation) -> ColumnDraft:
    """Return the column as a relation to the rows that its values tell."""
    kept = {name: column.options[name] for name in ("null", "blank") if name in column.options}
    # What was an empty text is no row.
    kept["null"] = kept.get("null", False) or kept.get("blank", True)
    reading = {name: value for name, value in column.reading.items() if name == "empty"}
    options = {**kept, "target": relation.target}
    return replace(column, type="foreignkey", options=options, reading=reading, by=relation.by, is_key=False)
