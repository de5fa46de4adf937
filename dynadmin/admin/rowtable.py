"""The rows of one page of a list, drawn as a table."""

from functools import cached_property

from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_value, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from dynadmin.admin.columns import EMPTY, Column
from dynadmin.admin.relations.cells import make_column_for
from dynadmin.computed import computed_fields

CHECKBOX = "action_checkbox"


class RowTable:
    """Draws the headers and cells of a list. ``columns`` are those that are fields of the table."""

    def __init__(self, changelist: ChangeList, request: HttpRequest) -> None:
        self._list = changelist
        self._request = request
        self._columns = {name: self._make_column(name) for name in changelist.list_display}
        self.columns = [column for column in self._columns.values() if isinstance(column, Column)]

    def _make_column(self, name: str) -> Column | str:
        """Return the column of a field, or the name itself for what a subclass computes."""
        try:
            field = computed_fields(self._list.model).get(name) or self._list.lookup_opts.get_field(name)
        except FieldDoesNotExist:
            return name
        return make_column_for(self._request, self._list.model_admin.admin_site, field)

    @property
    def headers(self) -> list[dict]:
        """What stands above the columns, as Django's templates draw it."""
        numeric = {column.field.name for column in self.columns if "numeric" in column.css.split()}
        headers = list(result_headers(self._list))
        for name, header in zip(self._list.list_display, headers, strict=True):
            header["css"] = "numeric" if name in numeric else ""
        return headers

    @property
    def rows(self):
        """Yield each row of the page as HTML cells."""
        cells = [self._cell(name) for name in self._list.list_display]
        for row in self._list.result_list:
            yield format_html_join("", "{}", ((cell(row),) for cell in cells))

    def _cell(self, name):
        """Return the function that draws the cell of one column."""
        if name == CHECKBOX:
            return self._draw_checkbox
        is_link = name in (self._list.list_display_links or ())
        column = self._columns[name]
        if not isinstance(column, Column):
            return self._computed_cell(name, is_link)
        if is_link:
            return lambda row: self._draw_link(row, column.css, self._plain(column, row))
        start = format_html('<td class="{}">', column.css)
        return lambda row: format_html("{}{}</td>", start, column.show(row))

    def _computed_cell(self, name, is_link):
        def draw(row):
            _field, attr, value = lookup_field(name, row, self._list.model_admin)
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
        opener = format_html(' data-popup-opener="{}"', row.pk) if self._list.is_popup else ""
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
        name = f"admin:{self._list.opts.app_label}_{self._list.opts.model_name}_change"
        url = reverse(name, args=["0"], current_app=self._list.model_admin.admin_site.name)
        preserved = {"preserved_filters": self._list.preserved_filters, "opts": self._list.opts}
        full = str(add_preserved_filters(preserved, url))
        return url.removesuffix("0/change/"), "/change/" + full.removeprefix(url)
