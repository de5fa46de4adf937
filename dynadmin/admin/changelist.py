"""The list of a table's rows as one request sees it: filtered, searched, ordered, counted only so far."""

from functools import cached_property

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_value, lookup_field
from django.contrib.admin.views.main import ALL_VAR, ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from dynadmin.admin.columns import EMPTY, Column, fetch_shown
from dynadmin.admin.datelinks import DateLinks, chosen_period, find_range
from dynadmin.admin.filters import check_length
from dynadmin.admin.relations.cells import load_targets, make_column_for
from dynadmin.admin.relations.targets import may_see, order_by_name
from dynadmin.computed import computed_fields
from dynadmin.related import is_relation

CHECKBOX = "action_checkbox"


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
        shown = fetch_shown(self.queryset, self.columns)
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
        load_targets(self.columns, self.result_list)

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
    def columns(self) -> list[Column]:
        """The columns that are fields of the table."""
        return [column for column in self._columns.values() if isinstance(column, Column)]

    @cached_property
    def _columns(self) -> dict[str, Column | str]:
        return {name: self._make_column(name) for name in self.list_display}

    def _make_column(self, name):
        """Return the column of a field, or the name itself for what a subclass computes."""
        try:
            field = computed_fields(self.model).get(name) or self.lookup_opts.get_field(name)
        except FieldDoesNotExist:
            return name
        return make_column_for(self._request, self.model_admin.admin_site, field)

    @cached_property
    def headers(self) -> list[dict]:
        numeric = {column.field.name for column in self.columns if "numeric" in column.css.split()}
        headers = list(result_headers(self))
        for name, header in zip(self.list_display, headers, strict=True):
            header["css"] = "numeric" if name in numeric else ""
        return headers

    @property
    def rows(self):
        """Yield each row of the page as HTML cells."""
        cells = [self._cell(name) for name in self.list_display]
        for row in self.result_list:
            yield format_html_join("", "{}", ((cell(row),) for cell in cells))

    def _cell(self, name):
        """Return the function that draws the cell of one column."""
        if name == CHECKBOX:
            return self._draw_checkbox
        is_link = name in (self.list_display_links or ())
        column = self._columns[name]
        if not isinstance(column, Column):
            return self._computed_cell(name, is_link)
        if is_link:
            return lambda row: self._draw_link(row, column.css, self._plain(column, row))
        start = format_html('<td class="{}">', column.css)
        return lambda row: format_html("{}{}</td>", start, column.show(row))

    def _computed_cell(self, name, is_link):
        def draw(row):
            _field, attr, value = lookup_field(name, row, self.model_admin)
            shown = display_for_value(value, EMPTY, getattr(attr, "boolean", False))
            return self._draw_link(row, "", shown) if is_link else format_html("<td>{}</td>", shown)

        return draw

    def _draw_checkbox(self, row):
        html = (
            '<td class="action-checkbox"><input type="checkbox" name="_selected_action" value="{}" '
            'class="action-select" aria-label="{}"></td>'
        )
        return format_html(html, row.pk, _("Select row %(id)s") % {"id": row.pk})

    def _draw_link(self, row, css, words):
        before, after = self._address
        opener = format_html(' data-popup-opener="{}"', row.pk) if self.is_popup else ""
        html = '<th scope="row" class="{}"><a href="{}{}{}"{}>{}</a></th>'
        return format_html(html, css, before, row.pk, after, opener, words)

    def _plain(self, column, row):
        """Return the words of a link: no link within a link, and never nothing to click on."""
        value = column.show(row)
        if isinstance(column.field, models.URLField | models.EmailField | models.FileField):
            value = str(getattr(row, column.attribute) or EMPTY)
        return f"#{row.pk}" if value == EMPTY else value

    @cached_property
    def _address(self) -> tuple[str, str]:
        """What stands before and after the key in the address of a row; the same for all, so made once."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        url = reverse(name, args=["0"], current_app=self.model_admin.admin_site.name)
        preserved = {"preserved_filters": self.preserved_filters, "opts": self.opts}
        full = str(add_preserved_filters(preserved, url))
        return url.removesuffix("0/change/"), "/change/" + full.removeprefix(url)


def _through(relation: str, name: str, *, is_down: bool) -> str:
    """Return what sorts by a field of the rows that a relation refers to."""
    return f"{'-' if is_down else ''}{relation}__{name.removeprefix('-')}"
