"""What can go wrong, one class a kind. Every message is a sentence a person can act on."""

from collections.abc import Iterable, Sequence
from typing import Any


class DynadminError(Exception):
    """Base of all errors of dynadmin."""


class UnknownFieldType(DynadminError, KeyError):
    """No field type is registered under this slug."""

    def __str__(self) -> str:
        # KeyError prints the repr of its argument, which would quote the sentence.
        return str(self.args[0]) if self.args else ""


class UnknownKind(UnknownFieldType):
    """No kind of tables is registered under this slug, or it has no column of this name."""


class TableUnavailable(DynadminError, LookupError):
    """The table has no model class: it was never applied, or it is gone."""


class NotApplied(TableUnavailable):
    """The table exists as a definition only; sync() was never called."""


class TableRetired(TableUnavailable):
    """The table was retired: its rows are kept, but nobody can reach them until it is restored."""


class PlanError(DynadminError):
    """A plan cannot be applied."""


class StalePlan(PlanError):
    """Another schema change was applied since the plan was made."""


class UnsafePlan(PlanError):
    """The plan retires something and nobody said yes to that."""


class RefusedChange(PlanError):
    """The change cannot be made as it is; the message says why and what to do instead."""


class Obstructed(RefusedChange):
    """Names, limits or the rows as they are stand in the way; ``executor.preview()`` lists all that does."""


class Undecided(PlanError):
    """Values can be read in more than one way, and nobody said in which; ``questions`` has what is open."""

    def __init__(self, questions: Iterable[Any]) -> None:
        self.questions = tuple(questions)
        super().__init__(" ".join(_in_words(question) for question in self.questions))


def _in_words(question: Any) -> str:
    answers = ", ".join(f"“{answer}”: {label}" for answer, label in question.choices)
    return f"{question.text} ({question.id} = {answers})"


class CannotConvert(DynadminError, ValueError):
    """A value cannot become one of the other field. ``reason`` goes behind the value: "is not a number"."""

    def __init__(self, reason: str, code: str = "invalid") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class CannotUndo(RefusedChange):
    """The effects of a revision cannot be undone; ``conflicts`` say why, and what to undo first."""

    def __init__(self, conflicts: Sequence[Any]) -> None:
        super().__init__(" ".join(conflict.message for conflict in conflicts))
        self.conflicts = conflicts


class SchemaBusy(PlanError):
    """The tables stayed in use for longer than the change was willing to wait."""


class BadSchemaFile(DynadminError):
    """A file of definitions cannot be read; ``problems`` are sentences, each with its place in the file."""

    def __init__(self, *problems: str) -> None:
        # They quote the file, and JSON may have halves of characters, which no page can show.
        self.problems = tuple(text.encode(errors="backslashreplace").decode() for text in problems)
        super().__init__("\n".join(self.problems))


class ChangeCancelled(PlanError):
    """Somebody stopped a change in the background; the table is as it was."""


class ChangeLost(DynadminError):
    """Another worker has taken over the change, or other job, that this one was working on."""


class TransferError(DynadminError):
    """A file cannot be read or written as asked."""


class BadFile(TransferError):
    """A file cannot be read; the message says at which line and why."""


class SeveralFiles(BadFile):
    """An archive holds several files and none was chosen; ``members`` are their names."""

    def __init__(self, message: str, members: Iterable[str]) -> None:
        self.members = tuple(members)
        super().__init__(message)


class BadColumns(TransferError):
    """The columns of a file do not fit the table, or the key is not among them."""


class ImportCancelled(TransferError):
    """Somebody stopped an import; what it had done is taken back."""


class ExportCancelled(TransferError):
    """Somebody stopped an export; there is no file."""


class UploadGone(TransferError):
    """The uploaded file is no longer there, or belongs to someone else."""
