"""What the API says when something cannot be done: a problem body (RFC 9457), errors by field.

{"title": "Bad Request", "status": 400, "detail": "...", "errors": {"country": ["..."]}}
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

# Errors that belong to no field. No field can have this name.
WHOLE_ROW = "__all__"


class Gone(APIException):
    """The table was there once."""

    status_code = status.HTTP_410_GONE


class Conflict(APIException):
    """The row cannot be written as things stand in the database."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("The row is in conflict with another change. Read it again and repeat your change.")


class TableChanging(Conflict):
    """The table is about to have a rule that the row breaks."""

    default_detail = _(
        "The table is just being changed, and your row breaks a rule that is coming: it may have a value "
        "that no two rows may share from now on. Nothing was written."
    )


class TableChanged(Conflict):
    """A newer revision came into force while the request was under way."""

    default_detail = _(
        "The table was changed while your request was under way, and nothing was written. "
        "Read the table again and repeat your change."
    )


class PreconditionFailed(APIException):
    """The row is not what the client has seen."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("The row was changed since you read it. Read it again and repeat your change.")


class BodyTooLarge(APIException):
    """The body is larger than the server reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is larger than this server accepts.")


class BadRequest(APIException):
    """The request cannot be read."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("The request cannot be read.")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem that tells of an error, or None if it is not the client's."""
    response = default_handler(_as_api_exception(error), context)
    if response is not None:
        response.data = problem(response.status_code, response.data)
    return response


def _as_api_exception(error: Exception) -> Exception:
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(error, SuspiciousOperation):
        return BadRequest()
    if isinstance(error, DataError | OverflowError | UnicodeEncodeError):
        # Every value was checked: a type let pass what this database cannot hold.
        return ValidationError({WHOLE_ROW: [_("The database cannot hold one of these values.")]})
    return error


def problem(status_code: int, data: Any) -> dict[str, Any]:
    """Return the body for what REST framework would answer."""
    body: dict[str, Any] = {"title": HTTPStatus(status_code).phrase, "status": status_code}
    if isinstance(data, dict) and "detail" in data and not isinstance(data["detail"], list):
        return body | {"detail": str(data["detail"])}
    errors = dict(_by_field(data))
    whole = errors.pop(WHOLE_ROW, [])
    body["detail"] = " ".join(whole) if whole else str(_("Some values cannot be accepted; see “errors”."))
    return body | ({"errors": errors} if errors else {})


def _by_field(data: Any) -> Iterator[tuple[str, list[str]]]:
    if not isinstance(data, dict):
        data = {WHOLE_ROW: data}
    for name, messages in data.items():
        messages = messages if isinstance(messages, list) else [messages]
        yield (WHOLE_ROW if name == "non_field_errors" else name), [str(message) for message in messages]
