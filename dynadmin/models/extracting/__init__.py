"""A table made from some columns of another: from a flat file to related tables.

The distinct combinations of the columns become its rows, told by the first column; the other table refers to
them in the place of that column. Three steps, each whole in itself: the new table, its rows, and the
relation. Whatever ends between two of them, calling it again goes on; nothing is lost at any time, as what
goes is retired.
"""

from dynadmin.models.extracting.foreseeing import Conflict, Extraction, foresee_extraction
from dynadmin.models.extracting.steps import apply_extraction, extract

__all__ = ["Conflict", "Extraction", "apply_extraction", "extract", "foresee_extraction"]
