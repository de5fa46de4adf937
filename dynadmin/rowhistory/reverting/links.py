"""Links of rows, as they were before changes."""

from collections.abc import Sequence
from typing import Any

from dynadmin.rowhistory.changes import RowChange
from dynadmin.rowhistory.reverting.tables import RevertedTable, parts


def link_back(table: RevertedTable, changes: Sequence[RowChange]) -> set[int]:
    """Take links away that were made, and make those that were taken away; return the rows concerned."""
    concerned: set[int] = set()
    for key, link in table.links.items():
        gone = [(c.row, target) for c in changes for target in (c.after or {}).get(key, ())]
        back = [(c.row, target) for c in changes for target in (c.before or {}).get(key, ())]
        there = _pairs(table, link, gone + back)
        table.delete(link, "pk", [there[pair] for pair in gone if pair in there])
        possible = table.existing(link._meta.get_field("target").related_model, {t for _row, t in back})
        new = [pair for pair in dict.fromkeys(back) if pair not in there and pair[1] in possible]
        table.rows_of(link).bulk_create(link(source_id=row, target_id=target) for row, target in new)
        concerned |= {row for row, target in gone if (row, target) in there} | {row for row, _t in new}
    return concerned


def _pairs(table: RevertedTable, link: Any, pairs: Sequence[tuple[Any, Any]]) -> dict[tuple[Any, Any], int]:
    """Return the numbers of the links that the rows of some pairs have, by pair."""
    found = {}
    for part in parts(sorted({source for source, _target in pairs})):
        rows = table.rows_of(link).filter(source__in=part).values_list("source", "target", "pk")
        found.update({(source, target): pk for source, target, pk in rows})
    return found
