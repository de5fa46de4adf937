"""Pages as a person gets them, with as little as possible between the benchmark and the program."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory


def getter(user: User) -> Callable[..., HttpResponse]:
    """Return what gets a page as the user through all middleware: `get(path, accept=...)`.

    Not the test client: it copies the context of each template drawn, which costs more than the drawing, and
    leaves finalizers behind with each request.
    """
    client = Client()
    client.force_login(user)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    requests, handler = RequestFactory(), BaseHandler()
    handler.load_middleware()

    def get(path: str, accept: str = "text/html") -> HttpResponse:
        request = requests.get(path, headers={"accept": accept})
        request.COOKIES.update(cookies)
        response = handler.get_response(request)
        assert response.status_code == 200, (path, response)
        return response

    return get
