"""The kinds of files that rows travel in."""

from dataclasses import dataclass
from pathlib import PurePath

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import BadFile


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of file: its short name (also its extension), what people call it, its media type."""

    slug: str
    label: str | Promise
    content_type: str
    is_delimited: bool = False
    # Whether cells are typed (numbers, lists, nothing) rather than texts.
    is_typed: bool = False
    # Whether rows are read from such files, and written to them.
    is_read: bool = True
    is_written: bool = True


FORMATS = {
    format_.slug: format_
    for format_ in (
        Format(slug="csv", label="CSV", content_type="text/csv; charset=utf-8", is_delimited=True),
        Format(
            slug="tsv",
            label=gettext_lazy("TSV (tabs)"),
            content_type="text/tab-separated-values; charset=utf-8",
            is_delimited=True,
        ),
        Format(
            slug="xlsx",
            label="Excel (XLSX)",
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Format(slug="json", label="JSON", content_type="application/json", is_typed=True),
    )
}

_EXTENSIONS = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".json": "json"}


def read_formats() -> list[Format]:
    """Return the formats that rows are read from."""
    return [format_ for format_ in FORMATS.values() if format_.is_read]


def written_formats() -> list[Format]:
    """Return the formats that rows are written in."""
    return [format_ for format_ in FORMATS.values() if format_.is_written]


def format_named(slug: str) -> Format:
    """Return the format with this short name; raises BadFile with the names there are."""
    if slug not in FORMATS:
        raise BadFile(
            _("There is no format %(slug)s; there are: %(known)s.")
            % {"slug": slug, "known": ", ".join(FORMATS)}
        )
    return FORMATS[slug]


def format_of(name: str) -> Format:
    """Return the format that the extension of a name stands for; CSV for none. Raises BadFile for others."""
    suffix = PurePath(name).suffix.lower()
    if not suffix:
        return FORMATS["csv"]
    if suffix not in _EXTENSIONS:
        known = ", ".join(sorted(_EXTENSIONS))
        raise BadFile(
            _("Files that end in %(suffix)s cannot be read; these can: %(known)s.")
            % {"suffix": suffix, "known": known}
        )
    return FORMATS[_EXTENSIONS[suffix]]
