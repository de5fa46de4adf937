"""The list of a table's rows as one request sees it: filtered, searched, ordered, counted only so far."""

from functools import cached_property

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ChangeList
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from dynadmin.admin.columns import fetch_shown
from dynadmin.admin.datelinks import DateLinks, chosen_period, find_range
from dynadmin.admin.filters import check_length
from dynadmin.admin.relations.cells import load_targets
from dynadmin.admin.relations.targets import may_see, order_by_name
from dynadmin.admin.rowtable import RowTable
from dynadmin.related import is_relation


class RowChangeList(ChangeList):
    """What the template of a row list draws.

    ``errors`` are sentences about what was asked for and could not be understood; then no row is shown, as an
    action on "all rows" must not reach rows that nobody asked for.
    """

    def __init__(self, request, *args, **kwargs):
        self.errors: list[str] = []
        self._request = request
        super().__init__(request, *args, **kwargs)
        self.search_help_text = self.model_admin.words_for_search(request)
        if not self.is_popup:
            self.title = str(self.opts.verbose_name_plural)

    # --- Which rows ---

    def get_filters(self, request):
        for key, values in self.get_filters_params().items():
            if not all(self.model_admin.lookup_allowed(key, value, request) for value in values):
                raise DisallowedModelAdminLookup(
                    _("“%(name)s” is no filter of this table.") % {"name": key[:60]}
                )
        self._check_dates()
        return super().get_filters(request)

    def get_queryset(self, request, exclude_parameters=None):
        queryset = super().get_queryset(request, exclude_parameters)
        self.errors = [
            _("%(field)s: %(error)s") % {"field": spec.title, "error": error}
            for spec in self.filter_specs
            for error in getattr(spec, "errors", {}).values()
        ]
        try:
            # Django takes out of its form what it does not understand, and would show all rows.
            check_length(request.GET.get("q", ""))
        except ValidationError as error:
            self.errors += error.messages
        return queryset.none() if self.errors else queryset

    def apply_select_related(self, qs):
        return qs  # what relations refer to is fetched once the page is known

    def get_ordering(self, request, queryset):
        """Sort relations as people read them; by id where the person may not see what that says."""
        return [
            part if isinstance(part, models.expressions.OrderBy) else name
            for part in super().get_ordering(request, queryset)
            for name in (self._sorting_by(request, part) if isinstance(part, str) else [part])
        ]

    def _sorting_by(self, request, name):
        sign, bare = ("-", name[1:]) if name.startswith("-") else ("", name)
        field = self.model_admin.fields_by_name.get(bare)
        if field is None or not is_relation(field):
            return [name]
        if not may_see(request, self.model_admin.admin_site, field.remote_field.model):
            return [f"{sign}{field.attname}"]
        parts = order_by_name(field.remote_field.model)
        return [_through(bare, part, is_down=bool(sign) != part.startswith("-")) for part in parts]

    def _check_dates(self):
        """Refuse days that do not exist: Django's filter by year, month and day would fail on some."""
        try:
            chosen_period(self.date_hierarchy or "", self.params)
        except (ValueError, OverflowError):
            raise IncorrectLookupParameters(_("There is no such day.")) from None

    def get_results(self, request):
        """Fetch the page now, so that nothing is asked of the database while the page is drawn."""
        shown = fetch_shown(self.queryset, self.table.columns)
        paginator = self.paginator = self.model_admin.get_paginator(request, shown, self.list_per_page)
        page = paginator.get_page(self.page_num)
        self.result_list, self.page_num = page.object_list, page.number
        self.can_show_all = paginator.is_exact and paginator.count <= self.list_max_show_all
        if self.show_all and self.can_show_all:
            self.result_list = list(shown)
        self.result_count = paginator.count
        self.multi_page = paginator.num_pages > 1
        self.show_full_result_count = False
        self.full_result_count = None
        self.show_admin_actions = bool(self.result_list)
        self.result_list = list(self.result_list)
        load_targets(self.table.columns, self.result_list)

    # --- What was asked ---

    @property
    def is_narrowed(self) -> bool:
        """Whether rows may be missing from the list because somebody asked for some only."""
        return bool(self.query or self.get_filters_params() or self.errors)

    @property
    def drawn_filters(self) -> list:
        """The filters with what each offers at a click."""
        return [(spec, list(spec.choices(self))) for spec in self.filter_specs]

    @cached_property
    def active_filters(self) -> list:
        return [spec for spec in self.filter_specs if getattr(spec, "is_active", False)]

    @property
    def clear_url(self) -> str:
        """The address of the list without any filter or search, in the same order."""
        return self.get_query_string(remove=[*self.get_filters_params(), "q", ALL_VAR])

    @cached_property
    def date_links(self) -> DateLinks | None:
        """Links to years, months and days; None where finding out which there are reads too many rows."""
        if not self.date_hierarchy or not self.result_list:
            return None
        field = self.lookup_opts.get_field(self.date_hierarchy)
        is_indexed = field.db_index or field.unique
        if not self.paginator.is_exact and (self.is_narrowed or not is_indexed):
            return None
        ends = find_range(self.queryset, field)
        return DateLinks(self, field, *ends) if ends else None

    @property
    def page_links(self):
        """The numbers of pages to draw; empty where one page shows all."""
        if not self.multi_page or (self.show_all and self.can_show_all):
            return []
        return self.paginator.get_elided_page_range(self.page_num)

    @property
    def previous_page(self) -> str:
        return self.get_query_string({"p": self.page_num - 1}) if self.page_num > 1 else ""

    @property
    def next_page(self) -> str:
        has_next = self.page_num < self.paginator.num_pages
        return self.get_query_string({"p": self.page_num + 1}) if has_next else ""

    @property
    def show_all_url(self) -> str:
        return self.get_query_string({ALL_VAR: ""}) if self.can_show_all and self.multi_page else ""

    # --- What the table looks like ---

    @property
    def description(self) -> str:
        """What the table is about, in the words of whoever defined it."""
        table = getattr(self.model, "table_schema", None)
        return table.description if table else ""

    @cached_property
    def table(self) -> RowTable:
        """The page as a table."""
        return RowTable(self, self._request)


def _through(relation: str, name: str, *, is_down: bool) -> str:
    """Return what sorts by a field of the rows that a relation refers to."""
    return f"{'-' if is_down else ''}{relation}__{name.removeprefix('-')}"
