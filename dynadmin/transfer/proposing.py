"""By which column of its target a relation's cells name rows, found out from the first rows of the file."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import connections, models
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.naturalkeys import best_key
from dynadmin.transfer.cells import Refusal
from dynadmin.transfer.columns import Column, ColumnPlan, importable_fields, with_references
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import Reference, may_add, may_view, relations_of, target_of
from dynadmin.transfer.resolving import judge_of, marked

# Rows that are looked at, and different cells of a column.
_SAMPLED = 1_000
_MOST_CELLS = 200


def settled(
    model: type[models.Model],
    source: Source,
    plan: ColumnPlan,
    *,
    alias: str,
    empty_texts: Iterable[str] = (),
    user: Any = None,
) -> ColumnPlan:
    """Return the plan with a reference for each relation: where none is chosen, the one that matches most.

    Raises BadColumns for relations to rows that the user may not see, or not add where that is asked for.
    """
    relations = relations_of(importable_fields(model))
    columns = {column.field: column for column in plan.matched if column.field in relations}
    for name in columns:
        _check_permission(relations[name], plan.references.get(name), user)
    open_ = {name: column for name, column in columns.items() if name not in plan.references}
    if not open_:
        return plan
    sample = list(islice(source, _SAMPLED))
    own = {column.field: set(map(marked, _cells(column, sample, most=_SAMPLED))) for column in plan.matched}
    proposed = {}
    for name, column in open_.items():
        # Rows of the same file may be what a relation to the own table names.
        named = own if target_of(relations[name]) is model else {}
        cells = _cells(column, sample)
        by = _proposal(relations[name], cells, source, alias, empty_texts, named)
        proposed[name] = Reference(by=by)
    return with_references(model, plan, {**plan.references, **proposed})


def constant_references(
    model: type[models.Model],
    constants: Mapping[str, str],
    source: Source,
    *,
    alias: str,
    user: Any = None,
) -> dict[str, Reference]:
    """Return for each relation that is the same in all rows by which column its row is told."""
    relations = relations_of(importable_fields(model))
    told = {}
    for name, text in constants.items():
        if name in relations:
            _check_permission(relations[name], None, user)
            told[name] = Reference(by=_proposal(relations[name], [text], source, alias, (), {}))
    return told


def _check_permission(field: models.Field, reference: Reference | None, user: Any) -> None:
    target = target_of(field)
    named = {"table": target._meta.verbose_name_plural, "name": field.name}
    if not may_view(user, target):
        message = _("You may not see the rows of “%(table)s”, so the column %(name)s has to be left out.")
        raise BadColumns(message % named)
    if reference and reference.create and not may_add(user, target):
        raise BadColumns(_("You may not add rows to “%(table)s”.") % named)


def _cells(column: Column, sample: list[Any], most: int = _MOST_CELLS) -> list[Any]:
    cells = (cells[column.position] for _line, cells in sample if column.position < len(cells))
    different: dict[str, Any] = {}
    for cell in cells:
        different.setdefault(repr(cell), cell)
        if len(different) == most:
            break
    return list(different.values())


def _proposal(
    field: models.Field,
    cells: list[Any],
    source: Source,
    alias: str,
    empty_texts: Iterable[str],
    named: Mapping[str | None, set[Any]],
) -> str:
    """Return the name of the column of the target whose values are most of these cells."""

    def matches(key: models.Field) -> int:
        judge = judge_of(
            field,
            Reference(by=key.name),
            connections[alias],
            escaped=not source.format.is_typed,
            typed=source.format.is_typed,
            remembered=_MOST_CELLS,
            empty_texts=frozenset(empty_texts),
        )
        found = judge.column(cells)
        coming = named.get(key.name, ())
        return sum(
            type(one) is not Refusal or marked(cell) in coming for one, cell in zip(found, cells, strict=True)
        )

    return best_key(target_of(field), matches, len(cells)).name
