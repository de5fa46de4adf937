"""The values that go out of sight with a field, row by row."""

from collections.abc import Iterator

from dynadmin.executor.judging import Source
from dynadmin.executor.links import linked_rows
from dynadmin.executor.physical import physical_model
from dynadmin.executor.reporting import CHUNK
from dynadmin.executor.reports import Sample
from dynadmin.fieldtypes.cells import to_text
from dynadmin.plan import Plan, RetireField


def lost_rows(operation: RetireField, plan: Plan, *, after: int = 0) -> Iterator[Sample]:
    """Yield each row behind an id that has a value in a field which is retired, in the order of ids."""
    if not operation.is_on_column:
        links = linked_rows(operation.table, operation.field, after=after)
        yield from (Sample(before=", ".join(map(str, ends)), after="", pk=pk) for pk, ends in links)
        return
    model = physical_model(plan.base.tables[operation.table.id])
    column = operation.field.column
    field, source = model._meta.get_field(column), Source(model=model, columns=(column,))
    while batch := source.batch(after=after, size=CHUNK):
        for pk, (value,) in batch:
            if text := to_text(field, value):
                yield Sample(before=text, after="", pk=pk)
        after = batch[-1][0]
