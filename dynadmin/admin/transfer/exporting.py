"""The export screens: exactly the rows that the list shows, or those selected in it, as a streamed file."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import action, helpers
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.signals import post_export

from dynadmin import background
from dynadmin.admin.transfer.forms import ExportForm
from dynadmin.admin.transfer.lists import chosen_rows
from dynadmin.exceptions import TransferError
from dynadmin.exports.ordering import is_large, order_export
from dynadmin.fieldtypes.fields.clocks import today
from dynadmin.transfer.exporter import export_rows, exportable_fields
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readahead import ahead

_SELECTED = "selected"


class ExportScreens:
    """The page of an export, and the action that leads to it from selected rows."""

    export_template_name = "dynadmin/transfer/export.html"

    actions = ("export_selected",)

    @action(permissions=["export"], description=gettext_lazy("Export selected rows"))
    def export_selected(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse:
        """Lead to the export page: of the ticked rows, or of the whole list when all pages are selected."""
        if request.POST.get("select_across") == "1":
            # The address says which rows those are; their keys need not travel.
            query = f"?{request.GET.urlencode()}" if request.GET else ""
            return HttpResponseRedirect(self._address("export") + query)
        keys = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        return self._export_page(request, self._form(request), keys=keys, count=len(keys))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Show what can be chosen; then give the file."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self._address("changelist") + "?e=1")
        if getattr(changelist, "errors", None):
            # The list says what it did not understand; nothing else would be what it shows.
            return HttpResponseRedirect(f"{self._address('changelist')}?{request.GET.urlencode()}")
        keys = request.POST.getlist(_SELECTED)
        form = self._form(request, request.POST if request.method == "POST" else None)
        if form.is_valid():
            rows = chosen_rows(changelist.queryset, keys)
            try:
                if form.cleaned_data["in_background"] or is_large(rows, form.cleaned_data["format"]):
                    return self._leave_to_worker(request, form, keys)
                return self._file(rows, form)
            except TransferError as error:
                messages.error(request, str(error))
        count = len(keys) if keys else changelist.result_count
        return self._export_page(request, form, keys=keys, count=count, paginator=changelist.paginator)

    def _form(self, request: HttpRequest, data: Any = None) -> ExportForm:
        shown = [name for name in self.get_list_display(request) if isinstance(name, str)]
        return ExportForm(data, fields=exportable_fields(self.model, user=request.user), shown=shown)

    def _export_page(
        self, request: HttpRequest, form: ExportForm, *, keys: list[str], count: int, paginator: Any = None
    ) -> HttpResponse:
        words = ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        context = self.screen_context(
            request,
            _("Export"),
            form=form,
            keys=keys,
            keys_name=_SELECTED,
            rows=getattr(paginator, "words", words) if not keys else words,
            is_narrowed=bool(request.GET),
            action=self._address("export") + query,
            back=self._address("changelist") + query,
        )
        return TemplateResponse(request, self.export_template_name, context)

    def _file(self, queryset: models.QuerySet, form: ExportForm) -> HttpResponse:
        format_ = FORMATS[form.cleaned_data["format"]]
        pieces = _Begun(ahead(partial(export_rows, queryset, **form.options), alias=queryset.db))
        response = StreamingHttpResponse(pieces, content_type=format_.content_type)
        response["Content-Disposition"] = f'attachment; filename="{self._file_name(form)}"'
        post_export.send(sender=None, model=self.model)
        return response

    def _leave_to_worker(self, request: HttpRequest, form: ExportForm, keys: list[str]) -> HttpResponse:
        job = order_export(
            self.model,
            author=request.user,
            file_name=self._file_name(form),
            options=form.options,
            query=request.GET.urlencode(),
            keys=keys,
            site=self.admin_site.name,
        )
        background.enqueue(job)
        post_export.send(sender=None, model=self.model)
        return HttpResponseRedirect(self.export_address(job))

    def _file_name(self, form: ExportForm) -> str:
        return f"{self.file_stem()}-{today():%Y-%m-%d}.{form.cleaned_data['format']}"

    def file_stem(self) -> str:
        """Return what files of this table are called: its name."""
        schema = getattr(self.model, "table_schema", None)
        return schema.name if schema else self.opts.model_name


class _Begun:
    """The pieces of a file of which the first is made at once, while an error can still become a page."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._first = [next(pieces, b"")]

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return self._first.pop() if self._first else next(self._pieces)

    def close(self) -> None:
        """Have no more made for somebody who has gone."""
        self._pieces.close()
