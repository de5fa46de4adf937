"""Brings this process to the newest schema before it serves a request, and keeps the request to it."""

from dynadmin.registry import registry


class SchemaRevisionMiddleware:
    """One query a request; see ``ModelRegistry.refresh``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with registry.in_use():
            return self.get_response(request)
