"""Entity tags of rows, so that nobody overwrites what he has not seen."""

import hashlib

from django.utils.http import parse_etags
from rest_framework.request import Request

from dynadmin.api.errors import PreconditionFailed
from dynadmin.factory import Row
from dynadmin.related import links_of


def etag_of(row: Row) -> str:
    """Return the tag of the row's values as they are now."""
    digest = hashlib.sha256()
    for field in row._meta.concrete_fields:
        text = f"{field.column}={getattr(row, field.attname)!r};"
        digest.update(text.encode("utf-8", "backslashreplace"))
    for field in row._meta.many_to_many:
        digest.update(f"{field.name}={list(links_of(field, row))!r};".encode())
    return f'"{digest.hexdigest()[:32]}"'


def check_precondition(request: Request, row: Row) -> None:
    """Raise PreconditionFailed if the request names a state of the row (``If-Match``) that has passed."""
    wanted = parse_etags(request.headers.get("If-Match", "*"))
    if wanted != ["*"] and etag_of(row) not in wanted:
        raise PreconditionFailed
