"""The registry of kinds: abstract models by slug, and the columns that each brings along."""

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.exceptions import UnknownKind

PLAIN = "plain"
SLUG_LENGTH = 50


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a kind. ``origin`` is the slug of the first kind that had it, which later ones share."""

    name: str
    origin: str
    field: models.Field

    @property
    def label(self) -> str:
        return str(capfirst(self.field.verbose_name))

    @property
    def target(self) -> str:
        """The label of the model whose rows it refers to; none if it is no relation."""
        to = self.field.remote_field.model if self.field.remote_field else ""
        return to if isinstance(to, str) else to._meta.label

    @property
    def is_stamp(self) -> bool:
        """Whether only the program fills it: no form, file or client ever does."""
        return not self.field.editable


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of tables. ``model`` is the abstract model among the bases of their classes; plain has none."""

    slug: str
    label: Any
    description: Any = ""
    model: type[models.Model] | None = None

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns that every table of the kind has, by name."""
        fields = self.model._meta.local_fields if self.model else ()
        return {f.name: Column(name=f.name, origin=kinds.origin_of(self, f), field=f) for f in fields}

    @property
    def bases(self) -> tuple[type[models.Model], ...]:
        return (self.model,) if self.model else ()

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Names of methods and attributes of its model: a field of that name would be in their place."""
        if self.model is None:
            return frozenset()
        return frozenset(set(dir(self.model)) - set(dir(models.Model)) - set(self.columns))


class KindRegistry:
    """Kinds by slug, in the order they were registered."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def register(
        self, slug: str, label: Any, model: type[models.Model] | None, *, description: Any = ""
    ) -> None:
        """Add a kind. Raises ImproperlyConfigured when the model cannot stand behind tables of analysts."""
        if model is not None:
            _check(slug, model)
        known = self._kinds.get(slug)
        # The same class again is a module that was imported twice, not a clash.
        if known is not None and _path(known.model) != _path(model):
            raise ImproperlyConfigured(f"Kind {slug!r} is registered already, as {_path(known.model)}.")
        self._kinds[slug] = Kind(slug=slug, label=label, model=model, description=description)

    @contextmanager
    def register_temporarily(self, slug: str, label: Any, model: type[models.Model]) -> Iterator[Kind]:
        """Have a kind for the length of a block, for tests."""
        self.register(slug, label, model)
        try:
            yield self._kinds[slug]
        finally:
            del self._kinds[slug]

    def __getitem__(self, slug: str) -> Kind:
        try:
            return self._kinds[slug]
        except (KeyError, TypeError):
            raise UnknownKind(self._unknown(str(slug))) from None

    def __contains__(self, slug: object) -> bool:
        return isinstance(slug, str) and slug in self._kinds

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def choices(self) -> list[tuple[str, str]]:
        """Return pairs of slug and label, for a select; labels in the language in force."""
        return [(kind.slug, str(kind.label)) for kind in self]

    def label_of(self, slug: str) -> str:
        """Return what people call a kind; its slug if it is not registered."""
        return str(self._kinds[slug].label) if slug in self._kinds else slug

    def origin_of(self, kind: Kind, field: models.Field) -> str:
        """Return the slug of the most general kind that has this very field."""
        model = kind.model or models.Model
        found = [kind.slug]
        for other in self:
            if other.model is not None and other.model is not model and issubclass(model, other.model):
                same = (f for f in other.model._meta.local_fields if f.name == field.name)
                found += [other.slug for f in same if f.deconstruct()[1:] == field.deconstruct()[1:]]
        return min(found, key=lambda slug: len(self[slug].bases[0].__mro__))

    def _unknown(self, slug: str) -> str:
        near = difflib.get_close_matches(slug, self._kinds, n=1)
        hint = _("Did you mean “%s”?") % near[0] if near else _("Known are: %s.") % ", ".join(self._kinds)
        return _("There is no kind of tables “%(slug)s”. %(hint)s") % {"slug": slug[:50], "hint": hint}


def _path(model: type[models.Model] | None) -> str:
    return f"{model.__module__}.{model.__qualname__}" if model else "a kind without columns"


def _check(slug: str, model: type[models.Model]) -> None:
    """Refuse what a table of analysts cannot have. Raises ImproperlyConfigured."""
    for problem in _problems(slug, model):
        raise ImproperlyConfigured(f"Kind {slug!r}, {_path(model)}: {problem}")


def _problems(slug: str, model: type[models.Model]) -> Iterator[str]:
    if not naming.PATTERN.fullmatch(slug) or len(slug) > SLUG_LENGTH:
        yield "its name has to be of small letters, digits and “_”."
    if not (isinstance(model, type) and issubclass(model, models.Model) and model._meta.abstract):
        yield "it has to be an abstract model."
        return
    meta = model._meta
    if meta.constraints or meta.indexes or meta.unique_together:
        yield "constraints and indexes in its Meta would not be made: say unique or db_index at a field."
    if meta.local_many_to_many:
        yield "it has a many-to-many field, which is no column."
    for field in meta.local_fields:
        yield from _problems_of_field(field)


def _problems_of_field(field: models.Field) -> Iterator[str]:
    try:
        naming.validate_field_name(field.name)
    except ValidationError as error:
        if field.name != "id":  # the one of dynadmin's own base class, if it is built on that
            yield " ".join(error.messages)
    if field.primary_key and field.name != "id":
        yield f"{field.name} is a primary key; that of all tables is id."
    if field.remote_field and not field.remote_field.hidden:
        yield f'{field.name} needs related_name="+": nothing is ever added to the class it refers to.'


kinds = KindRegistry()
register = kinds.register
