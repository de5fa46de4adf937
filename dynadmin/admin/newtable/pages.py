"""The pages of a new table from a file. Nothing is made before a person says so."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.definitions.scripts import page_data
from dynadmin.admin.newtable.chosenreading import without_reading
from dynadmin.admin.newtable.drawing import Drawn, draw
from dynadmin.admin.newtable.filling import fill
from dynadmin.admin.newtable.forms import ColumnForm, NewReadingForm, SourceForm
from dynadmin.admin.transfer.forms import PASTED
from dynadmin.admin.transfer.readingform import reading_of, said_of
from dynadmin.exceptions import BadFile, PlanError, TransferError
from dynadmin.models import DynamicModel
from dynadmin.newtable import Checked, check, make_table
from dynadmin.transfer.formats import readable_extensions
from dynadmin.transfer.uploads import find_upload, store_upload


class NewTablePages:
    """The pages, for the admin of definitions."""

    def get_new_table_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.from_file_view)
        return [path("from-file/", view, name="dynadmin_dynamicmodel_from_file")]

    def from_file_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file, show which table it would be, then make it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._choose(request, SourceForm())
        try:
            if "upload" in request.POST:
                return self._go_on(request)
            return self._take_in(request)
        except TransferError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.page("from_file"))

    # --- The file ---

    def _choose(self, request: HttpRequest, form: SourceForm) -> HttpResponse:
        accept = ",".join(readable_extensions())
        return self._new_table_page(request, "choose", _("New table from a file"), form=form, accept=accept)

    def _take_in(self, request: HttpRequest) -> HttpResponse:
        form = SourceForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._choose(request, form)
        file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
        name = file.name if file else PASTED
        chunks = file.chunks() if file else [pasted.encode()]
        try:
            upload = store_upload(chunks, name=name, user_id=request.user.pk, model=DynamicModel)
            return self._show(request, draw(upload, None, user=request.user))
        except BadFile as error:
            form.add_error("file" if file else "pasted", str(error))
            return self._choose(request, form)

    # --- The proposal ---

    def _go_on(self, request: HttpRequest) -> HttpResponse:
        upload = find_upload(request.POST["upload"], user_id=request.user.pk, model=DynamicModel)
        try:
            drawn = draw(upload, request.POST, user=request.user)
        except BadFile as error:
            # It makes no sense as it is to be read now; what was said of the columns is still there.
            messages.error(request, str(error))
            return self._show(request, draw(upload, without_reading(request.POST), user=request.user))
        if "_create" not in request.POST or not drawn.is_valid or drawn.open_labels:
            return self._show(request, drawn)
        if problems := self._refused(request, drawn):
            return self._show(request, drawn, problems=problems)
        return self._create(request, drawn)

    def _refused(self, request: HttpRequest, drawn: Drawn) -> list[str]:
        """Return why the table is not made yet: rows would be refused that nobody has said to leave out."""
        try:
            drawn.draft.clean()
        except ValidationError as error:
            return error.messages
        if request.POST.get("skip_refused") == "on" or not drawn.is_small:
            return []
        refused = check(drawn.source, drawn.draft).refused
        message = ngettext(
            "%(count)d row does not fit. Say below that it is to be left out, or change what refuses it.",
            "%(count)d rows do not fit. Say below that they are to be left out, or change what refuses them.",
            refused,
        )
        return [message % {"count": refused}] if refused else []

    def _show(self, request: HttpRequest, drawn: Drawn, *, problems: list[str] | None = None) -> HttpResponse:
        draft = drawn.shown_draft
        found = list(problems or [])
        checked = Checked()
        kept = draft.kept if draft else ()
        if draft:
            try:
                draft.clean()
                checked = check(drawn.source, draft, whole=drawn.is_small, unread=drawn.open_positions)
            except ValidationError as error:
                found += error.messages
        context = {
            "drawn": drawn,
            "upload": drawn.upload,
            "reading": NewReadingForm(drawn.source, zone=drawn.zone),
            "said": said_of(drawn.source),
            "drawn_reading": str(reading_of(drawn.source)),
            "cards": [(form, drawn.misfit(form.proposed, checked)) for form in drawn.columns],
            "problems": found,
            "checked": checked,
            "is_all_checked": drawn.is_small,
            "shown_columns": kept,
            "first_rows": [
                (line, [cells[column.position] for column in kept]) for line, cells in checked.rows
            ],
            "definition_data": page_data(),
        }
        title = _("New table from %(file)s") % {"file": drawn.upload.name}
        return self._new_table_page(request, "proposal", title, **context)

    # --- The table ---

    def _create(self, request: HttpRequest, drawn: Drawn) -> HttpResponse:
        skip = request.POST.get("skip_refused") == "on"
        try:
            with drawn.upload.claimed() as upload:
                definition = make_table(drawn.draft, user=request.user)
                how = drawn.reading.arguments(drawn.source)
                return fill(self, request, definition, drawn.draft, upload, how, skip_refused=skip)
        except ValidationError as error:
            return self._show(request, drawn, problems=error.messages)
        except PlanError as error:
            return self._show(request, drawn, problems=[str(error)])

    def _new_table_page(self, request: HttpRequest, page: str, title: str, **context: Any) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": ColumnForm.base_fields["options"].widget.media,
            "back": self.page("changelist"),
            "here": self.page("from_file"),
            "is_refused": "_create" in request.POST,
            "skip_refused": request.POST.get("skip_refused") == "on",
        }
        return TemplateResponse(request, f"dynadmin/newtable/{page}.html", context)
