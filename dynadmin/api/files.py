"""Uploaded files, for those who may view the table they belong to."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.files.storage import Storage
from django.db import models
from django.http import FileResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from dynadmin.api.views import ApiView
from dynadmin.factory import ordinary_models
from dynadmin.fieldtypes.fields.files import STORED_NAME, UploadMixin
from dynadmin.permissions import may
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
        if not may(request.user, "view", model._meta.label):
            self.permission_denied(request)
        return file_response(field.storage, name)


def column_of(name: str) -> tuple[type[models.Model], models.FileField]:
    """Return the class and field that a stored file belongs to. Raises NotFound."""
    if STORED_NAME.fullmatch(name):
        folder = _folder(name.split("/")[1])
        for model in _classes_with(folder):
            for field in model._meta.concrete_fields:
                if _folder(field.column) == folder and isinstance(field, UploadMixin):
                    return model, field
    raise missing()


def _folder(column: str) -> str:
    """Return what the columns of one field have in common, whatever it was converted to."""
    return column.partition("_")[0]


def _classes_with(folder: str) -> Iterator[type[models.Model]]:
    """Yield the classes that may have a field: that of a live table, and those that took one over."""
    snapshot = registry.current
    with suppress(ValueError, LookupError):
        yield snapshot.model(snapshot.schema.table_with_field(int(folder.removeprefix("c"))).id)
    yield from ordinary_models().values()


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
