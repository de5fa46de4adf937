"""What the tests of plans do on their pages."""

import re
from html import unescape
from typing import Any

from dynadmin.models import DynamicModel
from tests.admin.definition_page import page_url


def draft(table: DynamicModel, name: str, type: str = "", **options: Any) -> int:
    """Change the draft of a field, to another type or to other options; return its id."""
    field = table.fields.get(name=name)
    field.options = options if type else {**field.options, **options}
    field.type = type or field.type
    field.save()
    return field.pk


def plan_page(browser: Any, table: DynamicModel, **chosen: Any) -> Any:
    """Return the response of the plan's page with what was chosen on it."""
    return browser.get(page_url("plan", table.pk), chosen)


def answered(browser: Any, table: DynamicModel, page: Any, button: str = "_apply", **chosen: Any) -> Any:
    """Press a button of a page with what was chosen on it."""
    carried = {name: page.context[name] for name in ("shown", "seen")}
    return browser.post(page_url("plan", table.pk), {button: "", **carried, **chosen}, follow=True)


def chosen(field_id: int, on_failure: str = "", value: str = "", **answers: str) -> dict[str, str]:
    """Return what is posted about a field."""
    given = {"on_failure": on_failure, "value": value} | {f"answer-{id}": a for id, a in answers.items()}
    return {f"f{field_id}-{name}": text for name, text in given.items() if text}


def counts(page: Any) -> dict[str, str]:
    """Return the figures of the first step that has any."""
    figures = next(step.figures for step in page.context["steps"] if step.figures)
    return {line.words: line.count for line in figures.lines}


def text_of(response: Any) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))
