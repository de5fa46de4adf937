"""What people order of an import: to look at it, to carry it out; each once, however often they click."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import models
from django.db.models import F, Q

from dynadmin.exceptions import BadColumns
from dynadmin.imports.mapping import headers_digest, kept_options, kept_plan, options_now, plan_now
from dynadmin.imports.records import FileImport, Phase
from dynadmin.jobs import State
from dynadmin.transfer.columns import Column, ColumnPlan
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source
from dynadmin.transfer.refusals import told_headers

# How a source says that it was read, in the words of open_source.
_READ = ("encoding", "delimiter", "quoting", "sheet", "member")
# Where nothing has been done to the table, or everything was taken back.
_OPEN = Q(phase__in=(Phase.UPLOAD, Phase.CHECK, Phase.BACK)) | Q(phase=Phase.IMPORT, state=State.CANCELLED)


def order_check(
    job: FileImport, model: type[models.Model], source: Source, plan: ColumnPlan, options: ImportOptions
) -> bool:
    """Have found out what the import would do like this; False when it is not to be changed any more."""
    return job.order(
        Phase.CHECK,
        among=_OPEN,
        target=model._meta.label,
        headers=headers_digest(source.headers),
        reading=_reading(source),
        plan=kept_plan(model, plan),
        options=kept_options(model, options),
        checks=F("checks") + 1,
        checked={},
        totals={},
        total=0,
    )


def start_import(
    job: FileImport, model: type[models.Model], source: Source, plan: ColumnPlan, options: ImportOptions
) -> bool:
    """Have a file imported that nobody has to look at first; False when it was begun already."""
    return job.order(
        Phase.IMPORT,
        among=Q(phase=Phase.UPLOAD),
        target=model._meta.label,
        headers=headers_digest(source.headers),
        reading=_reading(source),
        plan=kept_plan(model, plan),
        options=kept_options(model, options),
        totals={},
        total=source.row_count,
    )


def _reading(source: Source) -> dict[str, Any]:
    """Return how a source is opened as it was, see ``open_source``."""
    told = {name: getattr(source, name) for name in _READ}
    told |= {"format": source.format.slug, "header": source.has_header}
    return {name: value for name, value in told.items() if value is not None}


def order_import(job: FileImport, *, seen: int, skip_refused: bool = False) -> bool:
    """Have the import carried out as it was seen; False when it is another one by now, or was begun."""
    return job.order(
        Phase.IMPORT,
        among=Q(phase=Phase.CHECK, state=State.DONE, checks=seen),
        options={**job.options, "skip_refused": skip_refused},
        totals={},
        total=job.checked.get("totals", {}).get("rows", 0) or job.total,
    )


def remembered(model: type[models.Model], headers: Sequence[str]) -> tuple[ColumnPlan, ImportOptions] | None:
    """Return how a file with these headers was imported into this table the last time, as of today."""
    told = len(told_headers()) if tuple(headers[:2]) == told_headers() else 0
    digest = headers_digest(headers[told:])
    last = FileImport.objects.into(model).filter(headers=digest).carried_out().first()
    if last is None:
        return None
    try:
        plan, options = plan_now(model, last.plan), options_now(model, last.options)
    except BadColumns:  # a field of it is gone
        return None
    # A file of refused rows that were mended says before them why they were refused.
    first = tuple(Column(position=at, header=headers[at]) for at in range(told))
    columns = tuple(replace(column, position=column.position + told) for column in plan.columns)
    return replace(plan, columns=(*first, *columns)), options
