"""The list of definitions."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dynadmin.admin.drafts import fetch_drafts
from dynadmin.models import DynamicModel
from dynadmin.registry import registry


class DefinitionChangeList(admin.views.main.ChangeList):
    """Tells of each definition on the page whether it is in force."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        schema = registry.current.schema
        live = {table.id for table in schema.live_tables}
        here = live & {definition.pk for definition in self.result_list}
        changed = fetch_drafts(schema, looked_at=here).changed
        for definition in self.result_list:
            definition.is_waiting = definition.pk in changed
            definition.is_live = definition.pk in live


class FolderFilter(admin.AllValuesFieldListFilter):
    """Filters by folder; that of tables in none has a name too, as a link without text cannot be followed."""

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or _("No folder")}


class DefinitionList:
    """What the list shows of each, for the admin of definitions."""

    list_display = ["label_shown", "name", "folder", "state"]
    list_filter = [("folder", FolderFilter)]
    search_fields = ["label", "name", "description"]
    ordering = ["label"]
    actions = None  # tables are retired one by one, each on a page that says what that means

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type:
        return DefinitionChangeList

    @admin.display(description=_("Label"), ordering="label")
    def label_shown(self, definition: DynamicModel) -> str:
        return str(definition)

    @admin.display(description=_("State"))
    def state(self, definition: DynamicModel) -> str:
        if not definition.is_live:
            return _("Never applied")
        if not definition.is_waiting:
            return _("In force")
        url = self.page("plan", definition.pk)
        return format_html('<a href="{}">{}</a>', url, _("Changes waiting"))
