"""What a page must not do while a test looks on: break its content policy, fail, or shut people out."""

from collections import defaultdict
from weakref import WeakKeyDictionary

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

SERIOUS = {"serious", "critical"}

# The browser says what was blocked on the console; the event adds where, so a test tells the line to mend.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
    `CSP ${event.effectiveDirective} at ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""

_problems: WeakKeyDictionary[BrowserContext, list[str]] = WeakKeyDictionary()


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
    context.on("console", on_console)
    context.on("response", on_response)
    context.on("weberror", lambda error: problems.append(f"script: {error.error}"))


def problems_in(context: BrowserContext) -> list[str]:
    """Return what went wrong so far in the pages of a context."""
    return _problems[context]


def problems_of(page: Page) -> list[str]:
    """Return what went wrong so far; a test that provokes an error clears the list."""
    return problems_in(page.context)


def assert_clean(page: Page) -> None:
    """Fail on console errors, CSP violations, and what axe-core calls serious or critical."""
    page.wait_for_load_state("networkidle")
    barriers = serious_barriers(page)
    assert problems_of(page) == [], f"{page.url}: {problems_of(page)}"
    assert barriers == {}, f"{page.url}: {barriers}"


def serious_barriers(page: Page) -> dict[str, list[str]]:
    """Return what keeps people with disabilities out, by axe-core's rule: the elements as HTML."""
    found = defaultdict(list)
    for violation in Axe().run(page, options={"preload": False}).response["violations"]:
        if violation["impact"] in SERIOUS:
            found[violation["id"]] += [node["html"][:300] for node in violation["nodes"][:5]]
    return dict(found)
