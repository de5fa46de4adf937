"""Which column of a file fills which field of a model, and which fields tell existing rows."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the file, and the name of the field it fills (None: left out)."""

    position: int
    header: str
    field: str | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """The columns of a file, matched to fields, and the key: the fields that tell an existing row."""

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

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
                _("No column of the file has the name of a field. Its headers: %(headers)s")
                % {"headers": headers}
            )
        if self.missing and not self.key:
            names = ", ".join(self.missing)
            found.append(
                _("The file has no column for what every new row needs: %(names)s.") % {"names": names}
            )
        return tuple(dict.fromkeys(found))

    def positions(self) -> dict[str, int]:
        """Return where in a row of the file each field is found."""
        return {column.field: column.position for column in self.columns if column.field}


def importable_fields(model: type[models.Model]) -> dict[str, models.Field]:
    """Return by name the fields that a file can fill: those that neither database nor program fills."""
    return {
        field.name: field
        for field in model._meta.concrete_fields
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
) -> ColumnPlan:
    """Match headers to fields by name, else by label, whatever their case and spacing.

    `by_hand` overrules it by position: the name of a field, or None to leave the column out. `key` names the
    fields that tell existing rows; None takes the primary key when the file has it, () none, so that every
    row is new. `only` leaves out all other fields of the model.
    Raises BadColumns for fields that the model does not have.
    """
    fields = importable_fields(model)
    if only is not None:
        chosen = set(only)
        fields = {name: field for name, field in fields.items() if name in chosen}
    by_hand = dict(by_hand or {})
    _check_known(model, fields, [name for name in by_hand.values() if name])
    columns = tuple(_column(position, header, fields, by_hand) for position, header in enumerate(headers))
    columns = _without_clashes(columns)
    plan = ColumnPlan(columns=columns, missing=_missing(model, columns))
    return replace(plan, key=_key(model, plan, key))


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
    found = _fields_called(header, fields)
    if len(found) > 1:
        problem = _("The header %(header)s fits several fields (%(names)s): say which.")
        problem %= {"header": header, "names": ", ".join(found)}
        return Column(position=position, header=header, problem=problem)
    return Column(position=position, header=header, field=found[0] if found else None)


def _fields_called(header: str, fields: Mapping[str, models.Field]) -> list[str]:
    """Return the fields this header may mean, by the first rule that finds any."""
    if header in fields:
        return [header]
    plain = _plain(header)
    by_name = [name for name, field in fields.items() if plain in (_plain(name), _plain(field.attname))]
    return by_name or [name for name, field in fields.items() if plain == _plain(str(field.verbose_name))]


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


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


def _missing(model: type[models.Model], columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the labels of the fields that a new row needs and the file does not have."""
    given = {column.field for column in columns}
    return tuple(
        str(capfirst(field.verbose_name))
        for name, field in importable_fields(model).items()
        if name not in given and is_needed(field)
    )


def is_needed(field: models.Field) -> bool:
    """Return whether a row cannot be made without a value for this field."""
    if field.primary_key and isinstance(field, models.AutoField):
        return False
    has_default = field.has_default() or field.has_db_default() or is_filled_by_program(field)
    return not (has_default or field.null or (field.blank and field.empty_strings_allowed))


def is_filled_by_program(field: models.Field) -> bool:
    """Return whether the program writes this field itself, as the time of creation or change."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


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
    return wanted
