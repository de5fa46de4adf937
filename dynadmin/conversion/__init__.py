"""Values of one field made into values of another. Pure: no database, no query.

One meaning for both engines: a preview, a change in one transaction, one that runs for hours beside its
users, and an undo all convert with it.
"""

from dynadmin.conversion.choices import ON_FAILURE, Choices
from dynadmin.conversion.conversion import Conversion, Survey
from dynadmin.conversion.outcomes import CHANGED, FAILED, SAME, Outcome
from dynadmin.conversion.proposals import count_parts, propose_choices
from dynadmin.conversion.questions import Question
from dynadmin.conversion.relations import NewRow
from dynadmin.conversion.rewriting import rewriter
from dynadmin.conversion.rule import RowKey, Rows
from dynadmin.exceptions import CannotConvert, Undecided

__all__ = [
    "CHANGED",
    "FAILED",
    "ON_FAILURE",
    "SAME",
    "CannotConvert",
    "Choices",
    "Conversion",
    "NewRow",
    "Outcome",
    "Question",
    "RowKey",
    "Rows",
    "Survey",
    "Undecided",
    "count_parts",
    "propose_choices",
    "rewriter",
]
