"""What a page must not do while a test looks on: break its content policy, fail, or shut people out."""

from collections import defaultdict
from time import monotonic
from weakref import WeakKeyDictionary

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

SERIOUS = {"serious", "critical"}

# The browser says what was blocked on the console; the event adds where, so a test tells the line to mend.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
    `CSP ${event.effectiveDirective} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""

# Only what is wrong: axe-core takes twice the time to tell of all that is right, too.
FIND_BARRIERS = (
    "axe.run(document, {preload: false, resultTypes: ['violations']}).then(found => found.violations)"
)
NEXT_FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)))"

_problems: WeakKeyDictionary[BrowserContext, list[str]] = WeakKeyDictionary()
# Of each page by itself: nobody says what became of the requests of a popup that closed.
_under_way: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
# Longest that pages have to ask for all they need.
_PATIENCE_S = 20


def watch(context: BrowserContext) -> None:
    """Note everything that goes wrong in the pages of a context from now on."""
    problems = _problems.setdefault(context, [])

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def on_response(response: Response) -> None:
        if response.status >= 500:
            problems.append(f"HTTP {response.status}: {response.url}")

    context.add_init_script(REPORT_VIOLATIONS)
    context.on("page", _watch_requests)
    context.on("console", on_console)
    context.on("response", on_response)
    context.on("weberror", lambda error: problems.append(f"script: {error.error}"))


def _watch_requests(page: Page) -> None:
    under_way = _under_way.setdefault(page, set())
    page.on("request", lambda request: under_way.add(request))
    page.on("requestfinished", lambda request: under_way.discard(request))
    page.on("requestfailed", lambda request: under_way.discard(request))


def problems_in(context: BrowserContext) -> list[str]:
    """Return what went wrong so far in the pages of a context."""
    return _problems[context]


def problems_of(page: Page) -> list[str]:
    """Return what went wrong so far; a test that provokes an error clears the list."""
    return problems_in(page.context)


def assert_clean(page: Page) -> None:
    """Fail on console errors, CSP violations, and what axe-core calls serious or critical."""
    settle(page)
    barriers = serious_barriers(page)
    assert problems_of(page) == [], f"{page.url}: {problems_of(page)}"
    assert barriers == {}, f"{page.url}: {barriers}"


def settle(page: Page) -> None:
    """Wait until the page has loaded, and what its scripts ask for has come."""
    page.wait_for_load_state("load")
    page.evaluate(NEXT_FRAME)
    until = monotonic() + _PATIENCE_S
    while asked := _under_way[page]:
        assert monotonic() < until, [request.url for request in asked]
        page.wait_for_timeout(20)
        page.evaluate(NEXT_FRAME)


def serious_barriers(page: Page) -> dict[str, list[str]]:
    """Return what keeps people with disabilities out, by axe-core's rule: the elements as HTML."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = defaultdict(list)
    for violation in page.evaluate(FIND_BARRIERS):
        if violation["impact"] in SERIOUS:
            found[violation["id"]] += [node["html"][:300] for node in violation["nodes"][:5]]
    return dict(found)
