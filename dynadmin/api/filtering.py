"""Which rows a list has: those whose fields have the values that the address asks for.

``?number=5``, ``?plane=3``, ``?plane__tail=N1``: of several values for one name any will do, an empty one is
no value. What may be asked about another table is what the person may see of it.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from dynadmin import computed
from dynadmin.factory import Row
from dynadmin.fieldtypes.cells import from_text
from dynadmin.fieldtypes.fields.doors import shorten
from dynadmin.fieldtypes.fields.relations import key_reader
from dynadmin.permissions import may
from dynadmin.related import fields_of, is_relation, link_columns

# Parameters of an address that say something else.
OTHERS = frozenset({"cursor", "page_size", "format"})
MOST_VALUES = 100


def condition_of(request: Request, model: type[Row]) -> Q:
    """Return the condition that the address asks for. Raises ValidationError with messages by parameter."""
    errors: dict[str, list[str]] = {}
    condition = Q()
    for name, texts in request.query_params.lists():
        if name in OTHERS:
            continue
        try:
            condition &= _condition(request.user, model, name, texts)
        except DjangoValidationError as error:
            errors[shorten(name)] = error.messages
    if errors:
        raise ValidationError(errors)
    return condition


def _condition(user: Any, model: type[Row], name: str, texts: list[str]) -> Q:
    own, _separator, part = name.partition("__")
    field = next((f for f in _askable(user, model) if f.name == own), None)
    if field is None:
        raise _unknown(name)
    if part:
        target = field.remote_field.model if is_relation(field) else None
        if target is None or not issubclass(target, Row) or not may(user, "view", target._meta.label):
            raise _unknown(name)
        other = next((f for f in _askable(user, target) if f.name == part and not is_relation(f)), None)
        if other is None:
            raise _unknown(name)
        rows = target._default_manager.filter(_has_one_of(other, other.name, texts)).values("pk")
        return Q(**{f"{own}__in": rows}) if not field.many_to_many else _linked(field, rows)
    return _has_one_of(field, field.name, texts)


def _askable(user: Any, model: type[Row]) -> Iterator[models.Field]:
    unaskable = models.JSONField | models.FileField
    seen = (f for f in (model._meta.pk, *fields_of(model)) if computed.may_see(user, f))
    return (f for f in seen if not isinstance(f, unaskable))


def _has_one_of(field: models.Field, name: str, texts: list[str]) -> Q:
    if len(texts) > MOST_VALUES:
        raise DjangoValidationError(_("Ask for at most %(most)d values.") % {"most": MOST_VALUES})
    found = Q(pk__in=[])
    for text in texts:
        found |= _has(field, name, text)
    return found


def _has(field: models.Field, name: str, text: str) -> Q:
    if text == "":
        empty = Q(**{f"{name}__isnull": True})
        return empty | Q(**{name: ""}) if isinstance(field, models.CharField | models.TextField) else empty
    if field.many_to_many:
        pk = key_reader(field.target_field).clean(text, None)
        return _linked(field, field.remote_field.model._base_manager.filter(pk=pk))
    return Q(**{name: _value(field, text)})


def _value(field: models.Field, text: str) -> Any:
    if field.primary_key or is_relation(field):
        return key_reader(field if field.primary_key else field.target_field).clean(text, None)
    return from_text(field, text)


def _linked(field: models.ManyToManyField, rows: models.QuerySet) -> Q:
    source, target = link_columns(field)
    links = field.remote_field.through._base_manager.filter(**{f"{target}__in": rows.values("pk")})
    return Q(pk__in=links.values(source))


def _unknown(name: str) -> DjangoValidationError:
    return DjangoValidationError(_("No rows can be asked for by “%(name)s”.") % {"name": shorten(name)})
