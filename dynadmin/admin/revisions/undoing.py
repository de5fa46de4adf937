"""The page that says what undoing a revision does, before a person says yes to it. Nothing happens on GET."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import executor
from dynadmin.admin.applying import leave_to_worker, sentences_of, tell_refusal
from dynadmin.admin.plans import PlanForms, plan_context
from dynadmin.admin.plans.breachpages import BreachPages
from dynadmin.admin.plans.figures import number
from dynadmin.admin.plans.seen import differences, read_seen, seen_in
from dynadmin.exceptions import CannotUndo, Obstructed, PlanError
from dynadmin.models import DynamicModel, SchemaChange, SchemaRevision, Undo, foresee_undo, undo
from dynadmin.plan import Conflict, Plan

MOST_CONFLICTS = 50
PERMISSION = "dynadmin.{}_dynamicmodel"


@dataclass(frozen=True, kw_only=True)
class Hindrance:
    """Why an effect cannot be undone, and the page to go to first."""

    message: str
    url: str = ""
    link: str = ""


class UndoPage(BreachPages):
    """The page of the undo, for the admin of revisions."""

    undo_template = "dynadmin/revisions/undo.html"

    def get_undo_urls(self) -> list[URLPattern]:
        def url(route: str, view: Any, name: str) -> URLPattern:
            # A schema change needs a transaction of its own, also where a project wraps each request in one.
            view = transaction.non_atomic_requests(self.admin_site.admin_view(view))
            return path(f"<path:object_id>/undo/{route}", view, name=f"dynadmin_schemarevision_{name}")

        return [
            url("", self.undo_view, "undo"),
            url("rows/<int:field_id>/", self.plan_rows_view, "undo_rows"),
            url("rows/<int:field_id>.csv", self.plan_csv_view, "undo_csv"),
            url("rules/<int:rule_id>/", self.plan_breaches_view, "undo_breaches"),
            url("rules/<int:rule_id>.csv", self.plan_breaches_csv_view, "undo_breaches_csv"),
        ]

    def may_undo(self, request: HttpRequest) -> bool:
        """Whether the person may change tables at all; what a plan creates or deletes is asked then."""
        return request.user.has_perm(PERMISSION.format("change"))

    def get_planned(self, request: HttpRequest, object_id: str) -> SchemaRevision:
        revision = self.get_revision(request, object_id)
        if not self.may_undo(request):
            raise PermissionDenied
        return revision

    def plan_page(self, revision: SchemaRevision, page: str, *args: Any) -> str:
        return self.revision_url(page.replace("plan", "undo"), revision.pk, *args)

    def look(self, revision: SchemaRevision, data: Mapping[str, str]) -> tuple[PlanForms, Plan]:
        forms, found = self._look(revision, data)
        return forms, found.plan

    def _look(self, revision: SchemaRevision, data: Mapping[str, str]) -> tuple[PlanForms, Undo]:
        found = foresee_undo(revision)
        forms = PlanForms(found.plan, data)
        choices = forms.choices
        return forms, foresee_undo(revision, choices=choices) if choices else found

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what undoing the revision does; count again, or do it."""
        revision = self.get_planned(request, object_id)
        data = request.POST if request.method == "POST" else request.GET
        forms, found = self._look(revision, data)
        check_permissions(request, found.plan)
        if request.method == "POST":
            if "_count" in request.POST:
                return self.count_again(revision, forms) or self._undo_page(request, revision, forms, found)
            if self.is_answered(request, forms) and (done := self._undo(request, revision, forms)):
                return done
            forms, found = self._look(revision, data)
        return self._undo_page(request, revision, forms, found)

    def _undo_page(
        self, request: HttpRequest, revision: SchemaRevision, forms: PlanForms, found: Undo
    ) -> HttpResponse:
        preview = self.preview(request, found.plan)
        seen = read_seen(request.POST.get("seen", ""))
        context = {
            **self.revision_context(request, revision),
            "title": _("Undo revision %(number)d") % {"number": revision.pk},
            **plan_context(preview, forms=forms, sight=self.sight(request, revision, forms.query)),
            "differences": list(differences(seen, seen_in(preview, {}))) if seen else [],
            "exact_url": self.exact_url(revision, forms),
            "conflicts": list(self._hindrances(found.conflicts[:MOST_CONFLICTS])),
            "more_conflicts": len(found.conflicts[MOST_CONFLICTS:]),
            "notes": [*found.notes, *notes_on(preview)],
        }
        return TemplateResponse(request, self.undo_template, context)

    def _undo(self, request: HttpRequest, revision: SchemaRevision, forms: PlanForms) -> HttpResponse | None:
        """Undo the revision and return where to go; None if that was not done, which is told."""
        shown = request.POST.get("shown") or "-"
        try:
            made = undo(revision, user=request.user, shown=shown, choices=forms.choices, in_background=True)
        except (CannotUndo, Obstructed):  # the page says what stands in the way
            messages.error(request, _("Nothing was undone."))
            return None
        except PlanError as error:
            tell_refusal(request, error, _("Nothing was undone. %(reason)s") % {"reason": error})
            return None
        if isinstance(made, SchemaChange):
            return leave_to_worker(request, made, site_name=self.admin_site.name)
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


def check_permissions(request: HttpRequest, plan: Plan) -> None:
    """Raise PermissionDenied if the plan brings tables back, or takes them away, and the person may not."""
    for table in plan.changed_tables:
        before = plan.base.tables[table.id]
        if table.retired != before.retired:
            action = "delete" if table.retired else "add"
            if not request.user.has_perm(PERMISSION.format(action)):
                raise PermissionDenied
