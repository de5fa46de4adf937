"""Deleting for good: on a page that says what goes, which has to be what is there when one says yes."""

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import executor
from dynadmin.admin.applying import sentences_of, tell_refusal
from dynadmin.admin.trash.lines import make_lines
from dynadmin.exceptions import Obstructed, PlanError
from dynadmin.models import DynamicModel, TrashItem, plan_purge, purge, trash
from dynadmin.models.retired import FIELD, TABLE

MOST = 100  # items at once


class PurgePage:
    """The way out for good, for the pages of the trash."""

    purge_template = "dynadmin/trash/purge.html"

    def purge_view(self, request: HttpRequest) -> HttpResponse:
        """Say what would go; do it when that was said and agreed to."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.admin.has_delete_permission(request):
            raise PermissionDenied
        asked = list(dict.fromkeys(request.POST.getlist("item")))[:MOST]
        items = _asked_for(asked)
        missing = set(asked) - {item.key for item in items}
        self._tell_missing(request, len(missing), any_asked=bool(asked))
        if not items or ("shown" in request.POST and self._purge(request, items)):
            return HttpResponseRedirect(self.url("dynadmin_trash"))
        preview = executor.preview(plan_purge(**_chosen(items)))
        context = {
            "lines": list(make_lines(request, items, self.admin)),
            "obstacles": preview.obstacles,
            "shown": preview.digest,
        }
        return self.render(request, self.purge_template, _("Delete for good?"), context)

    def _tell_missing(self, request: HttpRequest, count: int, *, any_asked: bool) -> None:
        if not any_asked:
            messages.warning(request, _("Choose what to delete for good first."))
        elif count:
            message = ngettext(
                "%(count)d of what you chose is not in the trash any more.",
                "%(count)d of what you chose are not in the trash any more.",
                count,
            )
            messages.warning(request, message % {"count": count})

    def _purge(self, request: HttpRequest, items: Sequence[TrashItem]) -> bool:
        """Purge, and say whether it was done."""
        try:
            done = purge(**_chosen(items), user=request.user, shown=request.POST["shown"] or "-")
        except Obstructed:  # the page says what stands in the way
            messages.error(request, _("Nothing was deleted."))
            return False
        except PlanError as error:
            tell_refusal(request, error, _("Nothing was deleted. %(reason)s") % {"reason": error})
            return False
        self._log_purge(request, [item for item in items if item.key in done.gone])
        messages.success(request, sentences_of(done.revision))
        return True

    def _log_purge(self, request: HttpRequest, items: Sequence[TrashItem]) -> None:
        gone = [item.table for item in items if item.kind == TABLE]
        if gone:
            self.admin.log_deletions(
                request, [DynamicModel(pk=t.id, name=t.name, label=t.label or t.name) for t in gone]
            )
        for definition in DynamicModel.objects.filter(pk__in=[item.table.id for item in items]):
            labels = ", ".join(f"“{item.label}”" for item in items if item.table.id == definition.pk)
            self.admin.log_change(request, definition, _("Deleted %(labels)s for good.") % {"labels": labels})


def _asked_for(keys: Collection[str]) -> list[TrashItem]:
    """Return the items with these keys, and what goes with them: what a field was before a conversion."""
    items = trash()
    fields = {item.field.id for item in items if item.key in keys and item.kind == FIELD}
    return [item for item in items if item.key in keys or (item.field and item.field.id in fields)]


def _chosen(items: Sequence[TrashItem]) -> dict[str, Any]:
    """Return the arguments of ``purge`` and ``plan_purge``."""
    return {
        "tables": [item.table.id for item in items if item.kind == TABLE],
        "columns": [item.key for item in items if item.kind != TABLE],
    }
