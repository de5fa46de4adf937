"""What relations refer to, as far as a person may see it: texts, addresses, and who may see which.

Whoever may not see a table sees the ids that refer to it, and never what its rows are called.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.exceptions import NotRegistered
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from dynadmin.admin.navigation import may_view, table_url
from dynadmin.admin.search import split_words, whole_value, word_condition
from dynadmin.displays import fetch_texts, text_of_rows
from dynadmin.factory import Row

# Where nobody has said what names a row, any of its texts may; so many are looked into.
MOST_SEARCHED = 4


def admin_of(site: AdminSite, model: type[models.Model]) -> ModelAdmin | None:
    """Return what shows the rows of a model on this site; None if nothing does."""
    try:
        return site.get_model_admin(model)
    except NotRegistered:
        return None


def may_see(request: HttpRequest, site: AdminSite, model: type[models.Model]) -> bool:
    """Whether the person may see the rows of any model here."""
    if issubclass(model, Row):
        return may_view(request.user, model.table_schema)
    shown_by = admin_of(site, model)
    return shown_by is not None and shown_by.has_view_permission(request)


def texts_for(
    request: HttpRequest, site: AdminSite, model: type[models.Model], ids: Iterable[Any]
) -> dict[Any, str]:
    """Return what the rows with these ids are called; nothing of a table that the person may not see."""
    return fetch_texts(model, ids) if may_see(request, site, model) else {}


def row_url(site: AdminSite, model: type[models.Model], pk: Any) -> str:
    """Return the address of a row."""
    if issubclass(model, Row):
        return f"{table_url(model.table_schema, site_name=site.name)}{pk}/change/"
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    return reverse(name, args=[pk], current_app=site.name)


def search_targets(request: HttpRequest, shown_by: ModelAdmin, rows: QuerySet, text: str) -> QuerySet:
    """Return those of a target's rows that are called so: each word is in a field that names them."""
    model = rows.model
    if not text.strip():
        return rows
    if not issubclass(model, Row):
        found, has_duplicates = shown_by.get_search_results(request, rows, text)
        return found.distinct() if has_duplicates else found
    return rows.filter(condition_on_names(model, text))


def condition_on_names(model: type[Row], text: str) -> Q:
    """Return the condition that a row is called so, or has the id that is the whole text."""
    condition = Q()
    for word in split_words(text):
        condition &= condition_on_word(model, word)
    key = whole_value(model._meta.pk, text.strip().removeprefix("#"))
    return condition if key is None else condition | Q(pk=key)


def condition_on_word(model: type[Row], word: str) -> Q:
    """Return the condition that a word is in what a row is called."""
    found = Q(pk__in=[])
    for field in naming_fields(model):
        found |= word_condition(field, word)
    return found


def naming_fields(model: type[Row]) -> list[models.Field]:
    """Return the fields that say what a table's rows are called."""
    text = text_of_rows(model)
    return text.fields if text.is_given else text.fields[:MOST_SEARCHED]


def order_by_name(model: type[models.Model]) -> list[str]:
    """Return the names of the fields that sort the rows of any model as people read them."""
    if issubclass(model, Row):
        text = text_of_rows(model)
        return [field.name for field in (text.fields if text.is_given else text.fields[:1])] or ["pk"]
    username = getattr(model, "USERNAME_FIELD", "")
    own = [name for name in model._meta.ordering if isinstance(name, str) and name != "?"]
    return own or [username or "pk"]
