"""The watch that the browser tests rely on: it must see what it is there to see."""

import pytest

from tests.browser.watch import problems_of, serious_barriers


@pytest.fixture
def inject(page):
    """Add markup to the login page, under the policy of the site."""
    page.goto("/admin/login/")

    def inject(html: str) -> None:
        page.evaluate(
            "html => document.querySelector('main, body').insertAdjacentHTML('beforeend', html)", html
        )

    return inject


def test_an_inline_style_is_a_problem(page, inject):
    inject('<p style="color: red">red</p>')
    page.wait_for_timeout(100)

    assert any("CSP style-src" in problem for problem in problems_of(page))
    problems_of(page).clear()


def test_an_exception_in_a_script_is_a_problem(page, inject):
    page.evaluate("setTimeout(() => { throw new Error('broken') })")
    page.wait_for_timeout(100)

    assert any("broken" in problem for problem in problems_of(page))
    problems_of(page).clear()


def test_an_input_without_a_label_is_a_barrier(page, inject):
    inject('<input name="nameless">')

    assert "label" in serious_barriers(page)


def test_a_missing_file_is_a_problem(page, inject):
    page.evaluate("fetch('/static/no-such-file.js')")
    page.wait_for_timeout(300)

    assert any("404" in problem for problem in problems_of(page))
    problems_of(page).clear()
