"""A new table from a file: what was proposed and chosen, a look at what it does, and the making of it."""

from dynadmin.newtable.checking import Checked, Misfit, check
from dynadmin.newtable.creating import (
    make_table,
    names_of_kind,
    plan_for,
    retire_table,
)
from dynadmin.newtable.draft import ColumnDraft, TableDraft, draft_of, name_of_file
from dynadmin.newtable.relating import Relation, as_relation, propose_relations

__all__ = [
    "Checked",
    "ColumnDraft",
    "Misfit",
    "Relation",
    "TableDraft",
    "as_relation",
    "check",
    "draft_of",
    "make_table",
    "name_of_file",
    "names_of_kind",
    "plan_for",
    "propose_relations",
    "retire_table",
]
