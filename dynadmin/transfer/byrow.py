"""The library's own way with rows, one by one and in memory, in the terms of ours."""

from collections.abc import Iterable

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from import_export.results import Result, RowResult
from tablib import Dataset

from dynadmin.conf import conf
from dynadmin.transfer.columns import ColumnPlan, importable_fields
from dynadmin.transfer.formulas import is_free_text, unescape_formula
from dynadmin.transfer.readers import Source
from dynadmin.transfer.results import WHOLE_ROW, ImportResult, RefusedRow, Totals


def dataset_of(
    model: type[models.Model], source: Source, plan: ColumnPlan, empty_texts: Iterable[str]
) -> Dataset:
    """Return the matched columns of a source under the names of their fields; all rows in memory."""
    fields = importable_fields(model)
    empty = set(empty_texts)
    columns = [
        (column.position, fields[column.field])
        for column in plan.matched
        # A number that is not the key must not find rows, as the library would.
        if column.field in plan.key or not isinstance(fields[column.field], models.AutoField)
    ]
    escaped = [not source.format.is_typed and is_free_text(field) for _position, field in columns]

    def cell(value: object, is_escaped: bool) -> object:
        if isinstance(value, str) and value in empty:
            return ""
        return unescape_formula(value) if is_escaped and isinstance(value, str) else value

    rows = (
        [cell(cells[at], is_escaped) for (at, _field), is_escaped in zip(columns, escaped, strict=True)]
        for _line, cells in source
    )
    return Dataset(*rows, headers=[field.name for _position, field in columns])


def outcome_of(result: Result, plan: ColumnPlan, *, dry_run: bool, skip_refused: bool) -> ImportResult:
    """Return the library's result as ours, without samples; rows are numbered as the library does."""
    refused = [
        RefusedRow(
            line=row.number,
            cells=tuple(str(value) for value in row.values),
            reasons={
                WHOLE_ROW if name == NON_FIELD_ERRORS else name: tuple(map(str, words))
                for name, words in row.error_dict.items()
            },
        )
        for row in result.invalid_rows
    ]
    refused += [
        RefusedRow(line=number, cells=(), reasons={WHOLE_ROW: tuple(str(error.error) for error in errors)})
        for number, errors in result.row_errors()
    ]
    totals = Totals(
        created=result.totals[RowResult.IMPORT_TYPE_NEW],
        changed=result.totals[RowResult.IMPORT_TYPE_UPDATE],
        skipped=result.totals[RowResult.IMPORT_TYPE_SKIP],
        refused=len(refused),
    )
    is_good = not result.has_errors() and (skip_refused or not refused)
    return ImportResult(
        plan=plan,
        totals=totals,
        dry_run=dry_run,
        is_saved=is_good and not dry_run,
        refused=tuple(refused[: conf.IMPORT_MAX_REFUSED]),
    )
