"""Rules on whole rows, looked at before the database does: a file may break one in every line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import models

from dynadmin.constraints import KINDS, parts_of
from dynadmin.transfer.batches import Batch, BatchReader, Found
from dynadmin.transfer.results import WHOLE_ROW


@dataclass(frozen=True, kw_only=True)
class RowRule:
    """A rule that a row keeps or breaks by itself: ``indexes`` are those of its values in the row's cells."""

    indexes: Sequence[int]
    is_kept: Callable[..., bool]
    where: str
    complaint: str


def row_rules(model: type[models.Model], fields: Sequence[models.Field]) -> Iterator[RowRule]:
    """Yield the rules of which the file fills all fields; the others are left to the database."""
    table = getattr(model, "table_schema", None)
    names = [field.name for field in fields]
    complaints = {c.name: str(c.get_violation_error_message()) for c in model._meta.constraints}
    for rule in table.constraints if table else ():
        parts = parts_of(rule, table)
        is_kept = KINDS[rule.kind].test(rule, parts)
        filled = [part.name for part in parts.values()]
        if is_kept is not None and set(filled) <= set(names):
            yield RowRule(
                indexes=[names.index(name) for name in filled],
                is_kept=is_kept,
                where=filled[0] if len(filled) == 1 else WHOLE_ROW,
                complaint=complaints[rule.db_name],
            )


def broken_rules(rules: Sequence[RowRule], batch: Batch, reader: BatchReader) -> Found:
    """Return the rows of a batch that break a rule, each with the first that it breaks."""
    broken: Found = {}
    for rule in rules:
        columns = [reader.values(batch.rows, index) for index in rule.indexes]
        for place, is_kept in enumerate(map(rule.is_kept, *columns)):
            if not is_kept:
                broken.setdefault(place, {rule.where: (rule.complaint,)})
    return broken
