"""The refused rows of an import as a CSV file: to be mended and imported by itself."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.formulas import escape_formula, is_free_text, unescape_formula
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import is_many, key_of
from dynadmin.transfer.results import RefusedRow


class RefusalWriter:
    """Writes refused rows to a text file: the line, the reasons, then the cells as they were."""

    def __init__(
        self, file: io.TextIOBase, model: type[models.Model], source: Source, plan: ColumnPlan
    ) -> None:
        self._writer = csv.writer(file)
        self._labels = {
            column.field: str(capfirst(model._meta.get_field(column.field).verbose_name))
            for column in plan.matched
            if column.field
        }
        self._texts = _texts(model, source, plan)
        self._writer.writerow([_("Line in the file"), _("Why it was refused"), *source.headers])

    def write(self, row: RefusedRow) -> None:
        """Write one row; fits `on_refused` of import_rows."""
        reasons = []
        for name, words in row.reasons.items():
            label = self._labels.get(name)
            reasons.append(f"{label}: {' '.join(words)}" if label else " ".join(words))
        # A ragged row has more or fewer cells than there are columns.
        texts = [self._texts[at] if at < len(self._texts) else escape_formula for at in range(len(row.cells))]
        cells = [text(cell) for text, cell in zip(texts, row.cells, strict=True)]
        self._writer.writerow([row.line, escape_formula("; ".join(reasons)), *cells])


def _texts(model: type[models.Model], source: Source, plan: ColumnPlan) -> Sequence[Callable[[str], Any]]:
    """Return for each column what makes its cells safe for spreadsheets and the same when imported."""

    def again(text: str) -> str:
        # What was escaped in the file is the same text as what was not.
        return escape_formula(text if source.format.is_typed else unescape_formula(text))

    return [
        str if column.field and not is_free_text(_written(model, plan, column.field)) else again
        for column in plan.columns
    ]


def _written(model: type[models.Model], plan: ColumnPlan, name: str) -> models.Field:
    """Return the field whose texts the cells of a column are: of a relation, that which tells its rows."""
    field, reference = model._meta.get_field(name), plan.references.get(name)
    return field if reference is None or is_many(field) else key_of(field, reference.by)
