"""The views under readable names."""

import re
from dataclasses import dataclass

from django.db import connection

from dynadmin.executor.inspection.rows import rows_of
from dynadmin.executor.views import comments_of, view_sql
from dynadmin.schema import TableSchema

VIEWS = {
    "sqlite": "SELECT substr(name, 8), sql FROM sqlite_master WHERE type = 'view' AND name GLOB 'tables_*'",
    "postgresql": """
        SELECT v.relname, pg_get_viewdef(v.oid), obj_description(v.oid, 'pg_class'),
            (SELECT array_agg(col_description(v.oid, a.attnum) ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = v.oid AND a.attnum > 1 AND NOT a.attisdropped)
        FROM pg_class v WHERE v.relkind = 'v' AND v.relnamespace = to_regnamespace('tables')
    """,
}
# What every view of a table is, and a view of somebody's own is not.
OURS = re.compile(r"SELECT id((, c\d+(_\d+)?( AS \w+)?)*) FROM dyn_t\d+\Z")


@dataclass(frozen=True, kw_only=True)
class View:
    """A view: what it selects, and the comments of itself and its columns, as far as the engine has any."""

    query: str
    comments: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether it is one that a revision makes, and not somebody's own work beside them."""
        return bool(OURS.match(self.query))


def fetch_views() -> dict[str, View]:
    """Return the views that tables have, by the readable name of the table."""
    return {name: _view(sql, *comments) for name, sql, *comments in rows_of(VIEWS[connection.vendor])}


def expected_view(table: TableSchema) -> View:
    """Return the view that the table should have."""
    comments = comments_of(table) if connection.vendor == "postgresql" else ()
    return View(query=_normal(view_sql(table)), comments=tuple(comments))


def _view(sql: str, comment: str | None = None, of_columns: list[str | None] | None = None) -> View:
    if connection.vendor == "sqlite":
        return View(query=_normal(sql))
    return View(query=_normal(sql), comments=tuple(text or "" for text in (comment, *(of_columns or ()))))


def _normal(sql: str) -> str:
    """Return the SELECT of a view as both engines, and PostgreSQL's releases, would write it alike."""
    select = re.sub(r".*?\bSELECT\b", "SELECT", sql, count=1, flags=re.DOTALL | re.IGNORECASE)
    select = re.sub(r"\s+", " ", select.replace('"', "")).strip("; ")
    return re.sub(r"\bdyn_t\d+\.", "", select)
