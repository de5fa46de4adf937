"""The rows of a list that somebody has seen, found again by a worker, as that person would see them now."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.sites import all_sites
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError
from dynadmin.exports.records import FileExport
from dynadmin.exports.running import row_source


def chosen_rows(rows: models.QuerySet, keys: Sequence[str]) -> models.QuerySet:
    """Return the rows with these keys; all of them without keys."""
    if not keys:
        return rows
    try:
        return rows.filter(pk__in=keys)
    except (ValidationError, ValueError):
        return rows.none()


@row_source
def rows_of_list(job: FileExport) -> models.QuerySet:
    """Return the rows of an export. Raises TransferError where the person may not, or cannot, see them."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(job.query)
    request.user = job.author
    request._messages = _Unheard()
    shown_by = _admin_of(job)
    if job.author is None or not job.author.is_active or not shown_by.has_export_permission(request):
        raise TransferError(_("Whoever ordered this export may not see the rows any more."))
    try:
        changelist = shown_by.get_changelist_instance(request)
    except IncorrectLookupParameters as error:
        raise TransferError(_("The list is not there any more as it was seen.")) from error
    if errors := getattr(changelist, "errors", None):
        raise TransferError(" ".join(errors))
    return chosen_rows(changelist.queryset, job.keys)


def _admin_of(job: FileExport) -> Any:
    """Return what shows the rows of the table, on the site where the export was ordered."""
    # A worker serves no pages, and may not have met the project's site yet.
    import_module(settings.ROOT_URLCONF)
    model = job.model
    for site in all_sites:
        if site.name != job.site or model is None:
            continue
        try:
            shown_by = site.get_model_admin(model)
        except NotRegistered:
            continue
        if hasattr(shown_by, "has_export_permission"):
            return shown_by
    raise TransferError(_("The table is not there any more."))


class _Unheard:
    """Messages to somebody who looks at no page."""

    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        """Say nothing."""
