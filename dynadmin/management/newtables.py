"""``importrows NEWTABLE FILE --create``: a table from a file, proposed in words, then made and filled."""

from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError

from dynadmin.conversion.zones import zone_named
from dynadmin.exceptions import BadColumns, PlanError
from dynadmin.fieldtypes import field_types
from dynadmin.inference import ColumnProposal, Counted, Proposal, Wish
from dynadmin.models import DynamicModel
from dynadmin.newtable import (
    Checked,
    ColumnDraft,
    Relation,
    TableDraft,
    as_relation,
    check,
    draft_of,
    make_table,
    names_of_kind,
    propose_relations,
)
from dynadmin.transfer import Source

ByPosition = Mapping[int, Any]


def add_new_table(parser: ArgumentParser) -> None:
    """Add the arguments of a new table."""
    parser.add_argument(
        "--zone", help="The time zone of moments of the new table that do not say theirs; else the site's."
    )
    parser.add_argument("--label", help="What people call the new table; else made from its name.")
    parser.add_argument(
        "--type",
        action="append",
        default=[],
        metavar="HEADER=TYPE",
        help="The type of a column of the new table; else found out from its values.",
    )
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="HEADER:QUESTION=ANSWER",
        help="What the values of a column leave open, as a dry run asks: order=dmy.",
    )


@dataclass(frozen=True, kw_only=True)
class NewTable:
    """A table to be made of a source. ``chosen`` are names of fields by position, None to leave one out."""

    name: str
    label: str
    source: Source
    chosen: ByPosition
    wishes: Mapping[int, Wish]
    relations: Mapping[str, str]
    key: Sequence[str]
    empty_texts: Sequence[str]
    zone: str = ""

    def propose(self) -> tuple[Proposal, TableDraft, Mapping[int, list[Relation]]]:
        """Return what is proposed, the table as it would be made, and what its columns may refer to."""
        if self.zone and zone_named(self.zone) is None:
            raise BadColumns(f"--zone {self.zone}: there is no such time zone.")
        if DynamicModel.objects.filter(name=self.name).exists():
            raise BadColumns(f"There is a table {self.name} already: import into it without --create.")
        counted = Counted(self.source, empty_texts=self.empty_texts, zone=self.zone)
        proposal = counted.proposal(self.wishes)
        relations = propose_relations(counted, proposal)
        draft = draft_of(proposal, name=self.name, label=self.label, taken=names_of_kind())
        columns = [self._chosen(column, relations) for column in draft.columns]
        self._check_named(columns)
        return proposal, replace(draft, columns=tuple(columns)), relations

    def _chosen(self, column: ColumnDraft, relations: Mapping[int, list[Relation]]) -> ColumnDraft:
        if column.position in self.chosen:
            name = self.chosen[column.position]
            column = replace(column, is_skipped=name is None, name=name or column.name)
        if self.key:
            column = replace(column, is_key=column.name in self.key)
        if wanted := self.relations.get(column.name):
            found = {f"{r.table}.{r.by}": r for r in relations.get(column.position, ())}
            if wanted not in found:
                known = ", ".join(found) or "none"
                raise BadColumns(f"--relation {column.name}={wanted}: its values tell rows of: {known}.")
            column = as_relation(column, found[wanted])
        return column

    def _check_named(self, columns: Sequence[ColumnDraft]) -> None:
        names = {column.name for column in columns}
        for name in (*self.key, *self.relations):
            if name not in names:
                raise BadColumns(f"The file has no column {name}; there are: {', '.join(sorted(names))}.")


def wishes_of(
    types: Sequence[str], answers: Sequence[str], position_of: Callable[[str, str], int]
) -> dict[int, Wish]:
    """Return what ``--type`` and ``--answer`` say, by position. Raises BadColumns."""
    wished: dict[int, str] = {}
    answered: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for pair in types:
        header, _equals, slug = pair.rpartition("=")
        if slug not in field_types:
            raise BadColumns(f"--type {pair}: there is no type {slug!r}.")
        wished[position_of(f"--type {pair}", header)] = slug
    for pair in answers:
        place, _equals, answer = pair.rpartition("=")
        header, _colon, question = place.rpartition(":")
        answered[position_of(f"--answer {pair}", header)][question] = answer
    return {at: Wish(type=wished.get(at, ""), answers=answered.get(at, {})) for at in {*wished, *answered}}


# --- In words ---


def told(
    proposal: Proposal, draft: TableDraft, relations: Mapping[int, list[Relation]], checked: Checked
) -> Iterator[str]:
    """Yield the proposal, a line for each thing that a person should know."""
    yield f"{draft.label} ({draft.name}): {proposal.rows} rows, {len(draft.kept)} fields."
    for column, proposed in zip(draft.columns, proposal.columns, strict=True):
        if column.is_skipped:
            yield f"  {column.header or '—'}: left out."
            continue
        options = ", ".join(_told_options(column.options))
        yield f"  {column.name}: {column.type}{f' ({options})' if options else ''}. {proposed.reason}"
        yield from _told_questions(column, proposed)
        misfit = checked.misfits.get(column.position)
        if misfit:
            why = " ".join(misfit.reasons[:1])
            yield f"    {misfit.count} do not fit: {', '.join(misfit.samples)}. {why}"
        for relation in relations.get(column.position, ()):
            words = f"{relation.found} of {relation.seen} values"
            yield f"    Could be --relation {column.name}={relation.table}.{relation.by} ({words})."
    if checked.refused:
        yield f"{checked.refused} of {checked.total} rows would be refused."


def _told_options(options: Mapping[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        if name == "choices":
            yield f"{len(value)} choices"
        elif name == "null":
            continue
        elif name == "blank":
            yield "may be empty" if value else "required"
        elif value is True or (value and not isinstance(value, bool)):
            yield name if value is True else f"{name} {value}"


def _told_questions(column: ColumnDraft, proposed: ColumnProposal) -> Iterator[str]:
    for question in proposed.open_questions:
        yield f"    {question.text} For example: {', '.join(question.examples)}"
        for answer, label in question.choices:
            yield f"      --answer '{column.header}:{question.id}={answer}': {label}"


def refuse_open(proposal: Proposal) -> None:
    """Raise BadColumns while something has to be answered."""
    headers = list(dict.fromkeys(column.header for column, _question in proposal.open_questions))
    if headers:
        raise BadColumns(f"Nothing was made: say with --answer what is meant in {', '.join(headers)}.")


def made(draft: TableDraft, *, user: Any) -> DynamicModel:
    """Make the table. Raises BadColumns when there cannot be one like it."""
    try:
        return make_table(draft, user=user)
    except (PlanError, ValidationError) as error:
        reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise BadColumns(f"Nothing was made: {reason}") from error


def checked_rows(source: Source, draft: TableDraft, proposal: Proposal) -> Checked:
    """Return what does not fit, of columns without open questions. Raises BadColumns."""
    try:
        draft.clean()
        return check(source, draft, unread={column.position for column, _q in proposal.open_questions})
    except ValidationError as error:
        raise BadColumns(" ".join(error.messages)) from error
