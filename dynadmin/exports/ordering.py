"""What people order: a list as they see it, to be written by a worker."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import get_language

from dynadmin.conf import conf
from dynadmin.exports.columns import kept_options
from dynadmin.exports.files import purge_exports
from dynadmin.exports.records import FileExport

# How many times as long a row of a workbook takes as one of any other file.
_WORKBOOK = 10


def is_large(rows: models.QuerySet, format: str) -> bool:
    """Return whether the rows are so many that a worker should write them."""
    most = conf.EXPORT_BACKGROUND_ROWS // (_WORKBOOK if format == "xlsx" else 1)
    return rows.order_by()[most : most + 1].values_list("pk").exists()


def order_export(
    model: type[models.Model],
    *,
    author: Any,
    file_name: str,
    options: dict[str, Any],
    query: str = "",
    keys: Sequence[str] = (),
    site: str = "admin",
) -> FileExport:
    """Return the record of an export, to be left to a worker; ``options`` are those of ``export_rows``."""
    purge_exports()
    return FileExport.objects.create(
        target=model._meta.label,
        author=author,
        file_name=file_name,
        options=kept_options(model, options),
        query=query,
        keys=list(keys),
        site=site,
        language=get_language() or "",
    )
