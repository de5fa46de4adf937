"""The download of refused rows: found by a dry run, kept in a temporary file, given out in pieces."""

import io
import tempfile
from collections.abc import Iterable, Iterator

from django.db import models

from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.importer import import_rows
from dynadmin.transfer.readers import Source
from dynadmin.transfer.refusals import RefusalWriter

_IN_MEMORY = 1 << 20
_PIECE = 1 << 16


def refused_file(
    model: type[models.Model], source: Source, plan: ColumnPlan, empty_texts: Iterable[str]
) -> Iterator[bytes]:
    """Return the pieces of a CSV file of all refused rows. Raises TransferError for an unreadable file."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    try:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = RefusalWriter(text, model, source, plan)
        import_rows(model, source, plan=plan, dry_run=True, empty_texts=empty_texts, on_refused=writer.write)
        text.flush()
        text.detach()
    except BaseException:
        file.close()
        raise
    return _pieces(file)


def _pieces(file: tempfile.SpooledTemporaryFile) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
