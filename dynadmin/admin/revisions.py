"""The list of what was done to the tables: who, when, and what in words. Read only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from dynadmin.admin.site import site
from dynadmin.models import SchemaRevision


@admin.register(SchemaRevision, site=site)
class RevisionAdmin(admin.ModelAdmin):
    """Revisions of the schema."""

    list_display = ["number", "created_at", "author", "done"]
    list_select_related = ["author"]
    list_filter = ["created_at", "author"]
    fields = ["created_at", "author", "base", "done"]
    readonly_fields = fields
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # The whole schema of hundreds of tables, which no page shows.
        return super().get_queryset(request).defer("schema", "changes")

    @admin.display(description=_("Revision"), ordering="pk")
    def number(self, revision: SchemaRevision) -> int:
        return revision.pk

    @admin.display(description=_("What was done"))
    def done(self, revision: SchemaRevision) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in revision.operations))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission
