"""Rows in and out of files, for any model class, in bounded memory.

The import is a pipeline of stations, one module each: a reader gives rows, `columns` says which fills what,
`batches` judges every cell by its field, `matching` finds the rows that exist, `writing` writes them, and
`results` tells.
The export streams: `exporter` asks the database, a writer formats.
"""

from dynadmin.transfer.columns import Column, ColumnPlan, match_columns
from dynadmin.transfer.importer import import_rows
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source, open_source
from dynadmin.transfer.results import ImportResult, Outcome, RefusedRow, Totals
from dynadmin.transfer.run import ImportRun

__all__ = [
    "Column",
    "ColumnPlan",
    "ImportOptions",
    "ImportResult",
    "ImportRun",
    "Outcome",
    "RefusedRow",
    "Source",
    "Totals",
    "import_rows",
    "match_columns",
    "open_source",
]
