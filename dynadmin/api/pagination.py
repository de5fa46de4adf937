"""Pages of rows that cost the same however many rows there are."""

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from dynadmin.conf import conf

MAX_ID = 2**63 - 1


def row_id(text: str) -> int | None:
    """Return the id that a part of an address says, None if it is not one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    return number if (number := int(text)) <= MAX_ID else None


class RowPagination(CursorPagination):
    """Pages by row id, linked by ``next`` and ``previous``.

    No total, which a database counts row by row; and no page numbers, as rows before the page would be read
    to be skipped. A row that comes or goes meanwhile makes no other row appear twice or not at all.
    """

    ordering = "pk"
    page_size_query_param = "page_size"

    @property
    def max_page_size(self) -> int:
        """Most rows a page may be asked for."""
        return conf.API_MAX_PAGE_SIZE

    def get_page_size(self, request: Request) -> int:
        self.page_size = conf.API_PAGE_SIZE
        return super().get_page_size(request)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the place in the table that the link points at. Raises NotFound."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None and row_id(cursor.position) is None:
            raise NotFound(self.invalid_cursor_message)
        return cursor
