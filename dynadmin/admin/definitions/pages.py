"""The page on which people define a table: what it is called, and its fields in order.

Whoever may add, change or delete table definitions may add, change or retire tables; the permissions on rows
are each table's own. Saving keeps a draft in a transaction of its own; applying it comes after.
"""

from itertools import chain
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse

from dynadmin.admin.applying import apply_draft
from dynadmin.admin.definitions.choices import offer_choices
from dynadmin.admin.definitions.conflicts import find_conflict
from dynadmin.admin.definitions.extracting import ExtractPages
from dynadmin.admin.definitions.files import FilePages
from dynadmin.admin.definitions.forms import DefinitionForm
from dynadmin.admin.definitions.formset import FieldFormSet
from dynadmin.admin.definitions.history import HistoryPage
from dynadmin.admin.definitions.inlines import FieldInline, RuleInline
from dynadmin.admin.definitions.limits import LimitPages
from dynadmin.admin.definitions.lists import DefinitionList
from dynadmin.admin.definitions.plan import PlanPages
from dynadmin.admin.definitions.scripts import page_data
from dynadmin.admin.navigation import may_view, table_url
from dynadmin.admin.newtable import NewTablePages
from dynadmin.admin.site import site
from dynadmin.models import DynamicModel, bring_columns
from dynadmin.registry import registry


class DraftSaved(HttpResponseRedirect):
    """The response to a save whose transaction is still open; the draft is applied after it."""

    def __init__(self, definition: DynamicModel, url: str) -> None:
        super().__init__(url)
        self.definition = definition


@admin.register(DynamicModel, site=site)
class DefinitionAdmin(
    DefinitionList,
    NewTablePages,
    HistoryPage,
    FilePages,
    PlanPages,
    ExtractPages,
    LimitPages,
    admin.ModelAdmin,
):
    """Definitions of tables."""

    form = DefinitionForm
    inlines = [FieldInline, RuleInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("label", "name"),
                    ("description", "folder"),
                    ("kind", "display_text"),
                    "keeps_history",
                ]
            },
        )
    ]
    change_form_template = "dynadmin/definitions/form.html"

    class Media:
        css = {"all": ["dynadmin/definitions.css", "dynadmin/rules.css"]}
        js = [
            "dynadmin/naming.js",
            Script("dynadmin/definitions.js", defer=True),
            Script("dynadmin/rules.js", defer=True),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if request.method == "POST" and connection.in_atomic_block:
            # The version that is compared must be the version that is overwritten.
            return queryset.select_for_update()
        return queryset

    # --- The page ---

    def get_urls(self) -> list[URLPattern]:
        own = [self.get_file_urls(), self.get_plan_urls(), self.get_extract_urls(), self.get_limit_urls()]
        urls = [*self.get_new_table_urls(), *chain.from_iterable(own), *super().get_urls()]
        for url in urls:
            # Schema changes need a transaction of their own, also where a project wraps each request in one.
            url.callback = transaction.non_atomic_requests(url.callback)
        return urls

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            # Somebody took the name between the look and the save. The second look sees it, and says so.
            response = super().changeform_view(request, *args, **kwargs)
        if isinstance(response, DraftSaved):  # and the transaction is over
            return self.put_in_force(request, response)
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        if request.method == "POST" and obj is not None:
            self.offer_choices(request, obj, formsets[0])
        context |= {
            "definition_data": page_data(obj.pk if obj else None, limit_fields=self.page("limit_fields")),
            "conflict": find_conflict(form, *formsets) if getattr(form, "is_conflict", False) else None,
            "extract_url": self.page("extract", obj.pk)
            if obj is not None and self.may_extract(request, obj)
            else "",
            "has_pending_plan": obj is not None and request.method == "GET" and self.has_pending_plan(obj),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def offer_choices(self, request: HttpRequest, definition: DynamicModel, fields: FieldFormSet) -> None:
        """Help who made a field one of choices without naming them, and may see the values there are."""
        table = registry.current.schema.tables.get(definition.pk)
        if table is not None and not table.retired and may_view(request.user, table):
            offer_choices(fields.kept_forms, registry.current, table.id)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: DynamicModel, inline: admin.StackedInline, prefix: str
    ) -> dict[str, Any]:
        """Let the formsets of one page know each other: rules stand on fields that are saved with them."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return {**kwargs, "beside": request.__dict__.setdefault("_definition_formsets", {})}

    # --- Saving, then applying ---

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        bring_columns(form.instance)
        form.save_display()

    def save_model(self, request: HttpRequest, obj: DynamicModel, form: Any, change: bool) -> None:
        obj.save(bring=False)  # its kind has to see the fields that are saved with it

    def response_add(
        self, request: HttpRequest, obj: DynamicModel, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._saved(request, obj)

    def response_change(self, request: HttpRequest, obj: DynamicModel) -> HttpResponse:
        return self._saved(request, obj)

    def _saved(self, request: HttpRequest, obj: DynamicModel) -> HttpResponse:
        if "_addanother" in request.POST and IS_POPUP_VAR not in request.POST:
            return DraftSaved(obj, self.page("add"))
        return DraftSaved(obj, self.page("change", obj.pk) if "_continue" in request.POST else "")

    def put_in_force(self, request: HttpRequest, saved: DraftSaved) -> HttpResponse:
        """Apply a draft whose transaction is over, and return where to go."""
        definition = saved.definition
        done = apply_draft(request, definition, site_name=self.admin_site.name)
        if not done:
            return HttpResponseRedirect(self.page("plan", definition.pk))
        return saved if saved.url else HttpResponseRedirect(self.url_after(request, definition, done))

    def table_url(self, request: HttpRequest, definition: DynamicModel) -> str:
        """Return the address of the table's rows, or of the definitions for who may not see them."""
        table = registry.current.schema.tables[definition.pk]
        if may_view(request.user, table):
            return table_url(table, site_name=self.admin_site.name)
        return self.page("changelist")

    def page(self, page: str, *args: Any) -> str:
        """Return the address of one of these pages."""
        name = f"admin:dynadmin_dynamicmodel_{page}"
        return reverse(name, args=args, current_app=self.admin_site.name)
