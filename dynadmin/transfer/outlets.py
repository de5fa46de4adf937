"""The columns of an export: where their values come from, and the field that writes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.naturalkeys import default_key, is_safe_key, key_candidates
from dynadmin.transfer.references import is_many, key_of, target_of
from dynadmin.transfer.snapshots import tables_of
from dynadmin.transfer.sqltexts import Template, database_text
from dynadmin.transfer.telling import ChoiceLabels, LinkNames, Links, RowNames, Telling

Rows = list[tuple[Any, ...]]
Progress = Callable[[int], object]

_CHUNK = 2_000


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A column of the file: its header, the field that writes its values, and what a query calls them.

    ``telling`` makes cells of the values where these only stand for something. ``text`` is the expression by
    which the database itself writes the cells, where it can.
    """

    name: str
    field: models.Field
    path: str
    telling: Telling | None = None
    text: Template | None = None

    @property
    def asked(self) -> Any:
        """What a query is asked for."""
        return self.path if self.text is None else self.text

    @property
    def is_written(self) -> bool:
        """Whether the database writes the cells, and nothing is left to do."""
        return self.text is not None and not self.text.is_marked

    def written_by(self, connection: BaseDatabaseWrapper, *, escape: bool) -> "Outlet":
        """Return the column with its cells written by the database, if it can."""
        if self.telling is not None:
            return self
        is_stored = self.field.concrete is not False
        text = database_text(self.field, self.path, connection, escape=escape, is_stored=is_stored)
        return replace(self, text=text)


def outlet_of(field: models.Field, by: str | None, *, alias: str, as_lists: bool) -> Outlet:
    """Return the column of a field; ``by`` says by which column of its target the rows of a relation go."""
    if not field.is_relation:
        return Outlet(name=field.name, field=field, path=field.attname)
    key = _key(field, by, alias)
    if not is_many(field):
        path = field.attname if key.primary_key else f"{field.name}__{key.name}"
        return Outlet(name=_header(field, key), field=key, path=path)
    writing = models.JSONField() if as_lists else models.TextField()
    links = Links(field=field, key=key, as_lists=as_lists)
    return Outlet(name=_header(field, key), field=writing, path="pk", telling=links)


def labelled_outlet_of(field: models.Field) -> Outlet:
    """Return the column of a field as people read it: labels of choices, what rows are called."""
    named = Outlet(name=field.name, field=models.TextField(), path=field.attname)
    if field.is_relation and is_many(field):
        return replace(named, path="pk", telling=LinkNames(field=field))
    if field.is_relation:
        return replace(named, telling=RowNames(field=field))
    if choices := (field.flatchoices or getattr(field, "item_choices", ())):
        labels = {str(value): str(label) for value, label in choices}
        return replace(named, telling=ChoiceLabels(labels=labels))
    return replace(named, field=field)


def _key(field: models.Field, by: str | None, alias: str) -> models.Field:
    """Return the column that tells the rows of a relation. Raises BadColumns for one that does not."""
    target = target_of(field)
    rows = target._base_manager.using(alias)
    if by is None:
        unique = (key for key in key_candidates(target) if key.unique and not key.primary_key)
        return next((key for key in unique if is_safe_key(rows, key)), target._meta.pk)
    key = key_of(field, by)
    if not is_safe_key(rows, key):
        message = _("“%(key)s” does not tell the rows of “%(table)s”: some have none, or the same.")
        named = {"key": capfirst(key.verbose_name), "table": target._meta.verbose_name_plural}
        raise BadColumns(message % named)
    return key


def _header(field: models.Field, key: models.Field) -> str:
    """Return the header by which an import knows the relation, and the column that tells its rows."""
    if key == default_key(target_of(field)):
        return field.name
    if key.primary_key and not is_many(field):
        return field.attname
    return f"{field.name}__{key.name}"


def chunks_of(
    queryset: models.QuerySet, outlets: Sequence[Outlet], progress: Progress = bool
) -> Iterator[Rows]:
    """Yield the values of the columns, some thousand rows at a time, and tell how many when they are done."""
    # What the screens join for their own columns is of no use here.
    queryset = queryset.select_related(None)
    values = queryset.values_list(*(outlet.asked for outlet in outlets)).iterator(chunk_size=_CHUNK)
    told = [(at, outlet.telling) for at, outlet in enumerate(outlets) if outlet.telling is not None]
    while chunk := list(islice(values, _CHUNK)):
        yield _told(chunk, told, queryset.db) if told else chunk
        progress(len(chunk))


def _told(chunk: Rows, told: Iterable[tuple[int, Telling]], alias: str) -> Rows:
    columns = list(zip(*chunk, strict=True))
    for at, telling in told:
        columns[at] = tuple(telling.cells(columns[at], alias))
    return list(zip(*columns, strict=True))


def tables_read(queryset: models.QuerySet, outlets: Sequence[Outlet]) -> set[str]:
    """Return the names of the tables that the values of the columns come from."""
    tables = tables_of(queryset.values_list(*(outlet.asked for outlet in outlets)))
    return tables.union(*(outlet.telling.tables for outlet in outlets if outlet.telling is not None))
