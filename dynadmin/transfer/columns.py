"""Which column of a file fills which field of a model, and which fields tell existing rows."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.kinds.stamps import is_filled_by_program
from dynadmin.naturalkeys import key_candidates, why_not_enough
from dynadmin.transfer.formulas import unescape_formula
from dynadmin.transfer.references import Reference, file_fields, is_many, key_of, relations_of, target_of


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the file, and the name of the field it fills (None: left out).

    `by` is the column of a relation's target that the header names, as in `carrier__code`. `reading` is JSON
    that says how the texts are written where the field alone would not read them, see `readings`.
    """

    position: int
    header: str
    field: str | None = None
    problem: str = ""
    by: str = ""
    reading: Mapping[str, Any] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """The columns of a file, matched to fields, and the key: the fields that tell an existing row.

    `references` say of relations, by name, which column of the target finds its rows.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    references: Mapping[str, Reference] = dataclass_field(default_factory=dict)
    unmade: tuple[str, ...] = ()

    @property
    def matched(self) -> tuple[Column, ...]:
        """The columns that fill a field."""
        return tuple(column for column in self.columns if column.field)

    @property
    def unmatched(self) -> tuple[Column, ...]:
        """The columns that are left out."""
        return tuple(column for column in self.columns if not column.field)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the file cannot be imported as matched, in words; empty when it can."""
        found = [column.problem for column in self.columns if column.problem]
        if not self.matched and not found:
            headers = ", ".join(column.header for column in self.columns[:20])
            found.append(
                _("No column of the file has the name of a field. Its headers: %(headers)s.")
                % {"headers": headers}
            )
        if self.missing and not self.key:
            names = ", ".join(self.missing)
            found.append(
                _("The file has no column for what every new row needs: %(names)s.") % {"names": names}
            )
        return tuple(dict.fromkeys([*found, *self.unmade]))

    def positions(self) -> dict[str, int]:
        """Return where in a row of the file each field is found."""
        return {column.field: column.position for column in self.columns if column.field}

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON has it: kept with an import, and with what a table remembers."""
        return {
            "columns": [asdict(column) for column in self.columns],
            "key": list(self.key),
            "missing": list(self.missing),
            "references": {name: asdict(reference) for name, reference in self.references.items()},
            "unmade": list(self.unmade),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ColumnPlan":
        """Return the plan that `to_json` gave; of what was never planned, one without columns."""
        if not data:
            return cls(columns=())
        return cls(
            columns=tuple(Column(**column) for column in data["columns"]),
            key=tuple(data["key"]),
            missing=tuple(data["missing"]),
            references={name: Reference(**told) for name, told in data["references"].items()},
            unmade=tuple(data["unmade"]),
        )


def importable_fields(model: type[models.Model]) -> dict[str, models.Field]:
    """Return by name the fields that a file can fill: those that neither database nor program fills."""
    return {
        field.name: field
        for field in file_fields(model)
        if not isinstance(field, models.BinaryField)
        and not getattr(field, "generated", False)
        and not getattr(field, "is_stamp", False)
    }


def match_columns(
    model: type[models.Model],
    headers: Sequence[str],
    *,
    by_hand: Mapping[int, str | None] | None = None,
    key: Iterable[str] | None = None,
    only: Iterable[str] | None = None,
    references: Mapping[str, Reference] | None = None,
    readings: Mapping[int, Mapping[str, Any]] | None = None,
) -> ColumnPlan:
    """Match headers to fields by name, else by label, whatever their case and spacing.

    `by_hand` overrules it by position: the name of a field, or None to leave the column out. `key` names the
    fields that tell existing rows; None takes the primary key when the file has it, () none, so that every
    row is new. `only` leaves out all other fields of the model. `references` say by name how relations are
    told; those that neither they nor a header tells are found out from the rows when they are imported.
    `readings` say by position how texts are written.
    Raises BadColumns for fields that the model does not have.
    """
    fields = importable_fields(model)
    if only is not None:
        chosen = set(only)
        fields = {name: field for name, field in fields.items() if name in chosen}
    by_hand = dict(by_hand or {})
    _check_known(model, fields, [name for name in by_hand.values() if name])
    columns = tuple(_column(position, header, fields, by_hand) for position, header in enumerate(headers))
    columns = _without_clashes(_without_doubtful_ids(columns, fields, by_hand))
    columns = tuple(replace(c, reading=(readings or {}).get(c.position, {})) for c in columns)
    plan = ColumnPlan(columns=columns, missing=_missing(model, columns))
    plan = with_references(model, plan, {**_told_by_headers(columns), **(references or {})})
    return replace(plan, key=_key(model, plan, key))


def renewed(model: type[models.Model], plan: ColumnPlan, *, constants: Iterable[str] = ()) -> ColumnPlan:
    """Return a kept plan with what new rows of the model need by now; ``constants`` are given otherwise."""
    return replace(plan, missing=_missing(model, plan.columns, constants))


def with_references(
    model: type[models.Model], plan: ColumnPlan, references: Mapping[str, Reference]
) -> ColumnPlan:
    """Return the plan with these ways to tell rows, those of other fields left out. Raises BadColumns."""
    relations = relations_of(importable_fields(model))
    _check_known(model, relations, references)
    filled = {column.field for column in plan.matched}
    kept = {name: reference for name, reference in references.items() if name in filled}
    unmade = []
    for name, reference in kept.items():
        key = key_of(relations[name], reference.by)
        if reference.create and (reason := why_not_enough(target_of(relations[name]), key)):
            unmade.append(reason)
    return replace(plan, references=kept, unmade=tuple(unmade))


def with_constants(model: type[models.Model], plan: ColumnPlan, constants: Mapping[str, str]) -> ColumnPlan:
    """Return the plan of a file whose rows have these texts too, by field. Raises BadColumns."""
    if not constants:
        return plan
    _check_known(model, importable_fields(model), constants)
    for column in plan.matched:
        if column.field in constants:
            message = _("%(name)s has a column of the file: it cannot have one value for all rows as well.")
            raise BadColumns(message % {"name": column.field})
    given = [Column(position=-1, header="", field=name) for name in constants]
    return replace(plan, missing=_missing(model, [*plan.columns, *given]))


def _told_by_headers(columns: Iterable[Column]) -> dict[str, Reference]:
    return {column.field: Reference(by=column.by) for column in columns if column.field and column.by}


def _check_known(model: type[models.Model], fields: Mapping[str, models.Field], names: Iterable[str]) -> None:
    for name in names:
        if name not in fields:
            _refuse_stamp(model, name)
            known = ", ".join(fields)
            raise BadColumns(
                _("There is no field %(name)s; there are: %(known)s.") % {"name": name, "known": known}
            )


def _refuse_stamp(model: type[models.Model], name: str) -> None:
    """Raises BadColumns for a column that notes who has made or changed a row, and when."""
    field = next((f for f in model._meta.concrete_fields if f.name == name), None)
    if field is not None and getattr(field, "is_stamp", False):
        message = _("“%(field)s” is filled by the program alone: leave the column out.")
        raise BadColumns(message % {"field": field.verbose_name})


def _column(
    position: int, header: str, fields: Mapping[str, models.Field], by_hand: Mapping[int, str | None]
) -> Column:
    if position in by_hand:
        return Column(position=position, header=header, field=by_hand[position])
    if not header.strip():
        problem = _("Column %(number)d has no header: say which field it fills, or leave it out.")
        return Column(position=position, header=header, problem=problem % {"number": position + 1})
    # A file that this program wrote may have an apostrophe before what a spreadsheet would run.
    found, by = _fields_called(header, fields) or _fields_called(unescape_formula(header), fields), ""
    if not found:
        found, by = _relations_called(header, fields)
    elif fields[found[0]].is_relation and _is_attname(header, fields[found[0]]):
        by = "pk"
    if len(found) > 1:
        problem = _("The header %(header)s fits several fields (%(names)s): say which.")
        problem %= {"header": header, "names": ", ".join(found)}
        return Column(position=position, header=header, problem=problem)
    return Column(position=position, header=header, field=found[0] if found else None, by=by)


def _fields_called(header: str, fields: Mapping[str, models.Field]) -> list[str]:
    """Return the fields this header may mean, by the first rule that finds any."""
    if header in fields:
        return [header]
    plain = _plain(header)
    by_name = [name for name, field in fields.items() if plain in (_plain(name), _plain(field.attname))]
    return by_name or [name for name, field in fields.items() if plain == _plain(str(field.verbose_name))]


def _relations_called(header: str, fields: Mapping[str, models.Field]) -> tuple[list[str], str]:
    """Return the relations that a header like `carrier__code` may mean, and the column of the target."""
    before, _separator, after = header.replace("__", ".").rpartition(".")
    found = _fields_called(before, relations_of(fields)) if before else []
    keys = {key.name: key for key in key_candidates(target_of(fields[found[0]]))} if found else {}
    by = _fields_called(after, keys) if after.strip() else []
    return (found, by[0]) if by else ([], "")


def _is_attname(header: str, relation: models.Field) -> bool:
    """Return whether a header is what the database calls the ids of a relation, as `carrier_id`."""
    names = {_plain(relation.name), _plain(str(relation.verbose_name))}
    return (
        not is_many(relation) and _plain(header) == _plain(relation.attname) and _plain(header) not in names
    )


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


def _without_doubtful_ids(
    columns: tuple[Column, ...], fields: Mapping[str, models.Field], by_hand: Mapping[int, str | None]
) -> tuple[Column, ...]:
    """Take the primary key from a column that may be a field of the same label, and say so on it.

    Ids of other programs would be taken for the numbers of rows that have nothing to do with them.
    """
    filled = {column.field for column in columns}
    return tuple(
        column
        if column.position in by_hand or column.field is None or not fields[column.field].primary_key
        else _unless_doubtful(column, [name for name in fields if name not in filled], fields)
        for column in columns
    )


def _unless_doubtful(column: Column, free: Iterable[str], fields: Mapping[str, models.Field]) -> Column:
    labelled = [name for name in free if _plain(str(fields[name].verbose_name)) == _plain(column.header)]
    if not labelled:
        return column
    problem = _("The header %(header)s fits several fields (%(names)s): say which.")
    names = ", ".join([str(column.field), *labelled])
    return replace(column, field=None, problem=problem % {"header": column.header, "names": names})


def _without_clashes(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Take the field from columns that claim the same one, and say so on each."""
    claims = Counter(column.field for column in columns if column.field)
    problem = _("Several columns fill the field %(name)s: say which one does, and leave the others out.")
    return tuple(
        replace(column, field=None, problem=problem % {"name": column.field})
        if claims[column.field] > 1
        else column
        for column in columns
    )


