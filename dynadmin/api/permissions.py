"""Who may do what through the API: the table's own permissions, the same as in the admin."""

from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.views import APIView

from dynadmin import permissions
from dynadmin.schema import TableSchema, target_of

READING = ("GET", "HEAD", "OPTIONS")
ACTIONS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


def may(user, action: str, table: TableSchema) -> bool:
    """Whether the person may ``view``, ``add``, ``change`` or ``delete`` rows. Who may change may view."""
    return permissions.may(user, action, target_of(table.id))


class TablePermission(DjangoModelPermissions):
    """Asks for the permission on the table that goes with the method; reading needs one too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        action = "view" if request.method in READING else ACTIONS.get(request.method)
        return action is None or may(request.user, action, view.model.table_schema)
