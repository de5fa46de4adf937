"""Definitions of tables and fields, a draft, and the front door to making them so."""

from dynadmin.changes import SchemaChange
from dynadmin.fieldtypes import get_field
from dynadmin.models import drift as _drift  # noqa: F401 -- registers its kinds
from dynadmin.models import targets as _targets  # noqa: F401 -- offers tables to relations
from dynadmin.models.applying import plan_tables
from dynadmin.models.bringing import bring_columns
from dynadmin.models.constraints import DynamicConstraint
from dynadmin.models.definitions import DynamicField, DynamicModel
from dynadmin.models.everything import plan_all, sync_all, sync_dynamic_model
from dynadmin.models.extracting import Extraction, apply_extraction, extract, foresee_extraction
from dynadmin.models.purging import plan_purge, purge, purge_older_than
from dynadmin.models.rebuilding import crowded_tables, plan_rebuild, rebuild_table
from dynadmin.models.restoring import restore_field, restore_table
from dynadmin.models.resuming import resume_change
from dynadmin.models.retired import TrashItem, trash
from dynadmin.models.schemafiles import SchemaLoad, dump_schema, keyed
from dynadmin.models.undoing import Undo, foresee_undo, undo, undo_plan
from dynadmin.naming import label_from
from dynadmin.revisions import RevisedTable, SchemaRevision
from dynadmin.rowhistory import RowChange

__all__ = [
    "DynamicConstraint",
    "DynamicField",
    "DynamicModel",
    "Extraction",
    "RevisedTable",
    "RowChange",
    "SchemaChange",
    "SchemaLoad",
    "SchemaRevision",
    "TrashItem",
    "Undo",
    "apply_extraction",
    "bring_columns",
    "crowded_tables",
    "dump_schema",
    "extract",
    "foresee_extraction",
    "foresee_undo",
    "get_field",
    "keyed",
    "label_from",
    "plan_all",
    "plan_purge",
    "plan_rebuild",
    "plan_tables",
    "purge",
    "purge_older_than",
    "rebuild_table",
    "restore_field",
    "restore_table",
    "resume_change",
    "sync_all",
    "sync_dynamic_model",
    "trash",
    "undo",
    "undo_plan",
]
