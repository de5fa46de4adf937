"""Rows that were created are taken out, but for those that somebody has used since."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils.translation import gettext as _

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.reverting.tables import Reverted, RevertedTable, parts


def take_out(table: RevertedTable, changes: Sequence[RowChange], result: Reverted) -> None:
    """Delete the rows, with their links."""
    there: list[int] = []
    for change in changes:
        rows = table.rows.filter(pk__gte=change.row, pk__lte=change.last_row)
        there += rows.order_by("pk").select_for_update().values_list("pk", flat=True)
    kept = {pk: "" for pk in there if pk in table.kept}
    kept |= _edited(table, there, after=min(change.pk for change in changes))
    kept |= _referred(table, [pk for pk in there if pk not in kept])
    for pk in sorted(kept):
        table.refuse(result, pk, kept[pk])
    gone = [pk for pk in there if pk not in kept]
    for relation in _relations(table):
        if relation.related_model._meta.auto_created:
            table.delete(relation.related_model, relation.field.name, gone)
    table.delete(table.model, "pk", gone)
    result.done = len(gone)


def _edited(table: RevertedTable, keys: Sequence[int], *, after: int) -> dict[int, str]:
    """Return of those that somebody else changed since why they stay."""
    later = RowChange.objects.using(table.using).filter(table=table.id, action=Action.CHANGED)
    later = later.filter(pk__gt=after).exclude(table.own)
    reason = _("It was changed since.")
    found: dict[int, str] = {}
    for part in parts(keys):
        found |= dict.fromkeys(later.filter(row__in=part).values_list("row", flat=True), reason)
    return found


def _referred(table: RevertedTable, keys: Sequence[int]) -> dict[int, str]:
    """Return of those that other rows refer to why they stay."""
    found: dict[int, str] = {}
    for relation in _relations(table):
        owner, name = relation.related_model, relation.field.name
        if owner._meta.auto_created and name == "source" and owner in table.links.values():
            continue  # its own links go along
        known = "source" if owner._meta.auto_created else "pk"
        holder = owner._meta.auto_created or owner
        words = {"table": holder._meta.verbose_name_plural}
        for part in parts(keys):
            pairs = table.rows_of(owner).filter(**{f"{name}__in": part})
            for pk, by in pairs.values_list(relation.field.attname, known):
                if not (holder is table.model and table.is_own(by)):
                    words["row"] = by
                    found[pk] = _("Row %(row)s of “%(table)s” refers to it.") % words
    return found


def _relations(table: RevertedTable) -> Iterator[Any]:
    return get_candidate_relations_to_delete(table.model._meta)
