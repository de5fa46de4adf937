"""From the revision in force to the wanted schema: a list of operations, in words and in order. Pure."""

from dynadmin.plan.constraints import AddConstraint, RelabelConstraint, RemoveConstraint
from dynadmin.plan.fields import AddField, AlterField, ConvertField, RelabelField, RestoreField, RetireField
from dynadmin.plan.keeping import (
    PurgeColumn,
    PurgeTable,
    RebuildTable,
    ReferAgain,
    ReferToModel,
    ReleaseTable,
    RestoreTable,
)
from dynadmin.plan.making import make_plan
from dynadmin.plan.operations import FieldOperation, Operation
from dynadmin.plan.plans import Plan
from dynadmin.plan.purging import make_purge_plan, make_rebuild_plan
from dynadmin.plan.relations import reverse_name
from dynadmin.plan.releasing import Release, computed_from, make_release_plan, refer_to_model, refer_to_models
from dynadmin.plan.storing import plan_from_json, plan_to_json
from dynadmin.plan.tables import AlterTable, CreateTable, RetireTable
from dynadmin.plan.undoing import Conflict, Revised, Undoing, make_undoing

__all__ = [
    "AddConstraint",
    "AddField",
    "AlterField",
    "AlterTable",
    "Conflict",
    "ConvertField",
    "CreateTable",
    "FieldOperation",
    "Operation",
    "Plan",
    "PurgeColumn",
    "PurgeTable",
    "RebuildTable",
    "ReferAgain",
    "ReferToModel",
    "RelabelConstraint",
    "RelabelField",
    "Release",
    "ReleaseTable",
    "RemoveConstraint",
    "RestoreField",
    "RestoreTable",
    "RetireField",
    "RetireTable",
    "Revised",
    "Undoing",
    "computed_from",
    "make_plan",
    "make_purge_plan",
    "make_rebuild_plan",
    "make_release_plan",
    "make_undoing",
    "plan_from_json",
    "plan_to_json",
    "refer_to_model",
    "refer_to_models",
    "reverse_name",
]
