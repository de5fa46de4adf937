"""Definitions of tables as a file: JSON that means the same in every installation. Pure.

There are no ids in it: tables, fields and constraints are told by their keys. See docs/schema-files.md.
"""

from dynadmin.schemafile.matching import Match, Numbers, match, numbered
from dynadmin.schemafile.reading import read_schema
from dynadmin.schemafile.writing import FORMAT, write_schema

__all__ = ["FORMAT", "Match", "Numbers", "match", "numbered", "read_schema", "write_schema"]
