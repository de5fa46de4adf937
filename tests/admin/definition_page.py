"""Posting the definitions page as a browser does."""

import json
from typing import Any

from django.urls import reverse

from dynadmin.models import DynamicModel


def page_url(page: str, *args: Any) -> str:
    return reverse(f"admin:dynadmin_dynamicmodel_{page}", args=args)


def field_row(label: str = "", name: str = "", type: str = "char", options: Any = None, **more: Any) -> dict:
    """Return a row of a new field; options that are no text become JSON."""
    text = options if isinstance(options, str) else json.dumps(options or {})
    return {"id": "", "label": label, "name": name, "type": type, "options": text, **more}


def rows_of(definition: DynamicModel) -> list[dict]:
    """Return the rows of a definition as its page has them."""
    return [
        field_row(str(f), f.name, f.type, f.options, id=f.pk, position=f.position)
        for f in definition.fields.all()
    ]


def rule_row(kind: str, *columns: Any, **more: Any) -> dict:
    """Return a row of a rule; columns are the references of fields."""
    return {"id": "", "kind": kind, "columns": [str(ref) for ref in columns], "operator": "<", **more}


def form_data(
    *rows: dict, rules: tuple[dict, ...] = (), definition: DynamicModel | None = None, **table: Any
) -> dict[str, Any]:
    """Return what the page posts; what is not given is as the definition has it."""
    saved = {n: getattr(definition, n, "") for n in ("name", "description", "folder", "display_text")}
    saved["label"] = str(definition or "")
    data = {**saved, "version": getattr(definition, "version", 1), **table}
    data |= {"fields-TOTAL_FORMS": len(rows), "fields-INITIAL_FORMS": sum(1 for row in rows if row["id"])}
    data |= {"constraints-TOTAL_FORMS": len(rules), "constraints-INITIAL_FORMS": 0}
    for prefix, posted in (("fields", rows), ("constraints", rules)):
        for number, row in enumerate(posted):
            data |= {f"{prefix}-{number}-{key}": value for key, value in row.items() if value is not None}
    return data


def errors_on(response: Any) -> dict[str, Any]:
    """Return the errors of a page by input, those of the whole form under "__all__"."""
    form = response.context["adminform"].form
    errors = dict(form.errors)
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        for number, row in enumerate(formset.errors):
            errors |= {f"{formset.prefix}-{number}-{key}": value for key, value in row.items()}
        if formset.non_form_errors():
            errors[formset.prefix] = formset.non_form_errors()
    return {key: [str(message) for message in messages] for key, messages in errors.items()}
