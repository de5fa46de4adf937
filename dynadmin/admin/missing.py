"""What answers when no table bears the name in an address: the table as it is called now, or a page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dynadmin.admin.home import get_definitions_admin
from dynadmin.admin.navigation import LONGEST_URL, may_view, table_url, tables_url
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import TableSchema

REVISIONS_SEARCHED = 200
LONGEST_ID = 18  # Python reads no number of thousands of digits
SAFE_METHODS = {"GET", "HEAD"}


def table_missing(request: HttpRequest, name: str, rest: str = "", *, site) -> HttpResponse:
    """Redirect to the table that had this name or has this id (``t5``), else say that there is none: a 404.

    A table that the person may not see is one that never was.
    """
    table = _table_by_id(name) or _table_once_named(name)
    if table is not None and (table.purged or not may_view(request.user, table)):
        table = None
    if table is not None and table.id in registry.current.models:
        # A form sent to the old name is sent again to the new one, with what was entered.
        is_form = request.method not in SAFE_METHODS
        return HttpResponseRedirect(_url(request, table, rest, site=site), preserve_request=is_form)
    return _not_found(request, name, table, site=site)


def _url(request: HttpRequest, table: TableSchema, rest: str, *, site) -> str:
    """Return the address by the table's name of today, with as much of the old one as fits."""
    start, query = table_url(table, site_name=site.name), request.META["QUERY_STRING"]
    urls = (f"{start}{rest}?{query}" if query else "", start + rest, start)
    return next(url for url in urls if 0 < len(url) <= LONGEST_URL)


def _not_found(request: HttpRequest, name: str, table: TableSchema | None, *, site) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": _("Table not found"),
        "name": name,
        "table": table,
        "entered": _entered(request, table) if table else [],
        "tables_url": tables_url(site.name),
        "trash_url": _trash_url(request, site) if table else "",
    }
    request.current_app = site.name
    return TemplateResponse(request, "dynadmin/table_missing.html", context, status=404)


def _trash_url(request: HttpRequest, site) -> str:
    """Return the address of the trash, where the table is; "" for who may not see that."""
    definitions = get_definitions_admin(site)
    may_see = definitions is not None and definitions.has_view_permission(request)
    return reverse("admin:dynadmin_trash", current_app=site.name) if may_see else ""


def _entered(request: HttpRequest, table: TableSchema) -> list[tuple[str, str]]:
    """Return what a form for a row sent, by the labels of the fields: it cannot be saved, only copied."""
    labels = {field.name: field.label or field.name for field in table.fields}
    return [(labels[name], value) for name, value in request.POST.items() if name in labels and value]


def _table_by_id(name: str) -> TableSchema | None:
    number = name.removeprefix("t")
    if number == name or not number.isdecimal() or len(number) > LONGEST_ID:
        return None
    return registry.current.schema.tables.get(int(number))


def _table_once_named(name: str) -> TableSchema | None:
    """Return the table that was the last to bear the name, as it is now."""
    revisions = SchemaRevision.objects.order_by("-pk").values_list("changes", flat=True)
    for changes in revisions[:REVISIONS_SEARCHED]:
        for table in changes:
            if table["name"] == name:
                return registry.current.schema.tables.get(table["id"])
    return None
