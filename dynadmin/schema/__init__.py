"""Frozen values that say what all tables look like, and their JSON form.

A schema knows no Django model and no database. What a table or field *is* is its id; names and labels are
for people and may change at will.
"""

from dynadmin.schema.constraints import ConstraintSchema
from dynadmin.schema.fields import KEYED, TARGET, FieldSchema, target_of
from dynadmin.schema.schemas import Schema
from dynadmin.schema.tables import Display, TableSchema
from dynadmin.schema.written import Json

__all__ = [
    "KEYED",
    "TARGET",
    "ConstraintSchema",
    "Display",
    "FieldSchema",
    "Json",
    "Schema",
    "TableSchema",
    "target_of",
]
