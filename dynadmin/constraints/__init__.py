"""Rules on whole rows, and indexes: what each kind asks of fields, in words and as Django's constraint. Pure.

A rule is a ``ConstraintSchema``; the kinds are ``unique`` (no combination of values twice), ``check`` (a
field compared with another, or with a value) and ``index``. As in SQL, what is empty breaks no rule.
"""

from dataclasses import replace

from django.db.models import BaseConstraint, Index
from django.utils.translation import gettext as _

from dynadmin.constraints import checks, indexed
from dynadmin.constraints.comparing import OPERATORS, family_of
from dynadmin.constraints.kinds import KINDS, Kind, refuse
from dynadmin.constraints.parts import Part, Parts, parts_of
from dynadmin.exceptions import UnknownFieldType
from dynadmin.schema import ConstraintSchema, TableSchema

__all__ = [
    "KINDS",
    "MOST_RULES",
    "OPERATORS",
    "Kind",
    "Part",
    "build_constraint",
    "checks",
    "clean_constraint",
    "family_of",
    "indexed",
    "parts_of",
]

MOST_RULES = 50


def build_constraint(
    rule: ConstraintSchema, table: TableSchema, *, physical: bool = False
) -> BaseConstraint | Index:
    """Return Django's own object for a rule of a table, for the class of rows or the one DDL runs on."""
    return KINDS[rule.kind].build(rule, parts_of(rule, table, physical=physical))


def clean_constraint(rule: ConstraintSchema, table: TableSchema) -> ConstraintSchema:
    """Return the rule in its canonical form.

    Raises ValidationError with messages by ``kind``, ``fields``, ``operator``, ``other`` and ``value``.
    """
    if rule.kind not in KINDS:
        message = _("There is no kind of rule “%(kind)s”; the kinds are: %(kinds)s.")
        refuse("kind", message, kind=str(rule.kind)[:50], kinds=", ".join(KINDS))
    kind = KINDS[rule.kind]
    rule = replace(rule, fields=tuple(dict.fromkeys(rule.fields)))
    if len(rule.fields) < kind.fewest:
        refuse("fields", _("Choose a field.") if kind.fewest == 1 else _("Choose two fields or more."))
    if len(rule.fields) > kind.most:
        message = _("Choose one field only.") if kind.most == 1 else _("Choose at most %(most)d fields.")
        refuse("fields", message, most=kind.most)
    _check_fields(rule, table)
    parts = _parts(rule, table)
    if kind.can_fail:
        _check_editable(parts)
    return kind.clean(replace(rule, rule=dict(rule.rule)), parts)


def _check_fields(rule: ConstraintSchema, table: TableSchema) -> None:
    live = {f.id: f for f in table.live_fields}
    for id in rule.field_ids:
        where = "fields" if id in rule.fields else "other"
        if id not in live:
            refuse(where, _("The table does not have this field any more: choose another."))
        if live[id].stored != "column":
            message = _("“%(field)s” has no value in the row itself: nothing can be demanded of it.")
            refuse(where, message, field=live[id].label or live[id].name)


def _check_editable(parts: Parts) -> None:
    for part in parts.values():
        if not part.field.editable:
            # Nobody could mend a row that breaks it.
            message = _("“%(field)s” is filled in by the program: nothing can be demanded of it.")
            refuse("fields", message, field=part.label)


def _parts(rule: ConstraintSchema, table: TableSchema) -> Parts:
    try:
        return parts_of(rule, table)
    except UnknownFieldType as error:
        refuse("fields", "%(reason)s", reason=str(error))
