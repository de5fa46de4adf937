"""The registry of field types."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dynadmin.exceptions import UnknownFieldType
from dynadmin.fieldtypes.base import FieldType
from dynadmin.options import OptionsForm

FieldTypeClass = TypeVar("FieldTypeClass", bound=type[FieldType])


class FieldTypeRegistry:
    """Field types by slug, in the order they were registered."""

    def __init__(self) -> None:
        self._types: dict[str, FieldType] = {}

    def register(self, field_type: FieldTypeClass) -> FieldTypeClass:
        """Add a type; made to stand above its class. Raises ImproperlyConfigured when the slug is taken."""
        instance = field_type()
        _check(instance)
        known = self._types.get(instance.slug)
        # The same class again is a module that was imported twice, not a clash.
        if known is not None and _path(known) != _path(instance):
            raise ImproperlyConfigured(
                f"Field type {instance.slug!r} of {_path(instance)} is registered already, by {_path(known)}."
            )
        self._types[instance.slug] = instance
        return field_type

    @contextmanager
    def register_temporarily(self, field_type: type[FieldType]) -> Iterator[FieldType]:
        """Have a type for the length of a block, for tests."""
        self.register(field_type)
        try:
            yield self._types[field_type.slug]
        finally:
            del self._types[field_type.slug]

    def __getitem__(self, slug: str) -> FieldType:
        try:
            return self._types[slug]
        except (KeyError, TypeError):
            raise UnknownFieldType(self._unknown(str(slug))) from None

    def __contains__(self, slug: object) -> bool:
        return isinstance(slug, str) and slug in self._types

    def __iter__(self) -> Iterator[FieldType]:
        """Yield the types that people choose from; one that comes by itself is found by its slug only."""
        return (field_type for field_type in self._types.values() if field_type.is_offered)

    def __len__(self) -> int:
        return sum(1 for _field_type in self)

    def choices(self) -> list[tuple[str, str]]:
        """Return pairs of slug and label, for a select; labels in the language in force."""
        return [(field_type.slug, str(field_type.label)) for field_type in self]

    def _unknown(self, slug: str) -> str:
        near = difflib.get_close_matches(slug, self._types, n=1)
        hint = _("Did you mean “%s”?") % near[0] if near else _("Known are: %s.") % ", ".join(self._types)
        return _("There is no field type “%(slug)s”. %(hint)s") % {"slug": slug[:50], "hint": hint}


def _path(field_type: FieldType) -> str:
    return f"{type(field_type).__module__}.{type(field_type).__qualname__}"


def _check(field_type: FieldType) -> None:
    for attribute in ("slug", "label"):
        value = getattr(field_type, attribute, None)
        # A lazy label is there; it cannot be looked at before all apps are ready.
        if not isinstance(value, Promise) and not value:
            raise ImproperlyConfigured(f"Field type {_path(field_type)} has no {attribute}.")
    form = field_type.options_form
    if not (isinstance(form, type) and issubclass(form, OptionsForm)):
        raise ImproperlyConfigured(
            f"options_form of {_path(field_type)} has to be a subclass of OptionsForm."
        )


field_types = FieldTypeRegistry()
