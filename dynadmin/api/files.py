"""Uploaded files, for those who may view the table they belong to."""

from typing import Any

from django.core.files.storage import Storage
from django.db import models
from django.http import FileResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from dynadmin.api.permissions import may
from dynadmin.api.views import ApiView
from dynadmin.factory import Row
from dynadmin.fieldtypes.fields.files import STORED_NAME
from dynadmin.registry import registry

# What a browser may show in place. All else it has to save, so that nothing runs as a page of this site.
SHOWN = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
SECONDS_KEPT = 600


class FileView(ApiView):
    """One uploaded file, by the name under which it is stored."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # A file is what it is, whatever an <img> says it would rather have.
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request, name: str) -> FileResponse:
        """Send the file. Raises NotFound or PermissionDenied."""
        model, field = column_of(name)
        if not may(request.user, "view", model.table_schema):
            self.permission_denied(request)
        return file_response(field.storage, name)


def column_of(name: str) -> tuple[type[Row], models.FileField]:
    """Return the class and field that a stored file belongs to. Raises NotFound."""
    snapshot = registry.current
    if STORED_NAME.fullmatch(name):
        column = name.split("/")[1]
        try:
            table = snapshot.schema.table_with_field(int(column.removeprefix("c")))
            model = snapshot.model(table.id)
        except (ValueError, LookupError) as error:
            raise missing() from error
        for field in model._meta.concrete_fields:
            if field.column == column and isinstance(field, models.FileField):
                return model, field
    raise missing()


def file_response(storage: Storage, name: str) -> FileResponse:
    """Return the file as an answer that no browser takes for a page. Raises NotFound."""
    try:
        file = storage.open(name)
    except OSError as error:
        raise missing() from error
    kind = SHOWN.get(name.rpartition(".")[2])
    response = FileResponse(
        file,
        as_attachment=kind is None,
        filename=name.rpartition("/")[2],
        content_type=kind or "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, max_age=SECONDS_KEPT)
    return response


def missing() -> NotFound:
    """Return the error for a file that is not there, or that no live table has."""
    return NotFound(_("There is no such file."))
