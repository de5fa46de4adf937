"""From a saved draft to the tables, and what to tell the person about it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import background
from dynadmin.admin.navigation import change_url, may, may_view, table_url
from dynadmin.conversion import Choices
from dynadmin.conversion.choices import VALUE
from dynadmin.exceptions import Obstructed, PlanError, SchemaBusy, StalePlan, UnsafePlan
from dynadmin.models import DynamicModel, SchemaChange, SchemaRevision
from dynadmin.plan import Plan
from dynadmin.registry import registry
from dynadmin.schema import TableSchema

MOST_SENTENCES = 8


def apply_draft(
    request: HttpRequest,
    definition: DynamicModel,
    *,
    site_name: str,
    shown: str = "",
    choices: Mapping[int, Choices] | None = None,
) -> SchemaChange | bool:
    """Apply a draft and say what was done, or why not; return whether it is in force.

    A change of a large table is left to a worker, and its record is returned.

    ``shown`` is the digest of the preview the person has seen, ``choices`` what they decided there; without
    it nothing is done that has to be seen first. To be called outside transactions.
    """
    try:
        if not shown and must_be_seen(definition.plan()):
            raise UnsafePlan
        done = definition.sync(
            user=request.user,
            in_background=True,
            allow_destructive=bool(shown),
            shown=shown,
            **by_name(definition, choices or {}),
        )
    except UnsafePlan:
        messages.warning(request, _("Your changes are saved as a draft. See what they do, then apply them."))
    except Obstructed:  # the page of the plan says what stands in the way
        messages.error(request, _("Your changes are saved as a draft, but cannot be applied as they are."))
    except (PlanError, ValidationError) as error:
        messages.error(request, failure_message(error))
    else:
        if isinstance(done, SchemaChange):
            leave_to_worker(request, done, site_name=site_name)
            return done
        tell_success(request, definition, done, site_name=site_name)
        return True
    return False


def tell_success(
    request: HttpRequest, definition: DynamicModel, done: SchemaRevision | None, *, site_name: str
) -> None:
    """Say what was done, and where one may go from there."""
    # The author of a new table has been given its permissions; those of this user object are cached.
    request.user = get_user_model()._default_manager.get(pk=request.user.pk)
    table = registry.current.schema.tables[definition.pk]
    links = next_steps(request, table, site_name=site_name)
    messages.success(request, format_html("{} {}", sentences_of(done), links))


def leave_to_worker(request: HttpRequest, change: SchemaChange, *, site_name: str) -> HttpResponse:
    """Have a change carried out in the background, and go where one sees how far it is."""
    background.enqueue(change)
    messages.info(
        request, _("The change is carried out while people go on working. This page tells how far it is.")
    )
    return HttpResponseRedirect(change_url(change, site_name=site_name))


def must_be_seen(plan: Plan) -> bool:
    """Whether a person has to look at a plan first: it takes something away, or rows have a say in it."""
    return plan.is_destructive or any(has_rows(op.table) for op in plan.operations if op.can_fail)


def has_rows(table: TableSchema) -> bool:
    """Whether the table as it is in force has any row."""
    model = registry.newest.models.get(table.id)
    return model is not None and model._base_manager.exists()


def by_name(definition: DynamicModel, choices: Mapping[int, Choices]) -> dict[str, Any]:
    """Return choices by the ids of fields as ``sync()`` takes them: by their names."""
    names = dict(definition.fields.values_list("pk", "name"))
    known = {names[id]: chosen for id, chosen in choices.items() if id in names}
    return {
        "on_failure": {
            name: {"value": chosen.value} if chosen.on_failure == VALUE else chosen.on_failure
            for name, chosen in known.items()
        },
        "answers": {name: dict(chosen.answers) for name, chosen in known.items()},
    }


def failure_message(error: PlanError | ValidationError) -> str:
    """Return why a draft was not applied, and what to do next."""
    reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    words = {"reason": reason}
    if isinstance(error, SchemaBusy):
        return _("Your changes are saved as a draft, but not applied yet. %(reason)s") % words
    return _("Your changes are saved as a draft, but not applied: %(reason)s") % words


def tell_refusal(request: HttpRequest, error: PlanError, words: str) -> None:
    """Say that something was refused; where that is as the page was out of date, look again."""
    level = messages.WARNING if isinstance(error, StalePlan) else messages.ERROR
    messages.add_message(request, level, words)


def sentences_of(revision: SchemaRevision | None) -> SafeString:
    """Return what was done, in words."""
    done = revision.operations if revision else [_("Saved; there was nothing to change.")]
    shown = list(done[:MOST_SENTENCES])
    if more := len(done) - len(shown):
        shown.append(
            ngettext("and %(count)d more change", "and %(count)d more changes", more) % {"count": more}
        )
    return format_html_join(" ", "{}.", ((sentence.rstrip("."),) for sentence in shown))


def next_steps(request: HttpRequest, table: TableSchema, *, site_name: str) -> SafeString:
    """Return links to the pages of a table, as far as the person may use them."""
    pages = []
    if may_view(request.user, table):
        pages.append((_("Open the table"), ""))
    if may(request.user, "add", table):
        pages += [(_("Add a row"), "add/"), (_("Import a file"), "import/")]
    url = table_url(table, site_name=site_name)
    links = ((url + page, label) for label, page in pages)
    return format_html_join(" · ", '<a href="{}">{}</a>', links)
