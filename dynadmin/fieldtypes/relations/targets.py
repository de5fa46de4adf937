"""What relations may refer to: the tables of analysts, and the static models that the settings allow."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dynadmin.conf import conf
from dynadmin.options import check_shape, field_schema, refuse_unstorable
from dynadmin.schema import KEYED, TARGET
from dynadmin.takenover import ordinary_models

# What a relation refers to that is to its own table, also before that has an id.
SELF = "self"

Offer = tuple[str, str]  # the value of the option, and what people read
LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*")

# Tables are known to the layer of definitions, which is above this one.
_providers: list[Callable[[], Iterable[Offer]]] = []


def offer_targets(provider: Callable[[], Iterable[Offer]]) -> Callable[[], Iterable[Offer]]:
    """Register a function that lists tables which a relation may refer to; made to stand above it."""
    _providers.append(provider)
    return provider


def offered_targets() -> list[Offer]:
    """Return all that a relation may refer to, as values and titles: tables first, then static models."""
    tables = [offer for provider in _providers for offer in provider()]
    static = ((label, capfirst(str(apps.get_model(label)._meta.verbose_name))) for label in static_targets())
    return [(SELF, str(_("This table itself"))), *tables, *static]


def static_targets() -> Iterator[str]:
    """Yield the labels of the static models that the settings allow, and of those that were tables once."""
    for label in conf.RELATION_TARGETS:
        label = settings.AUTH_USER_MODEL if label == "AUTH_USER_MODEL" else label
        if apps.is_installed(apps.get_app_config(label.split(".")[0]).name):
            yield apps.get_model(label)._meta.label
    yield from (model._meta.label for model in ordinary_models().values())


class TargetField(forms.CharField):
    """The option that says what a relation refers to, as Django would: ``tables.T12``, ``auth.User``.

    Whether the table exists is seen when the plan is made, as both may be made with it.
    """

    def clean(self, value: Any) -> str:
        target = super().clean(value)
        is_table = target == SELF or TARGET.fullmatch(target) or KEYED.fullmatch(target)
        if not is_table and target not in static_targets():
            message = _("“%(target)s” is none of the tables and models that a field may refer to.")
            raise ValidationError(message, code="target", params={"target": target[:100]})
        return target


@check_shape.register
def _take_text(field: TargetField, value: Any) -> None:
    if not isinstance(value, str | None):
        raise ValidationError(_("It has to be a text."), code="shape")
    refuse_unstorable(value or "")


@field_schema.register
def _schema_of_target(field: TargetField) -> dict[str, Any]:
    choices = [{"value": value, "title": title} for value, title in offered_targets()]
    return {"type": "string", "choices": choices}
