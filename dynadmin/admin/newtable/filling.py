"""The rows of the file into the new table, by an import like any other: here, or by a worker if many."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from dynadmin.admin.navigation import table_url
from dynadmin.exceptions import TransferError
from dynadmin.imports.files import open_file, take_in
from dynadmin.imports.ordering import start_import
from dynadmin.imports.records import FileImport
from dynadmin.models import DynamicModel
from dynadmin.newtable import TableDraft, plan_for
from dynadmin.registry import registry
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.uploads import Upload


def fill(
    pages: Any,
    request: HttpRequest,
    definition: DynamicModel,
    draft: TableDraft,
    upload: Upload,
    reading: dict[str, Any],
    *,
    skip_refused: bool,
) -> HttpResponse:
    """Import the rows, and go where one sees them, or how far they are."""
    # The author of a new table has been given its permissions; those of this user object are cached.
    request.user = get_user_model()._default_manager.get(pk=request.user.pk)
    pages.log_addition(request, definition, _("Made from %(file)s.") % {"file": upload.name})
    model = definition.django_model
    try:
        job = take_in(upload, model=model, user=request.user, **reading)
        source = open_file(job)
        options = ImportOptions(skip_refused=skip_refused)
        start_import(job, model, source, plan_for(model, source, draft), options)
    except TransferError as error:
        _tell_empty(pages, request, definition, str(error))
        table = registry.current.schema.tables[definition.pk]
        return HttpResponseRedirect(table_url(table, site_name=pages.admin_site.name))
    response: HttpResponse = pages.admin_site.get_model_admin(model).carry_on(request, job)
    if not job.is_imported and not job.is_unfinished:
        _tell_empty(pages, request, definition, _why_not(job))
    return response


def _why_not(job: FileImport) -> str:
    refused = job.totals.get("refused", 0)
    if refused:
        return _("Rows were refused: %(count)d.") % {"count": refused}
    return job.error


def _tell_empty(pages: Any, request: HttpRequest, definition: DynamicModel, reason: str) -> None:
    """Say that the table is there and empty, and offer to delete it; else it waits for its rows."""
    message = format_html(
        '{} {} <a href="{}">{}</a>',
        _("The table “%(table)s” was made, but no row came into it.") % {"table": definition},
        reason,
        pages.page("delete", definition.pk),
        _("Delete the empty table"),
    )
    messages.error(request, message)
