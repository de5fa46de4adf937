"""Filters of a row list, one a field. Which kind a field gets follows from the class of its model field.

A value that the field cannot read is kept, explained, and matches no row: were it left out, an action on "all
rows" would hit rows that nobody asked for. No filter reads the table to find out what to offer.
"""

from dynadmin.admin.filters.base import RowFilter
from dynadmin.admin.filters.conditions import MAX_LENGTH, check_length, is_empty
from dynadmin.admin.filters.registry import computed_filter, filter_for

__all__ = ["MAX_LENGTH", "RowFilter", "check_length", "computed_filter", "filter_for", "is_empty"]
