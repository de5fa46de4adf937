"""The page of one revision: who, when, how long, and what was different before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dynadmin.admin.durations import in_words
from dynadmin.admin.revisions.diffs import TableDiff, diff_of
from dynadmin.models import DynamicModel, RevisedTable, SchemaRevision
from dynadmin.models.history import tables_after, tables_before
from dynadmin.registry import registry

MOST_TABLES = 25
MOST_SENTENCES = 200


@dataclass(frozen=True, kw_only=True)
class TableChange:
    """What became of one table, and where to go from there: "" where there is nothing to see."""

    diff: TableDiff
    definition_url: str
    history_url: str


class RevisionPage:
    """The page of a revision, for the admin of revisions."""

    revision_template = "dynadmin/revisions/revision.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a revision. There is nothing to save."""
        revision = self.get_revision(request, object_id)
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        ids = list(revision.tables.order_by("pk").values_list("table", flat=True))
        context = {
            **self.revision_context(request, revision),
            "sentences": revision.operations[:MOST_SENTENCES],
            "more_sentences": len(revision.operations[MOST_SENTENCES:]),
            "changes": list(self._table_changes(request, revision, ids[:MOST_TABLES])),
            "more_tables": len(ids[MOST_TABLES:]),
            "undone_by": self._undone_by(revision),
            "may_undo": self.may_undo(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.revision_template, context)

    def get_revision(self, request: HttpRequest, object_id: str) -> SchemaRevision:
        revision = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, revision):
            raise PermissionDenied
        if revision is None:
            raise Http404(_("There is no such revision."))
        return revision

    def revision_context(self, request: HttpRequest, revision: SchemaRevision) -> dict[str, Any]:
        """Return what the pages of a revision have in common."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Revision %(number)d") % {"number": revision.pk},
            "original": revision,
            "took": in_words(revision.duration_ms),
            "is_in_force": revision.pk == registry.current.revision,
        }

    def revision_url(self, page: str, *args: Any) -> str:
        """Return the address of one of these pages."""
        return reverse(f"admin:dynadmin_schemarevision_{page}", args=args, current_app=self.admin_site.name)

    def _table_changes(
        self, request: HttpRequest, revision: SchemaRevision, ids: list[int]
    ) -> Iterator[TableChange]:
        before = tables_before(revision.pk, ids)
        defined = set(DynamicModel.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if not request.user.has_perms(["dynadmin.view_dynamicmodel"]) and not self.may_undo(request):
            defined = set()
        for table in tables_after(revision):
            if table.id in ids:
                yield TableChange(
                    diff=diff_of(before.get(table.id), table),
                    definition_url=self._definition_url(table.id) if table.id in defined else "",
                    history_url=f"{self.revision_url('changelist')}?table={table.id}",
                )

    def _definition_url(self, id: int) -> str:
        return reverse("admin:dynadmin_dynamicmodel_change", args=[id], current_app=self.admin_site.name)

    def _undone_by(self, revision: SchemaRevision) -> SchemaRevision | None:
        return SchemaRevision.objects.filter(undoes=revision).only("pk").first()


def fetch_revisions_of(table: int, most: int) -> list[SchemaRevision]:
    """Return the newest revisions that changed a table."""
    noted = RevisedTable.objects.filter(table=table).order_by("-revision_id")[:most]
    numbers = list(noted.values_list("revision", flat=True))
    revisions = SchemaRevision.objects.filter(pk__in=numbers).select_related("author")
    return list(revisions.defer("schema", "changes"))
