"""The history of one table: the revisions that changed it, and below them who saved its definition."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dynadmin.admin.revisions.showing import fetch_revisions_of

MOST_REVISIONS = 20


class HistoryPage:
    """The page behind "History", for the admin of definitions."""

    object_history_template = "dynadmin/definitions/history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**self._revisions(request, object_id), **(extra_context or {})}
        return super().history_view(request, object_id, context)

    def _revisions(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        definition = self.get_object(request, object_id)
        if definition is None or not request.user.has_perm("dynadmin.view_schemarevision"):
            return {}
        revisions = fetch_revisions_of(definition.pk, MOST_REVISIONS + 1)
        url = reverse("admin:dynadmin_schemarevision_changelist", current_app=self.admin_site.name)
        return {
            "revisions": revisions[:MOST_REVISIONS],
            "all_revisions_url": f"{url}?table={definition.pk}",
        }
