"""What all views of the API share: who may call, how answers look, and how a change of tables is met."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, TokenAuthentication
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dynadmin.api.errors import TableChanged, exception_handler
from dynadmin.api.parsers import StrictJSONParser
from dynadmin.api.renderers import PageRenderer, RowJSONRenderer
from dynadmin.registry import registry, schema_moved_on
from dynadmin.rowhistory import changing


class ApiView(APIView):
    """A view of the API. What the host project set for its own API holds here for authentication only."""

    permission_classes = [IsAuthenticated]
    parser_classes = [StrictJSONParser, MultiPartParser, FormParser]
    renderer_classes = [RowJSONRenderer, PageRenderer]
    versioning_class = None
    table_changed = False

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the ways to log in: the host's, where it chose any, else token and session."""
        if "DEFAULT_AUTHENTICATION_CLASSES" in getattr(settings, "REST_FRAMEWORK", {}):
            return super().get_authenticators()
        # The first one answers requests of nobody: a token's answer is 401, a session's 403.
        return [TokenAuthentication(), SessionAuthentication()]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request; a question is put once more if the table changed while it was answered."""
        with changing("api"):
            response = super().dispatch(request, *args, **kwargs)
        if self.table_changed and request.method in SAFE_METHODS:
            registry.latest()
            response = super().dispatch(request, *args, **kwargs)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        self.table_changed = schema_moved_on(exc)
        return super().handle_exception(TableChanged() if self.table_changed else exc)

    def get_exception_handler(self) -> Any:
        return exception_handler

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if getattr(response, "exception", False) and response.accepted_renderer.format == "json":
            response.content_type = "application/problem+json"
        return response
