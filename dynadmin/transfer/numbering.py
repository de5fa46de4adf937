"""Numbers of rows that are not there yet, for those who write rows of files."""

from dynadmin.numbering import take_numbers

__all__ = ["take_numbers"]
