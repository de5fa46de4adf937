"""What the page of an answer shows beside it: where one is, where one can go and what one can send."""

import json
from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from dynadmin.api.forms import form_of
from dynadmin.api.permissions import may

# After these there is no table to send anything to.
CLOSED = {401, 403, 404, 410}


def page_context(view: APIView, request: Request, response: Response) -> dict[str, Any]:
    """Return what the template of a page shows."""
    data = response.data if isinstance(response.data, dict) else {}
    is_open = response.status_code not in CLOSED
    crumbs = _crumbs(view) if is_open else [(_("API"), reverse("dynadmin-api:root"))]
    return {
        "title": " ".join(name for name, _url in crumbs[1:]) or _("Tables")
        if is_open
        else response.status_text,
        "crumbs": crumbs,
        "request_line": f"{request.method} {request.get_full_path()}",
        "status_line": f"{response.status_code} {response.status_text}",
        "is_error": response.status_code >= 400,
        "allowed": ", ".join(view.allowed_methods),
        "previous_page": data.get("previous") if "results" in data else None,
        "next_page": data.get("next") if "results" in data else None,
        "login_url": resolve_url(settings.LOGIN_URL) if response.status_code == 401 else "",
        **(_editing(view, request, data) if is_open and hasattr(view, "model") else {}),
    }


def _crumbs(view: APIView) -> list[tuple[str, str]]:
    """Return the names and addresses of the pages above this one, and of this one."""
    crumbs = [(_("API"), reverse("dynadmin-api:root"))]
    if hasattr(view, "model"):
        table = view.model.table_schema
        crumbs.append((table.label or table.name, reverse("dynadmin-api:rows", args=[table.name])))
        if "pk" in view.kwargs:
            crumbs.append((f"#{view.kwargs['pk']}", view.request.path))
    return crumbs


def _editing(view: APIView, request: Request, data: dict[str, Any]) -> dict[str, Any]:
    """Return the forms for what the person may do here."""
    table = view.model.table_schema
    is_row = "pk" in view.kwargs
    row = getattr(view, "row", None)
    if not may(request.user, "change" if is_row else "add", table):
        inputs, body = [], ""
    else:
        sent = request.data if data.get("errors") and request.method == "POST" else {}
        form = form_of(view.model, row, sent)
        inputs = [(field, data.get("errors", {}).get(field.name, [])) for field in form]
        body = _body_to_send(view, row)
    return {
        "method": "PATCH" if is_row else "POST",
        "inputs": inputs,
        "body": body,
        "may_delete": is_row and may(request.user, "delete", table),
        "list_url": reverse("dynadmin-api:rows", args=[table.name]),
    }


def _body_to_send(view: APIView, row: Any) -> str:
    """Return a body as JSON that the person can change and send: the row's values, or those of a new one."""
    serializer = view.get_serializer(row or view.model())
    settable = [field.field_name for field in serializer.fields.values() if not field.read_only]
    values = serializer.data
    return json.dumps(
        {name: values[name] for name in settable}, indent=2, cls=JSONEncoder, ensure_ascii=False
    )
