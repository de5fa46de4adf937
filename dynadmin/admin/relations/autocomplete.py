"""Choosing a row to refer to by typing a part of its name, however many rows there are."""

import re
from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse, JsonResponse

from dynadmin.admin.filters import MAX_LENGTH
from dynadmin.admin.relations.targets import admin_of, may_see, order_by_name, search_targets
from dynadmin.displays import fetch_texts
from dynadmin.factory import APP_LABEL
from dynadmin.fieldtypes.fields.relations import is_key
from dynadmin.registry import registry
from dynadmin.related import fields_of, is_relation

MODEL_NAME = re.compile(r"t([1-9][0-9]{0,17})")  # of the class of a table
PER_PAGE = 20
MOST_PAGES = 50
# More rows than these are not put into the order of their names, which would read all of them.
MOST_SORTED = 10_000


class TargetsView(AutocompleteJsonView):
    """The rows that a field of a table may refer to, 20 a page; other models are served as Django does."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("app_label") != APP_LABEL:
            return super().get(request, *args, **kwargs)
        field = source_field(request.GET.get("model_name", ""), request.GET.get("field_name", ""))
        shown_by = admin_of(self.admin_site, field.remote_field.model) if field else None
        if shown_by is None or not may_see(request, self.admin_site, field.remote_field.model):
            raise PermissionDenied
        rows = shown_by.get_queryset(request).complex_filter(field.get_limit_choices_to())
        term = request.GET.get("term", "").replace("\x00", "")[:MAX_LENGTH]
        found = search_targets(request, shown_by, rows, term)
        return self._page(found, request.GET.get("page", ""))

    def _page(self, rows: QuerySet, page: str) -> JsonResponse:
        number = min(int(page), MOST_PAGES) if page.isascii() and page.isdecimal() and page != "0" else 1
        is_small = rows.order_by().values("pk")[: MOST_SORTED + 1].count() <= MOST_SORTED
        ordered = rows.order_by(*(order_by_name(rows.model) if is_small else ()), "pk")
        start = (number - 1) * PER_PAGE
        keys = list(ordered.values_list("pk", flat=True)[start : start + PER_PAGE + 1])
        texts = fetch_texts(rows.model, keys[:PER_PAGE])
        results = [{"id": str(key), "text": texts[key]} for key in keys[:PER_PAGE] if key in texts]
        more = len(keys) > PER_PAGE and number < MOST_PAGES
        return JsonResponse({"results": results, "pagination": {"more": more}})


def source_field(model_name: str, key: str) -> models.Field | None:
    """Return the relation that a form asks for, by the id of the field: its name may be another by now."""
    number = MODEL_NAME.fullmatch(model_name)
    model = registry.current.models.get(int(number[1])) if number else None
    fields = fields_of(model) if model else ()
    return next((f for f in fields if is_relation(f) and key_of_field(f) == key), None)


def key_of_field(field: models.Field) -> str:
    return str(getattr(field, "field_id", field.name))


class TargetSelectMixin:
    """A select whose choices come from ``TargetsView``."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: Any = None) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs=extra_attrs)
        return {**attrs, "data-field-name": key_of_field(self.field)}

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> list[Any]:
        """Return the chosen rows; what is no key of a row, as an address may have it, chooses none."""
        chosen = [each for each in value if is_key(self.field.target_field, each)]
        return super().optgroups(name, chosen, attrs)

    @property
    def media(self) -> Media:
        return super().media + Media(js=["dynadmin/selects.js"])


class TargetSelect(TargetSelectMixin, AutocompleteSelect):
    """Chooses one row."""


class TargetSelectMultiple(TargetSelectMixin, AutocompleteSelectMultiple):
    """Chooses any number of rows."""


# The script and the styles of all selects here, which do not depend on the field.
SELECT_MEDIA = TargetSelect(field=None, admin_site=None).media
