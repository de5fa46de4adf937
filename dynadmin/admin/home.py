"""What the home page and the list of tables show: a page of tables, and what happened lately.

The number of queries does not depend on the number of tables, and only tables on the page are looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from dynadmin.admin.drafts import Drafts, fetch_drafts
from dynadmin.admin.navigation import by_folder, may, name_of, table_url, visible_tables
from dynadmin.conf import conf
from dynadmin.executor.counts import RowCount, count_rows
from dynadmin.factory import APP_LABEL
from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from dynadmin.schema import TableSchema

RECENT_ENTRIES = 12


@dataclass(frozen=True, kw_only=True)
class Change:
    """An entry of Django's log: with what it happened to, who did it and how long ago, in words."""

    entry: LogEntry
    place: str

    @property
    def who(self) -> str:
        return name_of(self.entry.user)

    @property
    def when(self) -> str:
        if timezone.now() - self.entry.action_time < timedelta(minutes=1):
            return _("just now")
        return _("%(time)s ago") % {"time": timesince(self.entry.action_time, depth=1)}


@dataclass(frozen=True, kw_only=True)
class TableLine:
    """One table as a line of the list: where it is, how many rows it has, who changed it last."""

    table: TableSchema
    url: str
    add_url: str | None
    rows: RowCount
    last_change: "Change | None"
    has_unapplied_changes: bool


class TableList:
    """One page of the tables a person may see; ``?q=`` searches, ``?folder=`` narrows, ``?page=`` turns."""

    def __init__(self, request: HttpRequest, *, site: AdminSite) -> None:
        self.request = request
        self.site = site
        self.query = request.GET.get("q", "").strip()
        self.folder = request.GET.get("folder")
        self.visible = list(visible_tables(request.user))

    @cached_property
    def found(self) -> list[TableSchema]:
        """The tables that fit the search and the folder."""
        tables = self.visible if self.folder is None else [t for t in self.visible if t.folder == self.folder]
        words = self.query.casefold().split()
        return [table for table in tables if all(word in _searched(table) for word in words)]

    @cached_property
    def page(self) -> Page:
        """The page asked for; the nearest one if there is no such page."""
        return Paginator(self.found, conf.HOME_TABLES).get_page(self.request.GET.get("page"))

    @property
    def page_range(self) -> Iterable[int | str]:
        """Numbers of pages to link to, with an ellipsis where some are left out."""
        return self.page.paginator.get_elided_page_range(self.page.number)

    @cached_property
    def folders(self) -> list[tuple[str, int]]:
        """All folders with their number of tables."""
        return [(folder, len(tables)) for folder, tables in by_folder(self.visible)]

    @cached_property
    def is_long(self) -> bool:
        """Whether the tables do not fit on one page, so that one has to search or to narrow."""
        return len(self.visible) > conf.HOME_TABLES

    @cached_property
    def groups(self) -> list[tuple[str, list[TableLine]]]:
        """The lines of the page by folder."""
        tables = list(self.page.object_list)
        counts = count_rows([table.db_table for table in tables])
        changes = fetch_last_changes(tables)
        return [
            (
                folder,
                [self._line(table, counts[table.db_table], changes.get(table.model_name)) for table in group],
            )
            for folder, group in by_folder(tables)
        ]

    @cached_property
    def drafts(self) -> Drafts:
        """Definitions that are not applied; none for those who may not change definitions."""
        definitions = get_definitions_admin(self.site)
        if definitions is None or not definitions.has_change_permission(self.request):
            return Drafts()
        ids = [table.id for table in self.page.object_list]
        return fetch_drafts(registry.current.schema, looked_at=ids)

    def _line(self, table: TableSchema, rows: RowCount, last_change: Change | None) -> TableLine:
        url = table_url(table, site_name=self.site.name)
        return TableLine(
            table=table,
            url=url,
            add_url=f"{url}add/" if may(self.request.user, "add", table) else None,
            rows=rows,
            last_change=last_change,
            has_unapplied_changes=table.id in self.drafts.changed,
        )


def fetch_activity(request: HttpRequest, *, models: Iterable[type]) -> list[Change]:
    """Return the newest changes in tables the person may see and in the given static models. One query."""
    user = request.user
    entries = LogEntry.objects.select_related("user", "content_type").order_by("-pk")
    if not user.is_superuser:
        visible = Q(app_label=APP_LABEL, model__in=[table.model_name for table in visible_tables(user)])
        for model in models:
            visible |= Q(app_label=model._meta.app_label, model=model._meta.model_name)
        entries = entries.filter(content_type__in=ContentType.objects.filter(visible))
    return [Change(entry=entry, place=_place(entry)) for entry in entries[:RECENT_ENTRIES]]


def fetch_last_changes(tables: Iterable[TableSchema]) -> dict[str, Change]:
    """Return the newest log entry of each table that has one, by the table's model name. One query."""
    newest = LogEntry.objects.filter(content_type=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    types: QuerySet = ContentType.objects.filter(
        app_label=APP_LABEL, model__in=[table.model_name for table in tables]
    )
    ids = types.annotate(newest=Subquery(newest)).values("newest")
    entries = LogEntry.objects.filter(pk__in=ids).select_related("user", "content_type")
    return {entry.content_type.model: Change(entry=entry, place=_place(entry)) for entry in entries}


def get_definitions_admin(site: AdminSite) -> ModelAdmin | None:
    """Return the admin of the definitions, None if the site has none."""
    return site.get_model_admin(DynamicModel) if site.is_registered(DynamicModel) else None


def _searched(table: TableSchema) -> str:
    return f"{table.label} {table.name} {table.folder} {table.description}".casefold()


def _place(entry: LogEntry) -> str:
    """Return the label of the table, or the name of the static model, an entry belongs to."""
    content_type = entry.content_type
    if content_type is None:
        return ""
    if content_type.app_label == APP_LABEL:
        id = content_type.model.removeprefix("t")
        table = registry.current.schema.tables.get(int(id)) if id.isdigit() else None
        return table.label if table else ""
    return str(content_type.name)
