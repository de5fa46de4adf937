"""Rows of a file into a model: read, judged, matched, written. A dry run is the real run rolled back."""

from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError
from dynadmin.transfer.columns import ColumnPlan, match_columns
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source
from dynadmin.transfer.results import ImportResult, Outcome
from dynadmin.transfer.run import ImportRun


def import_rows(
    model: type[models.Model],
    source: Source,
    *,
    plan: ColumnPlan | None = None,
    options: ImportOptions | None = None,
    key: Iterable[str] | None = None,
    skip_refused: bool = False,
    empty_texts: Iterable[str] = (),
    **how: Any,
) -> ImportResult:
    """Create or change one row of the model for each row of the file, in one transaction.

    Every cell passes the `clean()` of its field. Nothing is saved when a row is refused, unless the
    options skip it; nothing ever in a dry run. `plan` (see match_columns) says which column fills which field
    and what the key is; without it columns are matched by name, and `key` names the fields that tell existing
    rows. Without `options`, `skip_refused` and `empty_texts` say what of them is not as by default. `how` are
    the arguments of ImportRun: `dry_run`, `user`, `unit`, `on_refused`, `progress`.

    Raises BadColumns when the columns do not fit, BadFile when the file cannot be read to its end, and
    TransferError when the database stops the import; in all cases nothing was saved.
    """
    options = options or ImportOptions(skip_refused=skip_refused, empty_texts=tuple(empty_texts))
    plan = plan or match_columns(model._meta.concrete_model, source.headers, key=key)
    run = ImportRun(model, source, plan, options, **how)
    is_saved = _carried_out(run)
    if is_saved:
        run.make_indexes()
    return run.result(is_saved=is_saved)


def _carried_out(run: ImportRun) -> bool:
    """Run in one transaction; return whether it was kept."""
    try:
        with transaction.atomic(using=run.alias):
            with run:
                for batch in run.batches():
                    run.take(batch)
                run.finish()
            is_kept = not run.dry_run and (run.options.skip_refused or not run.totals[Outcome.REFUSED])
            if not is_kept:
                transaction.set_rollback(True, using=run.alias)
    except DatabaseError as error:
        message = _("The database stopped the import, and nothing was saved: %(reason)s")
        raise TransferError(message % {"reason": str(error).splitlines()[0]}) from error
    return is_kept
