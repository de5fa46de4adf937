"""The columns of an export: where their values come from, and the field that writes them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.naturalkeys import default_key, is_safe_key, key_candidates
from dynadmin.transfer.lists import join
from dynadmin.transfer.references import is_many, key_of, target_of
from dynadmin.transfer.snapshots import tables_of
from dynadmin.transfer.sqltexts import Template, database_text

Rows = list[tuple[Any, ...]]

_CHUNK = 2_000
_NATIVE = (int, bool)


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """A column of the file: its header, the field that writes its values, and what a query calls them.

    ``links`` is the relation whose many rows are a value, told by ``key``; ``as_lists`` leaves them apart.
    ``text`` is the expression by which the database itself writes the cells, where it can.
    """

    name: str
    field: models.Field
    path: str
    links: models.Field | None = None
    key: models.Field | None = None
    as_lists: bool = False
    text: Template | None = None

    @property
    def asked(self) -> Any:
        """What a query is asked for."""
        return self.path if self.text is None else self.text

    def written_by(self, connection: BaseDatabaseWrapper, *, escape: bool) -> "Outlet":
        """Return the column with its cells written by the database, if it can."""
        if self.links is not None:
            return self
        text = database_text(
            self.field, self.path, connection, escape=escape, is_stored=self.field.concrete is not False
        )
        return replace(self, text=text)

    @property
    def is_written(self) -> bool:
        """Whether the database writes the cells, and nothing is left to do."""
        return self.text is not None and not self.text.is_marked

    def cell(self, keys: list[Any]) -> Any:
        """Return the value of the column for the keys of the rows that a row is linked to."""
        assert self.key is not None
        write = text_writer(self.key)
        if not self.as_lists:
            return join(write(key) for key in keys)
        return [key if isinstance(key, _NATIVE) else write(key) for key in keys]


def outlet_of(field: models.Field, by: str | None, *, alias: str, as_lists: bool) -> Outlet:
    """Return the column of a field; ``by`` says by which column of its target the rows of a relation go."""
    if not field.is_relation:
        return Outlet(name=field.name, field=field, path=field.attname)
    key = _key(field, by, alias)
    if not is_many(field):
        path = field.attname if key.primary_key else f"{field.name}__{key.name}"
        return Outlet(name=_header(field, key), field=key, path=path)
    writing = models.JSONField() if as_lists else models.TextField()
    return Outlet(name=_header(field, key), field=writing, path="pk", links=field, key=key, as_lists=as_lists)


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


def chunks_of(queryset: models.QuerySet, outlets: Sequence[Outlet]) -> Iterator[Rows]:
    """Yield the values of the columns, some thousand rows at a time."""
    # What the screens join for their own columns is of no use here.
    queryset = queryset.select_related(None)
    values = queryset.values_list(*(outlet.asked for outlet in outlets)).iterator(chunk_size=_CHUNK)
    linked = [(at, outlet) for at, outlet in enumerate(outlets) if outlet.links is not None]
    while chunk := list(islice(values, _CHUNK)):
        for at, outlet in linked:
            chunk = _with_links(chunk, at, outlet, queryset.db)
        yield chunk


def tables_read(queryset: models.QuerySet, outlets: Sequence[Outlet]) -> set[str]:
    """Return the names of the tables that the values of the columns come from."""
    tables = tables_of(queryset.values_list(*(outlet.asked for outlet in outlets)))
    for outlet in outlets:
        if outlet.links is not None:
            linking, target = outlet.links.remote_field.through, target_of(outlet.links)
            tables |= {linking._meta.db_table, target._meta.db_table}
    return tables


def _with_links(chunk: Rows, at: int, outlet: Outlet, alias: str) -> Rows:
    """Put what a column's rows are linked to in the place of their ids."""
    field = outlet.links
    assert field is not None
    source, target = field.m2m_field_name(), field.m2m_reverse_field_name()
    links = field.remote_field.through._base_manager.using(alias).order_by("pk")
    rows = links.filter(**{f"{source}__in": [row[at] for row in chunk]})
    keys: dict[Any, list[Any]] = defaultdict(list)
    for pk, key in rows.values_list(f"{source}_id", f"{target}__{outlet.key.name}").iterator(_CHUNK):
        keys[pk].append(key)
    return [(*row[:at], outlet.cell(keys[row[at]]), *row[at + 1 :]) for row in chunk]
