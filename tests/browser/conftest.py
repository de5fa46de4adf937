"""A real browser on a real server with a real database, for the tests of what people see."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import watch

SCREENSHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"
TIMEOUT_MS = 20_000
VIEWPORT = {"width": 1360, "height": 900}
# Debian's Chromium as any user, root too, and without the calls home that a closed network refuses.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium_path() -> str:
    """Return the installed Chromium; without one the tests fail, they are not skipped."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise RuntimeError("No Chromium on this machine: install Debian's package chromium, or run .ci/run.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the session."""
    # Playwright keeps an event loop on this thread. The tests' own queries on it are not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def administrator(transactional_db) -> User:
    """A user who may do everything; the password is "secret"."""
    return User.objects.create_superuser("ada", "ada@example.com", "secret")


@pytest.fixture
def open_page(browser, live_server, tables) -> Iterator[OpenPage]:
    """`open_page(user, **context)`: a watched page, logged in as the user, or as nobody for None.

    Further arguments are those of a Playwright context, as color_scheme="dark"; paths start at the server.
    The test fails at its end if a page of it logged an error or broke the content security policy.
    """
    contexts = []

    def open_page(user: User | None, **context_options) -> Page:
        options = {"base_url": live_server.url, "viewport": VIEWPORT, **context_options}
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        watch.watch(context)
        if user:
            context.add_cookies([session_cookie(user, live_server.url)])
        return context.new_page()

    yield open_page
    problems = [problem for context in contexts for problem in watch.problems_in(context)]
    for context in contexts:
        context.close()
    assert problems == []


def session_cookie(user: User, url: str) -> dict[str, str]:
    """Return the cookie of a session of the user."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def page(open_page, administrator) -> Page:
    """A page logged in as the administrator, not yet anywhere: `page.goto("/admin/")`."""
    return open_page(administrator)


@pytest.fixture
def assert_clean() -> Callable[[Page], None]:
    """`assert_clean(page)`: no console error, no CSP violation, no serious barrier for people."""
    return watch.assert_clean


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """`screenshot(page, "name")`: the page as a picture under build/screenshots."""

    def save(page: Page, name: str) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return save
