"""Columns of files that hold rows of another table: by which column of it, and who may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.computed import may_see
from dynadmin.exceptions import BadColumns
from dynadmin.naturalkeys import key_candidates, key_named
from dynadmin.permissions import may


@dataclass(frozen=True, kw_only=True)
class Reference:
    """How a file names the rows of a relation: by the column ``by`` of the target.

    With ``create``, values that no row of the target has become new rows of it.
    """

    by: str
    create: bool = False


def is_many(field: models.Field) -> bool:
    """Return whether a value of the field is any number of rows."""
    return bool(field.many_to_many)


def target_of(field: models.Field) -> type[models.Model]:
    """Return the model that a relation refers to."""
    return field.remote_field.model._meta.concrete_model


def relations_of(fields: Mapping[str, models.Field]) -> dict[str, models.Field]:
    """Return those of the fields that refer to rows, by name."""
    return {name: field for name, field in fields.items() if field.is_relation}


def file_fields(model: type[models.Model]) -> list[models.Field]:
    """Return the fields that may be columns of a file, those with many rows too, in the model's order."""
    links = [field for field in model._meta.many_to_many if field.remote_field.through._meta.auto_created]
    concrete = list(model._meta.concrete_fields)
    return sorted([*concrete, *links]) if links else concrete


def key_of(field: models.Field, name: str) -> models.Field:
    """Return the column of a relation's target with this name. Raises BadColumns with those there are."""
    target = target_of(field)
    key = key_named(target, name)
    if key is None:
        known = ", ".join(candidate.name for candidate in key_candidates(target))
        message = _("The rows of “%(table)s” cannot be told by %(name)s; by these they can: %(known)s.")
        raise BadColumns(message % {"table": target._meta.verbose_name_plural, "name": name, "known": known})
    return key


def may_view(user: Any, model: type[models.Model]) -> bool:
    """Return whether this person may see the rows of a model; None is the program itself, which may."""
    return user is None or may(user, "view", model._meta.label)


def may_add(user: Any, model: type[models.Model]) -> bool:
    """Return whether this person may add rows to a model; None is the program itself, which may."""
    return user is None or may(user, "add", model._meta.label)


def visible(fields: Iterable[models.Field], user: Any) -> list[models.Field]:
    """Return the fields without those that show rows which this person may not see."""
    seen = (field for field in fields if user is None or may_see(user, field))
    return [field for field in seen if not field.is_relation or may_view(user, target_of(field))]
