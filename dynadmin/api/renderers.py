"""Answers as JSON for programs, and as a page for people who look around."""

import json
import re
from typing import Any

from django.template.loader import render_to_string
from rest_framework.renderers import BaseRenderer, JSONRenderer

from dynadmin.api.pages import page_context

ADDRESS = re.compile(r'(?<=")(https?://[^"\\\s]+)(?=")')


class RowJSONRenderer(JSONRenderer):
    """JSON that can always be sent, whatever a message repeats of what came in."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        try:
            return super().render(data, accepted_media_type, renderer_context)
        except UnicodeEncodeError:
            # Half a surrogate pair has no place in UTF-8; as an escape it can be said.
            return json.dumps(data, cls=self.encoder_class).encode()


class PageRenderer(BaseRenderer):
    """The answer in a page with what else can be done there. Without inline script or style."""

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """Return the page."""
        view, request, response = (renderer_context[key] for key in ("view", "request", "response"))
        body = "" if data is None else RowJSONRenderer().render(data, None, {"indent": 2}).decode()
        context = {"parts": ADDRESS.split(body), **page_context(view, request, response)}
        text = render_to_string("dynadmin/api/page.html", context, request=request._request)
        return text.encode("utf-8", "replace")
