"""Which table a request is about, and the list of those a person may view."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from dynadmin.api.errors import Gone
from dynadmin.api.pagination import row_id
from dynadmin.api.permissions import may
from dynadmin.api.views import ApiView
from dynadmin.exceptions import NotApplied, TableRetired
from dynadmin.factory import Row
from dynadmin.models import DynamicModel
from dynadmin.naming import PATTERN
from dynadmin.registry import registry
from dynadmin.schema import TableSchema


class TableListView(ApiView):
    """The tables that the person may view, by label."""

    def get_view_name(self) -> str:
        return _("Tables")

    def get(self, request: Request, **kwargs: Any) -> Response:
        """List the tables."""
        schema = registry.current.schema
        visible = (table for table in schema.live_tables if may(request.user, "view", table))
        tables = sorted(visible, key=lambda table: (table.label.lower(), table.name))
        return Response({"tables": [describe(table, request) for table in tables]})


def describe(table: TableSchema, request: Request) -> dict[str, Any]:
    """Return what a list of tables says about one."""
    return {
        "id": table.id,
        "name": table.name,
        "label": table.label,
        "description": table.description,
        "url": request.build_absolute_uri(reverse("dynadmin-api:rows", kwargs={"name": table.name})),
    }


def model_asked_for(*, model_pk: str = "", name: str = "") -> type[Row]:
    """Return the class of a table by id or by name. Raises NotFound or Gone, which say what to do."""
    table_id = row_id(model_pk) or 0
    asked = {"table": name or model_pk}
    try:
        return registry.current.model_named(name) if name else registry.current.model(table_id)
    except TableRetired as error:
        message = _("Table “%(table)s” was retired. Its rows are kept: an administrator can restore it.")
        raise Gone(message % asked) from error
    except NotApplied as error:
        if table_id in registry.current.schema.tables or not _is_draft(name, table_id):
            raise NotFound(str(error)) from error
        message = _("Table “%(table)s” is a draft: apply it in the admin, or with sync(), before you use it.")
        raise NotFound(message % asked) from error


def _is_draft(name: str, table_id: int) -> bool:
    # No other text is looked for: a NUL, for one, is an error to PostgreSQL.
    is_name = name and PATTERN.fullmatch(name)
    return DynamicModel.objects.filter(Q(name=name) if is_name else Q(pk=table_id)).exists()
