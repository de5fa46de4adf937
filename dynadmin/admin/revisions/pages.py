"""The history of the tables: what was done, when and by whom; the page of each revision; and its undo."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dynadmin.admin.durations import in_words
from dynadmin.admin.revisions.showing import RevisionPage
from dynadmin.admin.revisions.undoing import UndoPage
from dynadmin.admin.site import site
from dynadmin.models import RevisedTable, SchemaRevision
from dynadmin.registry import registry

MOST_SENTENCES = 5
MOST_TABLES = 5


class TableFilter(admin.SimpleListFilter):
    """Narrows the history to that of one table. It is offered on the table's own page, and shown here."""

    title = _("table")
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        chosen = self.value()
        if chosen is None:
            return []
        return [(chosen, table_label(int(chosen)) if is_id(chosen) else chosen)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(tables__table=int(chosen)) if is_id(chosen) else queryset.none()


class RevisionList(ChangeList):
    """Knows of each revision on the page which tables it changed."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        revisions = {revision.pk: revision for revision in self.result_list}
        for revision in revisions.values():
            revision.table_ids = []
        noted = RevisedTable.objects.filter(revision__in=revisions).order_by("pk")
        for pk, table in noted.values_list("revision", "table"):
            revisions[pk].table_ids.append(table)


@admin.register(SchemaRevision, site=site)
class RevisionAdmin(RevisionPage, UndoPage, admin.ModelAdmin):
    """Revisions of the schema. They are read and undone, never changed."""

    list_display = ["number", "created_at", "author", "took", "changed_tables", "done"]
    list_select_related = ["author"]
    list_filter = [TableFilter, "created_at", "author"]
    list_per_page = 50
    actions = None
    show_full_result_count = False

    class Media:
        css = {"all": ["dynadmin/definitions.css", "dynadmin/history.css"]}

    def get_list_display(self, request: HttpRequest) -> list[str]:
        of_one_table = TableFilter.parameter_name in request.GET
        return [name for name in self.list_display if not (of_one_table and name == "changed_tables")]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return RevisionList

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # The whole schema of hundreds of tables, which no page shows.
        return super().get_queryset(request).defer("schema", "changes")

    @admin.display(description=_("Revision"), ordering="pk")
    def number(self, revision: SchemaRevision) -> int:
        return revision.pk

    @admin.display(description=_("Tables"))
    def changed_tables(self, revision: SchemaRevision) -> str:
        return ", ".join(few(map(table_label, revision.table_ids), MOST_TABLES, len(revision.table_ids)))

    @admin.display(description=_("What was done"))
    def done(self, revision: SchemaRevision) -> SafeString:
        sentences = list(few(revision.operations, MOST_SENTENCES, len(revision.operations)))
        if revision.undoes_id:
            sentences.insert(0, _("Undo of revision %(number)d") % {"number": revision.undoes_id})
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in sentences))

    @admin.display(description=_("Took"), ordering="duration_ms")
    def took(self, revision: SchemaRevision) -> str:
        return in_words(revision.duration_ms)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        chosen = request.GET.get(TableFilter.parameter_name, "")
        title = _("History")
        if is_id(chosen):
            title = _("History of “%(table)s”") % {"table": table_label(int(chosen))}
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_urls(self) -> list:
        return [*self.get_undo_urls(), *super().get_urls()]


def few(things: Iterable[Any], most: int, count: int) -> Iterator[Any]:
    """Yield the first of the things, and last how many more there are."""
    for number, thing in enumerate(things):
        if number == most:
            yield ngettext("and %(count)d more", "and %(count)d more", count - most) % {"count": count - most}
            return
        yield thing


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def table_label(id: int) -> str:
    """Return what a table is called now, or was last."""
    table = registry.current.schema.tables.get(id)
    return (table.label or table.name) if table else f"t{id}"
