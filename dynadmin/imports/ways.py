"""What an import works with: the table as it is now, the rows of the file, and how they are taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, models, router
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError
from dynadmin.imports.files import open_file
from dynadmin.imports.findings import labels_of
from dynadmin.imports.mapping import options_now, plan_now
from dynadmin.imports.records import FileImport
from dynadmin.transfer.columns import ColumnPlan, renewed
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source
from dynadmin.transfer.results import ImportResult, RefusedRow


class Importer(Protocol):
    """What takes all rows in one transaction: ``import_rows``, or a resource that has its own hooks."""

    def __call__(
        self,
        model: type[models.Model],
        source: Source,
        *,
        plan: ColumnPlan,
        options: ImportOptions,
        dry_run: bool,
        user: Any,
        progress: Callable[[int], None],
        on_refused: Callable[[RefusedRow], None],
    ) -> ImportResult: ...


@dataclass(frozen=True, kw_only=True)
class Work:
    """An import, opened."""

    model: type[models.Model]
    source: Source
    plan: ColumnPlan
    options: ImportOptions

    @property
    def labels(self) -> dict[str, str]:
        return labels_of(self.model, self.plan)


def opened(job: FileImport) -> Work:
    """Return an import with the table as it is now. Raises TransferError where one of them is gone."""
    model = job.model
    if model is None:
        raise TransferError(_("The table of this import is no longer there."))
    source = open_file(job)
    options = options_now(model, job.options)
    plan = renewed(model, plan_now(model, job.plan), constants=options.constants)
    return Work(model=model, source=source, plan=plan, options=options)


def keeps_history(model: type[models.Model]) -> bool:
    """Return whether changes of a table's rows are written down, in the database of the record of imports."""
    table = getattr(model, "table_schema", None)
    in_one_database = router.db_for_write(model) == DEFAULT_DB_ALIAS
    return table is not None and in_one_database and getattr(table, "keeps_history", True)