def _missing(
    model: type[models.Model], columns: Iterable[Column], constants: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the labels of the fields that a new row needs and the file does not have."""
    given = {*(column.field for column in columns), *constants}
    return tuple(
        str(capfirst(field.verbose_name))
        for name, field in importable_fields(model).items()
        if name not in given and is_needed(field)
    )


def is_needed(field: models.Field) -> bool:
    """Return whether a row cannot be made without a value for this field."""
    if field.many_to_many:
        return not field.blank
    if field.primary_key and isinstance(field, models.AutoField):
        return False
    has_default = field.has_default() or field.has_db_default() or is_filled_by_program(field)
    return not (has_default or field.null or (field.blank and field.empty_strings_allowed))


def _key(model: type[models.Model], plan: ColumnPlan, key: Iterable[str] | None) -> tuple[str, ...]:
    given = {column.field for column in plan.matched}
    if key is None:
        name = model._meta.pk.name
        return (name,) if name in given else ()
    wanted = tuple(dict.fromkeys(key))
    _check_known(model, importable_fields(model), wanted)
    for name in wanted:
        if name not in given:
            raise BadColumns(_("The key %(name)s is not a column of the file.") % {"name": name})
        if is_many(importable_fields(model)[name]):
            raise BadColumns(_("A list of rows (%(name)s) cannot tell existing rows.") % {"name": name})
    return wanted
