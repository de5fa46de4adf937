"""The links of a relation to many rows: read and written set by set."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.loading import load
from dynadmin.rowhistory.notary import notary_of

# Links that go in one statement.
_AT_ONCE = 5_000


class Links:
    """The links of one relation; `index` is where its column stands among those of a batch."""

    def __init__(self, field: models.Field, index: int, connection: BaseDatabaseWrapper) -> None:
        self.field = field
        self.name = field.name
        self.index = index
        self._connection = connection
        self._class = field.remote_field.through
        self._source = self._class._meta.get_field(field.m2m_field_name())
        self._target = self._class._meta.get_field(field.m2m_reverse_field_name())

    def stored(self, pks: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
        """Return by row the ids of the rows it is linked to; all given rows are there."""
        found: dict[Any, list[Any]] = {pk: [] for pk in pks}
        for pk, target, _link in self._links(pks):
            found[pk].append(target)
        return {pk: tuple(targets) for pk, targets in found.items()}

    def insert(self, pks: Sequence[Any], wanted: Iterable[Sequence[Any]]) -> None:
        """Link new rows to what the file says."""
        self._load((pk, target) for pk, targets in zip(pks, wanted, strict=True) for target in targets)

    def replace(self, pks: Sequence[Any], wanted: Iterable[Sequence[Any]]) -> None:
        """Link rows to what the file says, and to nothing else; links that stay are not touched."""
        pairs = {(pk, target) for pk, targets in zip(pks, wanted, strict=True) for target in targets}
        links = {(pk, target): link for pk, target, link in self._links(pks)}
        gone = [link for pair, link in links.items() if pair not in pairs]
        for start in range(0, len(gone), _AT_ONCE):
            some = self._rows().filter(pk__in=gone[start : start + _AT_ONCE])
            some._raw_delete(self._connection.alias)
        made = [pair for pair in sorted(pairs) if pair not in links]
        self._load(made)
        if (notary := notary_of(self._class)) and made:
            # What is taken away is noted by the class.
            names = [end.attname for end in self._ends]
            notary.created([self._class(**dict(zip(names, pair, strict=True))) for pair in made])

    def _rows(self) -> models.QuerySet:
        return self._class._base_manager.using(self._connection.alias).order_by("pk")

    def _links(self, pks: Sequence[Any]) -> Iterable[tuple[Any, Any, Any]]:
        rows = self._rows().filter(**{f"{self._source.name}__in": pks})
        return rows.values_list(self._source.attname, self._target.attname, "pk").iterator(chunk_size=2000)

    def _load(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        columns = [self._source.column, self._target.column]
        stored = (
            [field.get_db_prep_save(pk, self._connection) for field, pk in zip(self._ends, pair, strict=True)]
            for pair in pairs
        )
        load(self._connection, self._class._meta.db_table, columns, stored)

    @property
    def _ends(self) -> tuple[models.Field, models.Field]:
        return self._source, self._target
