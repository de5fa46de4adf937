"""The rows of a list that somebody has seen, found again by a worker, as that person would see them now."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, NotRegistered
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.sites import all_sites
from django.contrib.auth import get_user_model
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
    shown_by = _admin_of(job)
    request = _request(job.author, job.query)
    if job.author is None or not job.author.is_active or not shown_by.has_export_permission(request):
        raise TransferError(_("Whoever ordered this export may not see the rows any more."))
    return chosen_rows(_listed(shown_by, request), job.keys)


def rows_as_listed(shown_by: Any, query: str) -> models.QuerySet:
    """Return the rows that a list has at this address, to somebody who may see everything.

    Raises TransferError where the list would not understand it.
    """
    return _listed(shown_by, _request(get_user_model()(is_active=True, is_superuser=True), query))


def _request(user: Any, query: str) -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.user = user
    request._messages = _Unheard()
    return request


def _listed(shown_by: Any, request: HttpRequest) -> models.QuerySet:
    try:
        changelist = shown_by.get_changelist_instance(request)
    except (IncorrectLookupParameters, DisallowedModelAdminLookup) as error:
        reason = error.__cause__ or error
        words = _("The list does not understand what was asked of it: %(reason)s")
        raise TransferError(words % {"reason": reason}) from error
    if errors := getattr(changelist, "errors", None):
        raise TransferError(" ".join(errors))
    return changelist.queryset


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
