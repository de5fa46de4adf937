"""The proposal of a table, with the forms in which a person changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from dynadmin.admin.newtable.chosenreading import ChosenReading
from dynadmin.admin.newtable.forms import ColumnForm, TableForm, joined
from dynadmin.admin.newtable.posted import PostedColumn, drawn, wishes_of
from dynadmin.admin.transfer.forms import PASTED
from dynadmin.admin.transfer.readingform import reading_of
from dynadmin.conf import conf
from dynadmin.conversion.zones import current_zone_name
from dynadmin.inference import ColumnProposal, Proposal
from dynadmin.models import DynamicModel
from dynadmin.newtable import (
    Checked,
    ColumnDraft,
    Misfit,
    Relation,
    TableDraft,
    as_relation,
    draft_of,
    name_of_file,
    names_of_kind,
    propose_relations,
)
from dynadmin.transfer.readers import Source
from dynadmin.transfer.uploads import Upload

# Of larger files only the first rows are judged for the page; the import judges all.
_CHECKED_BYTES = 64 * 1024 * 1024


@dataclass(kw_only=True)
class Drawn:
    """A proposal with its forms."""

    upload: Upload
    source: Source
    reading: ChosenReading
    proposal: Proposal
    table: TableForm
    columns: list[ColumnForm]
    left_out: int = 0

    @property
    def zone(self) -> str:
        """The name of the time zone of moments that do not say theirs."""
        return self.reading.zone or current_zone_name()

    @property
    def is_valid(self) -> bool:
        """Whether a table can be made of what the forms say."""
        are_valid = [form.is_valid() for form in (self.table, *self.columns)]
        return all(are_valid)

    @property
    def open_labels(self) -> list[str]:
        """The labels of columns with open questions, of those that are taken."""
        return [
            form.proposed.label
            for form in self.columns
            if form.proposed.open_questions and form["is_kept"].value()
        ]

    @property
    def is_small(self) -> bool:
        """Whether all rows are judged for the page."""
        return self.source.size <= _CHECKED_BYTES

    @property
    def open_positions(self) -> set[int]:
        """Where the columns are that have open questions."""
        return {form.proposed.position for form in self.columns if form.proposed.open_questions}

    @property
    def draft(self) -> TableDraft:
        """The table as the forms say; they are valid."""
        columns = [_with_relation(form) for form in self.columns]
        named = self.table.cleaned_data
        return TableDraft(name=named["name"], label=named["label"], columns=tuple(columns))

    @property
    def shown_draft(self) -> TableDraft | None:
        """The table that the page shows the first rows of: that of the forms, at first the proposed one."""
        if self.table.is_bound:
            return self.draft if self.is_valid else None
        names = self.table.initial
        shown = replace(self.proposal, columns=tuple(form.proposed for form in self.columns))
        return draft_of(shown, name=names["name"], label=names["label"], taken=names_of_kind())

    def misfit(self, column: ColumnProposal, checked: Checked) -> Misfit | None:
        """Return what does not fit; as the proposal has counted it where only the first rows are judged."""
        if self.is_small or not column.misfits:
            return checked.misfits.get(column.position)
        return Misfit(count=column.misfits, samples=column.misfit_samples, reasons=())


def draw(upload: Upload, data: QueryDict | None, *, user: Any) -> Drawn:
    """Return the proposal for a file, as a page sends it back if it does. Raises BadFile."""
    reading = ChosenReading.posted(data)
    source = reading.open(upload)
    is_reread = data is not None and data.get("drawn_reading") != str(reading_of(source))
    # What was said of the columns of a file that is read in another way says nothing of these.
    data = None if is_reread else data
    counted = reading.counted(upload)
    proposal = counted.proposal(wishes_of(data, len(source.headers)) if data else None)
    relations = propose_relations(counted, proposal, user=user)
    most = conf.MAX_FIELDS - len(names_of_kind())
    shown = replace(proposal, columns=proposal.columns[:most])
    return Drawn(
        upload=upload,
        source=source,
        reading=reading,
        proposal=proposal,
        table=TableForm(data) if data else TableForm(initial=_names(upload.name)),
        columns=_column_forms(shown, relations, data),
        left_out=len(proposal.columns) - len(shown.columns),
    )


def _names(file: str) -> dict[str, str]:
    taken = dict(DynamicModel.objects.values_list("name", "label"))
    name, label = name_of_file("" if file == PASTED else file, taken, taken.values())
    return {"name": name, "label": label}


def _column_forms(
    proposal: Proposal, relations: Mapping[int, list[Relation]], data: QueryDict | None
) -> list[ColumnForm]:
    if data is not None:
        data = data.copy()
        for column in proposal.columns:
            PostedColumn(data, column.position).renew(data, column)
        return [
            ColumnForm(data, proposed=column, relations=relations.get(column.position, ()))
            for column in proposal.columns
        ]
    draft = draft_of(proposal, name="table", label="", taken=names_of_kind())
    return [
        ColumnForm(
            initial=_initial(column, chosen, relations.get(column.position, ())),
            proposed=column,
            relations=relations.get(column.position, ()),
        )
        for column, chosen in zip(proposal.columns, draft.columns, strict=True)
    ]


def _initial(column: Any, chosen: ColumnDraft, relations: Any) -> dict[str, Any]:
    return {
        "is_kept": not chosen.is_skipped,
        "label": chosen.label,
        "name": chosen.name,
        "type": chosen.type,
        "options": dict(chosen.options),
        "relation": next((relation.id for relation in relations if relation.is_sure), ""),
        "empty_texts": joined(column.empty_texts),
        "drawn": drawn(column),
    }


def _with_relation(form: ColumnForm) -> ColumnDraft:
    draft, relation = form.draft, form.chosen_relation
    return as_relation(draft, relation) if relation and not draft.is_skipped else draft
