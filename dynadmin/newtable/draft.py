"""A table that is not there yet, as chosen from a proposal: values, kept as JSON with the work on it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.inference import EMPTY, ColumnProposal, Proposal

_PACKED = frozenset((".gz", ".zip"))
_LONGEST_LABEL = 100


@dataclass(frozen=True, kw_only=True)
class ColumnDraft:
    """One column of the file, and the field that it becomes unless it is skipped.

    ``by`` is the column of a relation's target by which its rows are found. ``misfits`` says what becomes of
    cells that the field refuses: "refuse" refuses their rows, "empty" leaves them empty.
    """

    position: int
    header: str
    name: str
    label: str
    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    misfits: str = "refuse"
    by: str = ""
    is_skipped: bool = False
    is_key: bool = False

    @property
    def import_reading(self) -> dict[str, Any]:
        """How the import is to read the column."""
        return {**self.reading, **({"misfits": EMPTY} if self.misfits == EMPTY else {})}


@dataclass(frozen=True, kw_only=True)
class TableDraft:
    """The table: what it is called, and its columns in the order of the file."""

    name: str
    label: str
    columns: tuple[ColumnDraft, ...]

    @property
    def kept(self) -> tuple[ColumnDraft, ...]:
        """The columns that become fields."""
        return tuple(column for column in self.columns if not column.is_skipped)

    @property
    def key(self) -> tuple[ColumnDraft, ...]:
        """The columns that tell rows, together."""
        return tuple(column for column in self.kept if column.is_key)

    def clean(self) -> None:
        """Raise ValidationError when no table can be like this."""
        naming.validate_table_name(self.name)
        if not self.kept:
            raise ValidationError(_("All columns are left out: keep at least one."))
        for column in self.kept:
            naming.validate_field_name(column.name)
        relations = [column.name for column in self.kept if column.by]
        naming.check_field_names([column.name for column in self.kept], relations=relations)

    def to_json(self) -> dict[str, Any]:
        """Return the draft as JSON has it."""
        return {**asdict(self), "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "TableDraft":
        """Return the draft that `to_json` gave."""
        return cls(**{**data, "columns": tuple(ColumnDraft(**column) for column in data["columns"])})


def draft_of(proposal: Proposal, *, name: str, label: str, taken: Collection[str] = ()) -> TableDraft:
    """Return the table as proposed; ``taken`` are names that its fields cannot have."""
    names, labels = list(taken), list[str]()
    columns = []
    for column in proposal.columns:
        names.append(naming.propose_name(column.label, names))
        labels.append(_another_label(column.label, labels))
        columns.append(_column(column, names[-1], labels[-1]))
    return TableDraft(name=name, label=label, columns=tuple(columns))


def _another_label(label: str, others: Collection[str]) -> str:
    """Return the label, with a number where another column has it."""
    known = {other.casefold() for other in others}
    number, found = 1, label
    while found.casefold() in known:
        number += 1
        found = f"{label[: _LONGEST_LABEL - len(str(number)) - 3]} ({number})"
    return found


def _column(column: ColumnProposal, name: str, label: str) -> ColumnDraft:
    return ColumnDraft(
        position=column.position,
        header=column.header,
        name=name,
        label=label,
        type=column.type,
        options=column.options,
        reading=column.reading,
        # A column without any value and without a name says nothing.
        is_skipped=not column.values and not column.header.strip(),
    )


def name_of_file(name: str, taken: Collection[str], labels: Collection[str] = ()) -> tuple[str, str]:
    """Return a name for the table and its label, made from the name of a file; others have these already."""
    path = PurePath(name)
    while path.suffix.lower() in _PACKED:
        path = path.with_suffix("")
    words = re.sub(r"[\s_]+", " ", path.stem).strip()
    label = first = (words[:1].upper() + words[1:])[:_LONGEST_LABEL] or _("New table")
    others = {other.casefold() for other in labels}
    number = 2
    while label.casefold() in others:
        label, number = f"{first} {number}", number + 1
    return naming.propose_name(label, taken, kind="table"), label
