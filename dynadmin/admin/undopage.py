"""The page that says what undoing a revision does, before a person says yes to it. Nothing happens on GET."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import executor
from dynadmin.admin.applying import sentences_of
from dynadmin.admin.navigation import may_view
from dynadmin.admin.plans import PlanForms, Sight, plan_context
from dynadmin.exceptions import CannotUndo, Obstructed, PlanError, StalePlan
from dynadmin.models import DynamicModel, SchemaRevision, foresee_undo, undo
from dynadmin.plan import Conflict, Plan

PERMISSION = "dynadmin.{}_dynamicmodel"


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """Why an effect cannot be undone, and the page to go to first."""

    message: str
    url: str = ""
    link: str = ""


class UndoPage:
    """The page of the undo, for the admin of revisions."""

    undo_template = "dynadmin/revisions/undo.html"

    def get_undo_urls(self) -> list[URLPattern]:
        # A schema change needs a transaction of its own, also where a project wraps each request in one.
        view = transaction.non_atomic_requests(self.admin_site.admin_view(self.undo_view))
        return [path("<path:object_id>/undo/", view, name="dynadmin_schemarevision_undo")]

    def may_undo(self, request: HttpRequest) -> bool:
        """Whether the person may change tables at all; what a plan creates or deletes is asked then."""
        return request.user.has_perm(PERMISSION.format("change"))

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what undoing the revision does; do it."""
        revision = self.get_revision(request, object_id)
        if not self.may_undo(request):
            raise PermissionDenied
        bare = foresee_undo(revision).plan
        check_permissions(request, bare)
        forms = PlanForms(bare, request.POST)
        is_answered = request.method == "POST" and "_count" not in request.POST and forms.is_valid()
        if is_answered and (response := self._undo(request, revision, forms)):
            return response
        return self._undo_page(request, revision, forms)

    def _undo_page(self, request: HttpRequest, revision: SchemaRevision, forms: PlanForms) -> HttpResponse:
        found = foresee_undo(revision, choices=forms.choices)
        preview = executor.preview(found.plan)
        sight = Sight(may_see=lambda table: may_view(request.user, table))
        context = {
            **self.revision_context(request, revision),
            "title": _("Undo revision %(number)d") % {"number": revision.pk},
            **plan_context(preview, forms=forms, sight=sight),
            "conflicts": list(self._hindrances(found.conflicts)),
            "notes": [*found.notes, *notes_on(preview)],
        }
        return TemplateResponse(request, self.undo_template, context)

    def _undo(self, request: HttpRequest, revision: SchemaRevision, forms: PlanForms) -> HttpResponse | None:
        """Undo the revision and return where to go; None if that was not done, which is told."""
        shown = request.POST.get("shown") or "-"
        try:
            made = undo(revision, user=request.user, shown=shown, choices=forms.choices)
        except (CannotUndo, Obstructed):  # the page says what stands in the way
            messages.error(request, _("Nothing was undone."))
            return None
        except PlanError as error:
            level = messages.WARNING if isinstance(error, StalePlan) else messages.ERROR
            messages.add_message(request, level, _("Nothing was undone. %(reason)s") % {"reason": error})
            return None
        # The author of a new table has been given its permissions; those of this user object are cached.
        request.user = get_user_model()._default_manager.get(pk=request.user.pk)
        self._tell(request, revision, made)
        return HttpResponseRedirect(self.revision_url("change", made.pk if made else revision.pk))

    def _tell(self, request: HttpRequest, revision: SchemaRevision, made: SchemaRevision | None) -> None:
        if made is None:
            messages.success(request, _("Nothing was left to undo."))
            return
        words = _("Revision %(number)d is undone.") % {"number": revision.pk}
        messages.success(request, format_html("{} {}", words, sentences_of(made)))
        definitions = DynamicModel.objects.filter(pk__in=made.tables.values("table"))
        for definition in definitions:
            message = _("Undid revision %(number)d.") % {"number": revision.pk}
            self.log_change(request, definition, message)

    def _hindrances(self, conflicts: tuple[Conflict, ...]) -> Iterator[Hindrance]:
        for conflict in conflicts:
            url, link = self._way_out(conflict)
            yield Hindrance(message=conflict.message, url=url, link=link)

    def _way_out(self, conflict: Conflict) -> tuple[str, str]:
        if conflict.revision:
            words = {"number": conflict.revision}
            return self.revision_url("change", conflict.revision), _("Revision %(number)d") % words
        definition = DynamicModel.objects.filter(pk=conflict.table).first()
        if definition is None:
            return "", ""
        page = "plan" if conflict.is_draft else "change"
        url = reverse(
            f"admin:dynadmin_dynamicmodel_{page}", args=[definition.pk], current_app=self.admin_site.name
        )
        return url, _("Definition of “%(table)s”") % {"table": definition}


def notes_on(preview: executor.Preview) -> Iterator[str]:
    """Yield what an undo makes of rows whose value was converted and, in some, edited since."""
    for report in preview.reports:
        if not getattr(report.operation, "original", None) or report.reading is None:
            continue
        words = report.operation.words | {"returned": number(report.returned)}
        message = ngettext(
            "Field “%(field)s” of “%(table)s”: %(returned)s row gets back exactly what it had.",
            "Field “%(field)s” of “%(table)s”: %(returned)s rows get back exactly what they had.",
            report.returned,
        )
        yield f"{message % words} {_words_on_edits(report.total - report.returned)}"


def _words_on_edits(count: int) -> str:
    if not count:
        return _("No row was edited since.")
    message = ngettext(
        "%(count)s row was edited or added since: its value is converted.",
        "%(count)s rows were edited or added since: their values are converted.",
        count,
    )
    return message % {"count": number(count)}


def number(count: int) -> str:
    return number_format(count, force_grouping=True)


def check_permissions(request: HttpRequest, plan: Plan) -> None:
    """Raise PermissionDenied if the plan brings tables back, or takes them away, and the person may not."""
    for table in plan.changed_tables:
        before = plan.base.tables[table.id]
        if table.retired != before.retired:
            action = "delete" if table.retired else "add"
            if not request.user.has_perm(PERMISSION.format(action)):
                raise PermissionDenied
