"""The option that says what a computed field is made of: a relation and, with it, a field of the other table.

It is stored by ids (``17.23``), so that either may be renamed. Developers may write names instead
(``plane.tail``, ``flights.plane.distance``), which the layer of definitions turns into ids.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin.options import check_shape, field_schema, refuse_unstorable

Offer = tuple[str, str]  # the value of the option, and what people read
Provider = Callable[[int, bool], Iterable[Offer]]  # of a table, and whether many rows are to be summed up

IDS = re.compile(r"[1-9][0-9]*(?:\.[1-9][0-9]*)?")
KEY = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEYS = re.compile(rf"{KEY}(?:\.{KEY})?")  # in a file
NAMES = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,2}")

# What can be chosen depends on the table whose fields are edited.
_edited: ContextVar[int | None] = ContextVar("dynadmin_edited_table", default=None)
_providers: list[Provider] = []


def offer_sources(provider: Provider) -> Provider:
    """Register a function that lists what fields of a table can be made of; made to stand above it."""
    _providers.append(provider)
    return provider


@contextmanager
def editing(table_id: int | None) -> Iterator[None]:
    """Have forms of options offer what goes with a table."""
    token = _edited.set(table_id)
    try:
        yield
    finally:
        _edited.reset(token)


def offered_sources(*, to_many: bool) -> list[Offer]:
    """Return what a field can be made of in the table that is edited."""
    table = _edited.get()
    return [] if table is None else [offer for provider in _providers for offer in provider(table, to_many)]


class SourceField(forms.CharField):
    """The option that names a relation and a field of the table at its other end.

    ``to_many`` says that it is of rows, any number, that a relation leads to; else of the one it refers to.
    Whether they exist is seen when the plan is made, as all may be made with it.
    """

    def __init__(self, *, to_many: bool, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)
        self.to_many = to_many

    def clean(self, value: Any) -> str:
        source = super().clean(value)
        if not any(form.fullmatch(source) for form in (IDS, NAMES, KEYS)):
            message = _("“%(source)s” is not a relation and a field, such as plane.tail.")
            raise ValidationError(message, code="source", params={"source": source})
        return source


@check_shape.register
def _take_text(field: SourceField, value: Any) -> None:
    if not isinstance(value, str | None):
        raise ValidationError(_("It has to be a text."), code="shape")
    refuse_unstorable(value or "")


@field_schema.register
def _schema_of_source(field: SourceField) -> dict[str, Any]:
    choices = [{"value": value, "title": title} for value, title in offered_sources(to_many=field.to_many)]
    # Without a table nobody knows what there is to choose from; then it is written.
    return {"type": "string", "choices": choices} if choices else {"type": "string"}
