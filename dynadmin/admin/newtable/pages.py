"""The pages of a new table from a file. Nothing is made before a person says so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.definitions.scripts import page_data
from dynadmin.admin.newtable.filling import fill
from dynadmin.admin.newtable.forms import (
    ColumnForm,
    NewReadingForm,
    SourceForm,
    TableForm,
    joined,
)
from dynadmin.admin.newtable.posted import PostedColumn, drawn, wishes_of
from dynadmin.admin.transfer.readingform import READING, reading_of, said_of
from dynadmin.conf import conf
from dynadmin.conversion.zones import current_zone_name
from dynadmin.exceptions import BadFile, PlanError, SeveralFiles, TransferError
from dynadmin.inference import ColumnProposal, Counted, Proposal
from dynadmin.models import DynamicModel
from dynadmin.newtable import (
    Checked,
    ColumnDraft,
    Misfit,
    Relation,
    TableDraft,
    as_relation,
    check,
    draft_of,
    make_table,
    name_of_file,
    names_of_kind,
    propose_relations,
)
from dynadmin.transfer.formats import readable_extensions
from dynadmin.transfer.readers import Source, open_source
from dynadmin.transfer.uploads import Upload, find_upload, store_upload

# Of larger files only the first rows are judged for the page; the import judges all.
_CHECKED_BYTES = 64 * 1024 * 1024
_PASTED = "pasted.tsv"


@dataclass(kw_only=True)
class Drawn:
    """A proposal with its forms."""

    upload: Upload
    source: Source
    proposal: Proposal
    table: TableForm
    columns: list[ColumnForm]
    zone: str
    left_out: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether a table can be made of what the forms say."""
        are_valid = [form.is_valid() for form in (self.table, *self.columns)]
        return all(are_valid)

    @property
    def open_labels(self) -> list[str]:
        """The labels of columns with open questions, of those that are taken."""
        return [
            form.proposed.label
            for form in self.columns
            if form.proposed.open_questions and form["is_kept"].value()
        ]

    @property
    def is_small(self) -> bool:
        """Whether all rows are judged for the page."""
        return self.source.size <= _CHECKED_BYTES

    @property
    def open_positions(self) -> set[int]:
        """Where the columns are that have open questions."""
        return {form.proposed.position for form in self.columns if form.proposed.open_questions}

    @property
    def draft(self) -> TableDraft:
        """The table as the forms say; they are valid."""
        columns = [_with_relation(form) for form in self.columns]
        named = self.table.cleaned_data
        return TableDraft(name=named["name"], label=named["label"], columns=tuple(columns))


def _with_relation(form: ColumnForm) -> ColumnDraft:
    draft, relation = form.draft, form.chosen_relation
    return as_relation(draft, relation) if relation and not draft.is_skipped else draft


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
        name = file.name if file else _PASTED
        chunks = file.chunks() if file else [pasted.encode()]
        try:
            upload = store_upload(chunks, name=name, user_id=request.user.pk, model=DynamicModel)
            return self._show(request, self._drawn(request, upload, None))
        except BadFile as error:
            form.add_error("file" if file else "pasted", str(error))
            return self._choose(request, form)

    # --- The proposal ---

    def _go_on(self, request: HttpRequest) -> HttpResponse:
        upload = find_upload(request.POST["upload"], user_id=request.user.pk, model=DynamicModel)
        try:
            drawn = self._drawn(request, upload, request.POST)
        except BadFile as error:
            # It makes no sense as it is to be read now; what was said of the columns is still there.
            messages.error(request, str(error))
            return self._show(request, self._drawn(request, upload, _without_reading(request.POST)))
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

    def _drawn(self, request: HttpRequest, upload: Upload, data: QueryDict | None) -> Drawn:
        reading = _reading_of(data)
        source = _opened(upload, reading)
        is_reread = data is not None and data.get("drawn_reading") != str(reading_of(source))
        # What was said of the columns of a file that is read in another way says nothing of these.
        data = None if is_reread else data
        counted = _counted(str(upload.path), upload.path.stat().st_mtime_ns, upload.name, reading)
        proposal = counted.proposal(wishes_of(data, len(source.headers)) if data else None)
        relations = propose_relations(counted, proposal, user=request.user)
        most = conf.MAX_FIELDS - len(names_of_kind())
        shown = replace(proposal, columns=proposal.columns[:most])
        table = TableForm(data) if data else TableForm(initial=_names(upload.name))
        return Drawn(
            upload=upload,
            source=source,
            proposal=proposal,
            table=table,
            columns=_column_forms(shown, relations, data),
            zone=dict(reading).get("zone") or current_zone_name(),
            left_out=len(proposal.columns) - len(shown.columns),
        )

    def _show(self, request: HttpRequest, drawn: Drawn, *, problems: list[str] | None = None) -> HttpResponse:
        is_bound = drawn.table.is_bound
        draft = drawn.draft if is_bound and drawn.is_valid else None
        if not is_bound:
            draft = _proposed_draft(drawn)
        found = list(problems or [])
        checked = Checked()
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
            "cards": [(form, _misfit(form.proposed, drawn, checked)) for form in drawn.columns],
            "problems": found,
            "checked": checked,
            "is_all_checked": drawn.is_small,
            "shown_columns": draft.kept if draft else (),
            "first_rows": [
                (line, [cells[column.position] for column in draft.kept]) for line, cells in checked.rows
            ]
            if draft
            else [],
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
                how = _how(drawn.source, _reading_of(request.POST))
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


