"""Which column fills which field, kept by the ids of fields: whatever they are called when it is used."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.transfer.columns import ColumnPlan, importable_fields
from dynadmin.transfer.formulas import unescape_formula
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.references import Reference, relations_of, target_of
from dynadmin.transfer.texts import storable


def headers_digest(headers: Sequence[str]) -> str:
    """Return what tells files with these headers, escaped or not, from others."""
    return hashlib.sha256(json.dumps(list(map(unescape_formula, headers))).encode()).hexdigest()


def kept_plan(model: type[models.Model], plan: ColumnPlan) -> dict[str, Any]:
    """Return the plan as it is kept."""
    columns = (replace(c, header=storable(c.header), problem=storable(c.problem)) for c in plan.columns)
    plan = replace(plan, columns=tuple(columns))
    return _renamed(plan, _ids(model), _by_references(model, plan, target_id)).to_json()


def plan_now(model: type[models.Model], kept: Mapping[str, Any]) -> ColumnPlan:
    """Return a kept plan with the names that fields have now.

    Raises BadColumns where a column fills a field that the table has no more.
    """
    plan = ColumnPlan.from_json(kept)
    names = {id: name for name, id in _ids(model).items()}
    gone = [column.header for column in plan.matched if column.field not in names]
    if gone:
        message = _("The table no longer has the field that the column “%(header)s” of the file fills.")
        raise BadColumns(" ".join(message % {"header": header} for header in gone))
    return _renamed(plan, names, _by_references(model, plan, target_name, names))


def plan_known(model: type[models.Model], kept: Mapping[str, Any]) -> ColumnPlan:
    """Return a kept plan as far as there still are the fields: columns of others are left out."""
    plan = ColumnPlan.from_json(kept)
    known = set(_ids(model).values())
    columns = tuple(replace(c, field=c.field if c.field in known else None) for c in plan.columns)
    references = {id: told for id, told in plan.references.items() if id in known}
    return plan_now(model, replace(plan, columns=columns, references=references).to_json())


def made_in(model: type[models.Model], kept: Mapping[str, Any]) -> list[type[models.Model]]:
    """Return the models that rows were to be made of where a file refers to rows that are not there."""
    relations = relations_of(importable_fields(model))
    references = plan_known(model, kept).references if kept else {}
    return [target_of(relations[name]) for name, told in references.items() if told.create]


def kept_options(model: type[models.Model], options: ImportOptions) -> dict[str, Any]:
    """Return the options as they are kept."""
    return _with_constants(options, _ids(model)).to_json()


def options_now(model: type[models.Model], kept: Mapping[str, Any]) -> ImportOptions:
    """Return kept options with the names that fields have now; constants of fields that are gone are left."""
    names = {id: name for name, id in _ids(model).items()}
    return _with_constants(ImportOptions.from_json(kept), names)


def _with_constants(options: ImportOptions, new: Mapping[str, str]) -> ImportOptions:
    constants = {new[name]: text for name, text in options.constants.items() if name in new}
    return replace(options, constants=constants)


def _renamed(plan: ColumnPlan, new: Mapping[str, str], references: Mapping[str, Reference]) -> ColumnPlan:
    return replace(
        plan,
        columns=tuple(replace(c, field=new[c.field] if c.field else None) for c in plan.columns),
        key=tuple(new[name] for name in plan.key if name in new),
        references={new[name]: told for name, told in references.items()},
    )


def _by_references(
    model: type[models.Model],
    plan: ColumnPlan,
    renamed: Callable[[type[models.Model], str], str],
    names: Mapping[str, str] | None = None,
) -> dict[str, Reference]:
    """Return the references with the columns of targets renamed; ``names`` are those of fields by id."""
    relations = relations_of(importable_fields(model))
    told = {name: (names or {}).get(name, name) for name in plan.references}
    return {
        name: replace(plan.references[name], by=renamed(target_of(relations[now]), plan.references[name].by))
        for name, now in told.items()
        if now in relations
    }


def _ids(model: type[models.Model]) -> dict[str, str]:
    """Return by name what tells the fields for ever: a number, or the name of a field of an app's model."""
    return {name: id_of(field) for name, field in importable_fields(model).items()}


def id_of(field: models.Field) -> str:
    """Return what tells a field for ever, see ``_ids``."""
    number = getattr(field, "field_id", None)
    return field.name if number is None else f"#{number}"


def target_id(target: type[models.Model], name: str) -> str:
    """Return what tells the column for ever by which rows of a target are found."""
    return {field.name: id_of(field) for field in target._meta.concrete_fields}.get(name, name)


def target_name(target: type[models.Model], id: str) -> str:
    """Return what that column is called now."""
    return {id_of(field): field.name for field in target._meta.concrete_fields}.get(id, id)
