"""The page that says what rebuilding a table takes, before a person says yes to it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.admin.applying import sentences_of
from dynadmin.admin.durations import in_words
from dynadmin.exceptions import Obstructed, PlanError, RefusedChange
from dynadmin.executor.limits import fetch_column_use
from dynadmin.models import DynamicModel, plan_rebuild, rebuild_table
from dynadmin.models.rebuilding import rebuild_seconds
from dynadmin.plan import Plan


class RebuildPage:
    """Room for columns, for the pages of the trash."""

    rebuild_template = "dynadmin/trash/rebuild.html"

    def may_rebuild(self, request: HttpRequest) -> bool:
        """Whether it would be of use, and the person may change tables."""
        return connection.vendor == "postgresql" and self.admin.has_change_permission(request)

    def rebuild_view(self, request: HttpRequest, table_id: int) -> HttpResponse:
        """Say what a rebuild takes; do it."""
        if not self.admin.has_change_permission(request):
            raise PermissionDenied
        try:
            plan = plan_rebuild(table_id)
        except RefusedChange as error:
            raise Http404(str(error)) from error
        if request.method == "POST" and self._rebuild(request, table_id):
            return HttpResponseRedirect(self.url("dynadmin_trash"))
        return self._show_rebuild(request, plan, table_id)

    def _show_rebuild(self, request: HttpRequest, plan: Plan, table_id: int) -> HttpResponse:
        table = plan.target.tables[table_id]
        context = {
            "table": table,
            "use": fetch_column_use().get(table.db_table),
            "seconds": in_words(int(1000 * rebuild_seconds(table))),
            "obstacles": executor.preview(plan).obstacles,
        }
        title = _("Rebuild “%(table)s”?") % {"table": table.label or table.name}
        return self.render(request, self.rebuild_template, title, context)

    def _rebuild(self, request: HttpRequest, table_id: int) -> bool:
        """Rebuild, and say whether it was done."""
        try:
            revision = rebuild_table(table_id, user=request.user)
        except Obstructed:  # the page says what stands in the way
            messages.error(request, _("Nothing was changed."))
            return False
        except PlanError as error:
            messages.error(request, _("Nothing was changed. %(reason)s") % {"reason": error})
            return False
        for definition in DynamicModel.objects.filter(pk=table_id):
            self.admin.log_change(request, definition, " ".join(revision.operations))
        messages.success(request, sentences_of(revision))
        return True
