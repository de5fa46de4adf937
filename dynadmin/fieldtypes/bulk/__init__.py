"""Texts of a column read all at once, where each is written in the plain way that is the same everywhere.

A bulk reader only says of a whole list that it fits, by operations that look at all texts in one go; what
does not fit is read text by text by the field's ``clean``, which alone refuses. So both ways agree: a list
that fits has the values that ``clean`` gives. Third parties add readers for their own fields to
``bulk_readers``.
"""

from dynadmin.fieldtypes.bulk.moments import Dates, Moments, Times
from dynadmin.fieldtypes.bulk.numbers import Decimals, Floats, WholeNumbers
from dynadmin.fieldtypes.bulk.readers import BulkReader, Shaped
from dynadmin.fieldtypes.bulk.registry import bulk_reader, bulk_readers, is_own, read_singly
from dynadmin.fieldtypes.bulk.texts import PlainTexts, UUIDs

__all__ = [
    "BulkReader",
    "Dates",
    "Decimals",
    "Floats",
    "Moments",
    "PlainTexts",
    "Shaped",
    "Times",
    "UUIDs",
    "WholeNumbers",
    "bulk_reader",
    "bulk_readers",
    "is_own",
    "read_singly",
]
