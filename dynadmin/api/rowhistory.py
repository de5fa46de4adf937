"""The history of one row in the API: its changes, the newest first, with values before and after."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from dynadmin.api.pagination import row_id
from dynadmin.conf import conf
from dynadmin.rowhistory import RowChange
from dynadmin.rowhistory.reading import (
    changes_of,
    fields_by_key,
    first_made,
    named,
    told_values,
    values_when_made,
)


def history_response(request: Request, model: Any, pk: str) -> Response:
    """Return a page of a row's history, also of one that is deleted. Raises NotFound.

    Values are under the names that fields have now: JSON as files of rows have it, relations as ids.
    """
    table, row = model.table_schema, row_id(pk)
    below = request.query_params.get("below")
    most = conf.API_PAGE_SIZE
    changes = [] if row is None else changes_of(table.id, row, below=_below(below), most=most + 1)
    if not changes and below is None and not model._base_manager.filter(pk=row).exists():
        words = {"table": model._meta.verbose_name_plural, "id": pk[:40]}
        raise NotFound(_("%(table)s: there is no row %(id)s.") % words)
    shown = changes[:most]
    created = first_made(shown)
    made = values_when_made(model, created, row) if created is not None and row is not None else {}
    fields = fields_by_key(table)
    results = []
    for change in shown:
        before, after = told_values(change, made if change is created else {})
        results.append(_told(change) | {"before": named(before, fields), "after": named(after, fields)})
    more = f"{request.build_absolute_uri(request.path)}?below={shown[-1].pk}" if len(changes) > most else None
    return Response({"next": more, "results": results})


def _below(text: str | None) -> int | None:
    if text is None:
        return None
    if (number := row_id(text)) is None:
        raise NotFound(_("There is no page “%(below)s” of a history.") % {"below": text[:40]})
    return number


def _told(change: RowChange) -> dict[str, Any]:
    return {
        "id": change.pk,
        "action": change.action,
        "at": change.at,
        "author": change.author_name,
        "via": change.via,
        "unit": change.unit,
    }
