"""Rows of a queryset into a file, as a stream: whatever the number of rows, memory stays flat."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.transfer.formats import format_named
from dynadmin.transfer.writers import write_delimited, write_json, write_xlsx

Rows = list[tuple[Any, ...]]

_CHUNK = 2_000


def exportable_fields(model: type[models.Model]) -> dict[str, models.Field]:
    """Return by name the fields that a file can hold."""
    fields = model._meta.concrete_fields
    return {field.name: field for field in fields if not isinstance(field, models.BinaryField)}


def export_rows(
    queryset: models.QuerySet,
    *,
    format: str = "csv",
    fields: Iterable[str] | None = None,
    escape: bool = True,
    encoding: str = "utf-8",
) -> Iterator[bytes]:
    """Give the rows of the queryset, in its order, as the pieces of a file that imports as the same rows.

    `fields` are names, in the order of the columns; None is all. With `escape`, texts that a spreadsheet
    would run as formulas get an apostrophe (never in JSON), which the import takes off again. `encoding` is
    for CSV and TSV. Raises BadColumns for unknown fields and BadFile for an unknown format, before the first
    piece; TransferError when the rows do not fit into an XLSX sheet.
    """
    kind = format_named(format)
    chosen = _chosen(queryset.model, fields)
    chunks = _chunks(queryset, chosen)
    if kind.slug == "json":
        return write_json(chosen, chunks)
    if kind.slug == "xlsx":
        return write_xlsx(chosen, chunks, escape=escape)
    delimiter = "\t" if kind.slug == "tsv" else ","
    return write_delimited(chosen, chunks, escape=escape, delimiter=delimiter, encoding=encoding)


def _chosen(model: type[models.Model], names: Iterable[str] | None) -> list[models.Field]:
    exportable = exportable_fields(model)
    if names is None:
        return list(exportable.values())
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in exportable:
            known = ", ".join(exportable)
            message = _("There is no field %(name)s; there are: %(known)s.")
            raise BadColumns(message % {"name": name, "known": known})
    if not names:
        raise BadColumns(_("Choose at least one field."))
    return [exportable[name] for name in names]


def _chunks(queryset: models.QuerySet, fields: Sequence[models.Field]) -> Iterator[Rows]:
    if not queryset.ordered and not queryset.query.is_sliced:
        queryset = queryset.order_by("pk")
    # What the screens join for their own columns is of no use here.
    queryset = queryset.select_related(None)
    values = queryset.values_list(*(field.attname for field in fields)).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(values, _CHUNK)):
        yield chunk
