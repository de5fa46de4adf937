"""Rows of a queryset into a file, as a stream: whatever the number of rows, memory stays flat."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import connections, models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.computed import annotated, computed_fields
from dynadmin.exceptions import BadColumns
from dynadmin.transfer.copying import copied_rows
from dynadmin.transfer.formats import written_format_named
from dynadmin.transfer.formulas import escape_formula
from dynadmin.transfer.outlets import Outlet, Progress, chunks_of, labelled_outlet_of, outlet_of, tables_read
from dynadmin.transfer.references import file_fields, target_of, visible
from dynadmin.transfer.snapshots import snapshot
from dynadmin.transfer.sqllines import can_be_joined, joined_rows
from dynadmin.transfer.writers import (
    write_copied,
    write_delimited,
    write_json,
    write_ndjson,
    write_parquet,
    write_xlsx,
)

_TYPED = {"json": write_json, "ndjson": write_ndjson, "parquet": write_parquet}


def exportable_fields(model: type[models.Model], *, user: Any = None) -> dict[str, models.Field]:
    """Return by name the fields that a file can hold, as far as this person may see what they refer to."""
    fields = visible([*file_fields(model), *computed_fields(model).values()], user)
    return {field.name: field for field in fields if not isinstance(field, models.BinaryField)}


def export_rows(
    queryset: models.QuerySet,
    *,
    format: str = "csv",
    fields: Iterable[str] | None = None,
    escape: bool = True,
    encoding: str = "utf-8",
    references: Mapping[str, str] | None = None,
    labels: bool = False,
    user: Any = None,
    progress: Progress = bool,
) -> Iterator[bytes]:
    """Give the rows of the queryset, in its order, as the pieces of a file that imports as the same rows.

    `fields` are names, in the order of the columns; None is all. With `escape`, texts that a spreadsheet
    would run as formulas get an apostrophe (never in JSON), which the import takes off again. `encoding` is
    for CSV and TSV. `references` say by name which column of its target tells the rows of a relation ("pk"
    is the id); else the first does in which no row is without a value and no two have the same. With
    `labels` the file is for people, with labels of choices and what rows are called, and does not import
    again. `user` is for whom it is done: relations to rows that they may not see are left out. `progress` is
    told of how many rows more are written.
    All rows are of one moment, and a transaction is open from the first piece to the last.
    Raises BadColumns and BadFile before the first piece; TransferError when the rows do not fit a sheet.
    """
    kind = written_format_named(format)
    exported = _exported(queryset.model, fields, references or {}, user)
    as_stored = partial(_told, exported, references or {}, queryset.db, as_lists=kind.is_typed)
    chosen = _labelled(exported.values(), escape=escape and not kind.is_typed) if labels else as_stored()
    rows = annotated(_ordered(queryset), exported)
    if kind.is_delimited:
        connection = connections[rows.db]
        chosen = [outlet.written_by(connection, escape=escape) for outlet in chosen]
        pieces = _delimited(rows, chosen, progress, escape=escape, slug=kind.slug, encoding=encoding)
    elif kind.slug == "xlsx":
        pieces = write_xlsx(chosen, chunks_of(rows, chosen, progress), escape=escape)
    else:
        pieces = _TYPED[kind.slug](chosen, chunks_of(rows, chosen, progress))
    return _of_one_moment(pieces, rows.db, tables_read(rows, chosen))


def _ordered(queryset: models.QuerySet) -> models.QuerySet:
    return queryset if queryset.ordered or queryset.query.is_sliced else queryset.order_by("pk")


def _of_one_moment(pieces: Iterator[bytes], alias: str, tables: set[str]) -> Iterator[bytes]:
    with snapshot(alias, tables):
        yield from pieces


def _delimited(
    rows: models.QuerySet,
    chosen: Sequence[Outlet],
    progress: Progress,
    *,
    escape: bool,
    slug: str,
    encoding: str,
) -> Iterator[bytes]:
    delimiter = "\t" if slug == "tsv" else ","
    if lines := _written_lines(rows, chosen, progress, delimiter):
        return write_copied(chosen, lines, delimiter=delimiter, encoding=encoding)
    chosen = [outlet if outlet.is_written else replace(outlet, text=None) for outlet in chosen]
    chunks = chunks_of(rows, chosen, progress)
    return write_delimited(chosen, chunks, escape=escape, delimiter=delimiter, encoding=encoding)


def _written_lines(
    rows: models.QuerySet, chosen: Sequence[Outlet], progress: Progress, delimiter: str
) -> Iterator[bytes] | None:
    """Return the lines as the database itself writes them; None where it cannot write all of their cells."""
    texts = [outlet.text for outlet in chosen if outlet.text is not None]
    if len(texts) != len(chosen) or len(texts) == 1:
        return None
    if connections[rows.db].vendor == "postgresql":
        return copied_rows(rows, texts, delimiter=delimiter, progress=progress)
    if can_be_joined([outlet.field for outlet in chosen], connections[rows.db]):
        return joined_rows(rows, texts, delimiter=delimiter, progress=progress)
    return None


def _exported(
    model: type[models.Model], names: Iterable[str] | None, references: Mapping[str, str], user: Any
) -> dict[str, models.Field]:
    """Return the fields of the columns, by name. Raises BadColumns."""
    exportable = exportable_fields(model, user=user)
    names = list(exportable if names is None else dict.fromkeys(names))
    for name in [*names, *references]:
        if name not in exportable:
            raise BadColumns(_why_not(model, name, exportable))
    if not names:
        raise BadColumns(_("Choose at least one field."))
    return {name: exportable[name] for name in names}


def _told(
    fields: Mapping[str, models.Field], references: Mapping[str, str], alias: str, *, as_lists: bool
) -> list[Outlet]:
    return [
        outlet_of(field, references.get(name), alias=alias, as_lists=as_lists)
        for name, field in fields.items()
    ]


def _labelled(fields: Iterable[models.Field], *, escape: bool) -> list[Outlet]:
    """Return the columns as people read them, under their labels where these tell them apart."""
    outlets = [labelled_outlet_of(field) for field in fields]
    headers = [str(capfirst(field.verbose_name)) for field in fields]
    return [
        replace(outlet, name=escape_formula(header) if escape else header)
        if headers.count(header) == 1
        else outlet
        for outlet, header in zip(outlets, headers, strict=True)
    ]


def _why_not(model: type[models.Model], name: str, exportable: Mapping[str, models.Field]) -> str:
    hidden = exportable_fields(model).get(name)
    if hidden is not None and not hidden.is_relation:
        message = _("You may not see the rows that %(name)s is computed from: the column has to be left out.")
        return message % {"name": name}
    if hidden is not None:
        message = _("You may not see the rows of “%(table)s”, so the column %(name)s has to be left out.")
        return message % {"table": target_of(hidden)._meta.verbose_name_plural, "name": name}
    message = _("There is no field %(name)s; there are: %(known)s.")
    return message % {"name": name, "known": ", ".join(exportable)}
