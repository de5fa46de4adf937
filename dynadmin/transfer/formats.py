"""The kinds of files that rows travel in."""

from collections.abc import Iterable
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
    # Whether rows are written to such files; all are read.
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
        Format(
            slug="ods",
            label="OpenDocument (ODS)",
            content_type="application/vnd.oasis.opendocument.spreadsheet",
            is_written=False,
        ),
        Format(slug="json", label="JSON", content_type="application/json", is_typed=True),
        Format(
            slug="ndjson",
            label=gettext_lazy("NDJSON (an object a line)"),
            content_type="application/x-ndjson",
            is_typed=True,
        ),
        Format(
            slug="parquet",
            label="Parquet",
            content_type="application/vnd.apache.parquet",
            is_typed=True,
        ),
    )
}

_EXTENSIONS = {
    ".csv": "csv",
    ".txt": "csv",
    ".psv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".ods": "ods",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
}
ARCHIVES = (".gz", ".zip")
# The parser of old workbooks can take the process down; a new one with a password is packed like an old one.
OLD_OR_LOCKED = gettext_lazy(
    "Workbooks from before Excel 2007 (XLS), and those with a password, are not read. "
    "Save it as XLSX without a password and import that."
)


def read_formats() -> list[Format]:
    """Return the formats that rows are read from."""
    return list(FORMATS.values())


def written_formats() -> list[Format]:
    """Return the formats that rows are written in."""
    return [format_ for format_ in FORMATS.values() if format_.is_written]


def readable_extensions() -> list[str]:
    """Return how the names of files end that can be read, as a browser's choice of files takes it."""
    return [*_EXTENSIONS, *ARCHIVES]


def format_named(slug: str) -> Format:
    """Return the format with this short name; raises BadFile with the names there are."""
    return _named(slug, FORMATS.values())


def written_format_named(slug: str) -> Format:
    """Return the format with this short name that rows are written in; raises BadFile as well."""
    return _named(slug, written_formats())


def _named(slug: str, formats: Iterable[Format]) -> Format:
    known = {format_.slug: format_ for format_ in formats}
    if slug not in known:
        message = _("There is no format %(slug)s; there are: %(known)s.")
        raise BadFile(message % {"slug": slug, "known": ", ".join(known)})
    return known[slug]


def format_of(name: str) -> Format:
    """Return the format that the extension of a name stands for; CSV for none. Raises BadFile for others.

    Of `rows.csv.gz` it is that of `rows.csv`; `rows.zip` may hold anything, so it says nothing.
    """
    suffix = extension_of(name)
    if not suffix:
        return FORMATS["csv"]
    if suffix == ".xls":
        raise BadFile(str(OLD_OR_LOCKED))
    if suffix not in _EXTENSIONS:
        raise BadFile(
            _("Files that end in %(suffix)s cannot be read; these can: %(known)s.")
            % {"suffix": suffix, "known": ", ".join(sorted(readable_extensions()))}
        )
    return FORMATS[_EXTENSIONS[suffix]]


def written_format_of(name: str) -> Format:
    """Return the format to write a file of this name in; CSV for no extension. Raises BadFile for others."""
    suffix = PurePath(name.lower()).suffix
    known = {f".{format_.slug}": format_ for format_ in written_formats()}
    if suffix and suffix not in known:
        raise BadFile(
            _("Files that end in %(suffix)s cannot be written; these can: %(known)s.")
            % {"suffix": suffix, "known": ", ".join(sorted(known))}
        )
    return known[suffix or ".csv"]


def extension_of(name: str) -> str:
    """Return how the name of a file ends, without what says that it is packed."""
    path = PurePath(name.lower())
    return path.with_suffix("").suffix if path.suffix in ARCHIVES else path.suffix
