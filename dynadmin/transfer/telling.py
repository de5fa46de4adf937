"""What files tell of the rows and choices that values stand for: their keys, or what people call them.

Each of these makes the cells of a column from its values, for some thousand rows at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from dynadmin.displays import fetch_texts
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.transfer.lists import join
from dynadmin.transfer.references import target_of

_CHUNK = 2_000
_NATIVE = (int, bool)


class Telling:
    """Makes the cells of a column. ``tables`` are those it reads."""

    tables: frozenset[str] = frozenset()

    def cells(self, values: Sequence[Any], alias: str) -> Iterable[Any]:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Links(Telling):
    """The keys of the rows that each row (the values are their ids) is linked to.

    As one text, or ``as_lists``. ``key`` is the column of the target that tells its rows.
    """

    field: models.Field
    key: models.Field
    as_lists: bool = False

    @property
    def tables(self) -> frozenset[str]:
        return frozenset({_links(self.field).model._meta.db_table, target_of(self.field)._meta.db_table})

    def cells(self, values: Sequence[Any], alias: str) -> Iterable[Any]:
        target = self.field.m2m_reverse_field_name()
        keys = linked(self.field, values, f"{target}__{self.key.name}", alias)
        return [self._cell(keys[pk]) for pk in values]

    def _cell(self, keys: list[Any]) -> Any:
        write = text_writer(self.key)
        if not self.as_lists:
            return join(write(key) for key in keys)
        return [key if isinstance(key, _NATIVE) else write(key) for key in keys]


def linked(field: models.Field, pks: Sequence[Any], what: str, alias: str) -> dict[Any, list[Any]]:
    """Return by row what there is of those that it is linked to, in the order of the links."""
    source = field.m2m_field_name()
    rows = _links(field).using(alias).order_by("pk").filter(**{f"{source}__in": pks})
    found: dict[Any, list[Any]] = defaultdict(list)
    for pk, value in rows.values_list(f"{source}_id", what).iterator(_CHUNK):
        found[pk].append(value)
    return found


def _links(field: models.Field) -> models.Manager:
    return field.remote_field.through._base_manager


@dataclass(frozen=True, kw_only=True)
class ChoiceLabels(Telling):
    """The labels of choices; of what is no choice any more, the value."""

    labels: Mapping[str, str]

    def cells(self, values: Sequence[Any], alias: str) -> Iterable[Any]:
        return map(self._cell, values)

    def _cell(self, value: Any) -> Any:
        if isinstance(value, list):
            return join(self._cell(each) for each in value)
        return None if value is None else self.labels.get(str(value), str(value))


@dataclass(frozen=True, kw_only=True)
class RowNames(Telling):
    """What the rows are called that the values are the ids of."""

    field: models.Field

    @property
    def tables(self) -> frozenset[str]:
        return frozenset({target_of(self.field)._meta.db_table})

    def cells(self, values: Sequence[Any], alias: str) -> Iterable[Any]:
        names = fetch_texts(target_of(self.field), {pk for pk in values if pk is not None}, alias=alias)
        return [names.get(pk) for pk in values]


@dataclass(frozen=True, kw_only=True)
class LinkNames(Telling):
    """What the rows are called that each row is linked to."""

    field: models.Field

    @property
    def tables(self) -> frozenset[str]:
        return frozenset({_links(self.field).model._meta.db_table, target_of(self.field)._meta.db_table})

    def cells(self, values: Sequence[Any], alias: str) -> Iterable[Any]:
        ids = linked(self.field, values, f"{self.field.m2m_reverse_field_name()}_id", alias)
        every = {pk for some in ids.values() for pk in some}
        names = fetch_texts(target_of(self.field), every, alias=alias)
        return [join(names[pk] for pk in ids[row] if pk in names) for row in values]