# --- Parts ---


def _names(file: str) -> dict[str, str]:
    taken = dict(DynamicModel.objects.values_list("name", "label"))
    name, label = name_of_file("" if file == _PASTED else file, taken, taken.values())
    return {"name": name, "label": label}


def _proposed_draft(drawn: Drawn) -> TableDraft:
    names = drawn.table.initial
    shown = replace(drawn.proposal, columns=tuple(form.proposed for form in drawn.columns))
    return draft_of(shown, name=names["name"], label=names["label"], taken=names_of_kind())


def _column_forms(
    proposal: Proposal, relations: Mapping[int, list[Relation]], data: QueryDict | None
) -> list[ColumnForm]:
    if data is not None:
        data = data.copy()
        for column in proposal.columns:
            PostedColumn(data, column.position).renew(data, column)
        return [
            ColumnForm(data, proposed=column, relations=relations.get(column.position, ()))
            for column in proposal.columns
        ]
    draft = draft_of(proposal, name="table", label="", taken=names_of_kind())
    return [
        ColumnForm(
            initial=_initial(column, chosen, relations.get(column.position, ())),
            proposed=column,
            relations=relations.get(column.position, ()),
        )
        for column, chosen in zip(proposal.columns, draft.columns, strict=True)
    ]


def _initial(column: Any, chosen: ColumnDraft, relations: Any) -> dict[str, Any]:
    return {
        "is_kept": not chosen.is_skipped,
        "label": chosen.label,
        "name": chosen.name,
        "type": chosen.type,
        "options": dict(chosen.options),
        "relation": next((relation.id for relation in relations if relation.is_sure), ""),
        "empty_texts": joined(column.empty_texts),
        "drawn": drawn(column),
    }


def _misfit(column: ColumnProposal, drawn: Drawn, checked: Checked) -> Misfit | None:
    """Return what does not fit; as the proposal has counted it where only the first rows are judged."""
    if drawn.is_small or not column.misfits:
        return checked.misfits.get(column.position)
    return Misfit(count=column.misfits, samples=column.misfit_samples, reasons=())


def _reading_of(data: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Return how the page says that the file is read."""
    said = {name: data[name] for name in (*READING, "zone") if data and data.get(name)}
    if not re.fullmatch(r"[0-9]{1,5}", said.get("above", "")):
        said.pop("above", None)
    return tuple(said.items())


def _without_reading(data: QueryDict) -> QueryDict:
    data = data.copy()
    for name in READING:
        data.pop(name, None)
    return data


def _opened(upload: Upload, reading: tuple[tuple[str, str], ...]) -> Source:
    how = _how(None, reading)
    try:
        source = open_source(upload.path, name=upload.name, **how)
    except SeveralFiles as error:
        source = open_source(upload.path, name=upload.name, **{**how, "member": error.members[0]})
    if source.size > conf.NEW_TABLE_MAX_BYTES:
        message = _(
            "The file is larger than %(limit)d bytes, the most that is looked through while one waits. Make "
            "the table of a part of it and import the whole there, or say in the shell: importrows NAME FILE "
            "--create."
        )
        raise BadFile(message % {"limit": conf.NEW_TABLE_MAX_BYTES})
    return source


def _how(source: Source | None, reading: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return the arguments of ``open_source``; of an archive, which of its files the page was about."""
    how: dict[str, Any] = {name: value for name, value in reading if name != "zone"}
    if "header" in how:
        how["header"] = how["header"] == "yes"
    if "above" in how:
        how["above"] = int(how["above"])
    if source is not None and source.member and len(source.members) > 1:
        how["member"] = source.member
    return how


@lru_cache(maxsize=2)
def _counted(path: str, changed: int, name: str, reading: tuple[tuple[str, str], ...]) -> Counted:
    """Return the counted columns of an upload; whoever looks again does not wait again."""
    source = _opened(Upload(path=Path(path), name=name, token=""), reading)
    return Counted(source, zone=dict(reading).get("zone", ""))
