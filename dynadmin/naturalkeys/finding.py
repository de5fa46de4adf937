"""Which rows have some values: asked for many values at once, never for each."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q

# Values in one query; both engines take many more.
_AT_ONCE = 5_000
_CHUNK = 2_000


class Found(NamedTuple):
    """The first row that has a value, and how many there are. ``is_allowed``: the limit lets it be chosen."""

    pk: Any
    rows: int = 1
    is_allowed: bool = True

    @property
    def is_one(self) -> bool:
        return self.rows == 1 and self.is_allowed


class Finder:
    """Finds rows of a model by the values of its column ``key``.

    ``limit`` says which of them may be chosen; ``alias`` is the database.
    """

    def __init__(
        self, model: type[models.Model], key: models.Field, *, alias: str, limit: Any = None
    ) -> None:
        self.model = model
        self.key = key
        self.alias = alias
        self._limit = limit or Q()

    def find(self, values: Collection[Any]) -> dict[Any, Found]:
        """Return what was found by value; those that no row has are missing."""
        rows = self.rows()
        found = self._look(rows.complex_filter(self._limit), values)
        if self._limit and (missing := [value for value in values if value not in found]):
            others = self._look(rows, missing)
            found |= {value: other._replace(is_allowed=False) for value, other in others.items()}
        return found

    def rows(self) -> models.QuerySet:
        """Return all rows, whatever may be chosen."""
        return self.model._base_manager.using(self.alias).order_by()

    def texts(self, pks: Collection[Any]) -> dict[Any, Any]:
        """Return by id the values of rows."""
        found: dict[Any, Any] = {}
        for some in _parts(list(pks)):
            found |= dict(self.rows().filter(pk__in=some).values_list("pk", self.key.name))
        return found

    def _look(self, rows: models.QuerySet, values: Collection[Any]) -> dict[Any, Found]:
        found: dict[Any, Found] = {}
        for some in _parts(list(values)):
            pairs = rows.filter(**{f"{self.key.name}__in": some}).values_list(self.key.name, "pk")
            # Of values that do not repeat there are no more rows than values, which need no cursor.
            for value, pk in pairs if self.key.unique else pairs.iterator(chunk_size=_CHUNK):
                known = found.setdefault(value, Found(pk))
                if known.pk != pk:
                    found[value] = known._replace(rows=known.rows + 1)
        return found


def _parts(values: list[Any]) -> Iterator[list[Any]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
