"""The settings of dynadmin: one table of names, defaults and what each is for.

A project overrides them by name in its own settings::

    DYNADMIN = {"LOCK_TIMEOUT_MS": 500, "MAX_FIELDS": 100}
"""

from typing import Any

from django.conf import settings

# name: (default, what it is for). The README prints this table; a test keeps the two the same.
SETTINGS: dict[str, tuple[Any, str]] = {
    "DEFAULT_KIND": ("record", "Kind of new tables for which none is chosen."),
    "MAX_TABLES": (1000, "Most tables that may be live at once."),
    "MAX_FIELDS": (300, "Most fields a table may have (a PostgreSQL row has to fit into one page)."),
    "RELATION_TARGETS": (
        ("AUTH_USER_MODEL", "auth.Group"),
        "Models of the project that relations may refer to, by label, beside the tables made here.",
    ),
    "LOCK_TIMEOUT_MS": (
        300,
        "Longest wait, in milliseconds, of a schema change for a table others are using.",
    ),
    "CHANGE_TIMEOUT_S": (
        10,
        "Longest time, in seconds, a schema change is tried again while tables are busy.",
    ),
    "TRASH_DAYS": (30, "Days for which deleted tables, fields and originals are kept before they expire."),
    "ROW_HISTORY_DAYS": (None, "Days for which changes of rows are kept; None: for ever, 0: none is."),
    "ONLINE_ROWS": (
        100_000,
        "Tables with more rows than this are changed while people use them.",
    ),
    "ONLINE_PAUSE": (
        0.5,
        "Rest of such a change after each batch of rows while others are at work, in times the batch took.",
    ),
    "CHANGE_STALE_S": (
        60,
        "Time, in seconds, without a sign of life after which another worker takes such a change over.",
    ),
    "CHANGE_PATIENCE_S": (
        600,
        "Longest time, in seconds, a step of such a change waits for a table that stays in use.",
    ),
    "HOME_TABLES": (50, "Tables on one page of the home page and of the list of tables."),
    "SIDEBAR_TABLES": (40, "Most tables the sidebar lists; if there are more, the ones visited last."),
    "COUNT_BUDGET": (1_000_000, "Most rows counted exactly for one page; larger tables show an estimate."),
    "LIST_PER_PAGE": (100, "Rows on a page of a row list."),
    "LIST_COLUMNS": (12, "Fields that a row list shows as columns."),
    "LIST_FILTERS": (20, "Fields that a row list offers filters for."),
    "LIST_COUNT_LIMIT": (10_000, "Rows a list counts; beyond that it says only that there are more."),
    "IMPORT_MAX_BYTES": (512 * 1024 * 1024, "Largest file, in bytes, that may be uploaded for an import."),
    "IMPORT_MAX_UNPACKED_BYTES": (
        4 * 1024**3,
        "Largest file, in bytes, that is unpacked from a gzip or ZIP archive.",
    ),
    "NEW_TABLE_MAX_BYTES": (
        512 * 1024 * 1024,
        "Largest file, in bytes when unpacked, of which the admin makes a new table; the shell takes any.",
    ),
    "IMPORT_MAX_RATIO": (200, "Most times its own size that such an archive may unpack to."),
    "IMPORT_MAX_ROWS": (20_000_000, "Most rows of an imported file."),
    "IMPORT_MAX_COLUMNS": (2000, "Most columns of an imported file."),
    "IMPORT_MAX_CELL": (1_000_000, "Longest text, in characters, of one cell of an imported file."),
    "IMPORT_MAX_SHEET_CELLS": (
        1_500_000,
        "Largest sheet of a workbook, in cells (rows by columns), that is read.",
    ),
    "IMPORT_MAX_SHEET_BYTES": (300_000_000, "Largest workbook, in bytes after unpacking, that is read."),
    "IMPORT_MAX_TIME_S": (4 * 3600, "Longest time, in seconds, that the reading of one file may take."),
    "IMPORT_SAMPLE": (20, "Rows of each kind (created, changed, skipped) that a preview shows."),
    "IMPORT_MAX_REFUSED": (200, "Refused rows that a preview lists; the totals count all."),
    "SCHEMA_FILE_MAX_BYTES": (10_000_000, "Largest file of definitions, in bytes, that may be uploaded."),
    "IMPORT_BACKGROUND_BYTES": (5_000_000, "Files larger than this, in bytes, are imported by a worker."),
    "EXPORT_BACKGROUND_ROWS": (
        1_000_000,
        "Lists with more rows than this (XLSX: a tenth of it) are exported by a worker.",
    ),
    "EXPORT_KEEP_HOURS": (24, "Hours for which the file of such an export, and the link to it, are kept."),
    "IMPORT_FILE_DAYS": (30, "Days for which files of imports, and their refused rows, are kept."),
    "UPLOAD_DIR": (
        None,
        "Private directory of imported files, shared by servers and workers; None: in the temp directory.",
    ),
    "UPLOAD_MAX_AGE_S": (6 * 3600, "Time, in seconds, after which an unconfirmed upload is removed."),
    "API_PAGE_SIZE": (100, "Rows of a page of the API."),
    "API_MAX_PAGE_SIZE": (1000, "Most rows that a page of the API may be asked for."),
    "API_MAX_LINKS": (1000, "Most links of one row that an answer of the API lists, or that may be sent."),
}


class Conf:
    """Attribute access to the settings: ``conf.MAX_FIELDS``. Raises AttributeError for unknown names."""

    def __getattr__(self, name: str) -> Any:
        try:
            default, _purpose = SETTINGS[name]
        except KeyError:
            raise AttributeError(f"dynadmin has no setting {name!r}.") from None
        return getattr(settings, "DYNADMIN", {}).get(name, default)


conf = Conf()
