"""Brings this process to the newest schema before it serves a request, and keeps the request to it."""

from dynadmin.acting import acting
from dynadmin.registry import registry
from dynadmin.rowhistory import changing


class SchemaRevisionMiddleware:
    """One query a request; see ``ModelRegistry.refresh``. Rows that the request changes note whose it is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Asked late: another middleware, or the API's token, may say who it is.
        user = acting(lambda: getattr(request, "user", None))
        with registry.in_use(), user, changing("form"):  # the API, files and actions say so themselves
            return self.get_response(request)
