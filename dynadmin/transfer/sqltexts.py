"""The texts of values as the database itself writes them: to the byte those that the program writes.

A file of a million rows is then made by the database, and the program hands it on. There are such
expressions for the fields known here; whatever else there is (JSON, the types of other apps) the program
writes.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.fieldtypes.fields.choices import SEPARATOR
from dynadmin.transfer.formulas import is_free_text, risky_codes

# In each the value is {}. What is written down more than once is worked out as often.
Templates = Mapping[str, str]

_AS_IT_IS = "{}"
# A moment of a whole second, which most are, is written without its fraction, any other with all six digits.
_PG_MOMENT = (
    "CASE WHEN {} = {}::timestamptz(0) THEN replace({}::text, ' ', 'T') || ':00' "
    """ELSE to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' END"""
)
_SQLITE_MOMENT = (
    "CASE WHEN length({}) = 19 THEN replace({}, ' ', 'T') || '+00:00' "
    "ELSE substr({}, 1, 10) || 'T' || substr({}, 12, 8) || CASE WHEN rtrim(substr({}, 20), '.0') = '' "
    "THEN '' ELSE substr(substr({}, 20) || '000000', 1, 7) END || '+00:00' END"
)
_PG_TIME = "CASE WHEN {} = {}::time(0) THEN {}::text ELSE to_char({}, 'HH24:MI:SS.US') END"
# Of the largest numbers Python knows shorter texts: these are marked, and the program writes them anew.
_MARK = f"number-{secrets.token_hex(16)}:"
_MARKED = re.compile(_MARK.encode() + rb"([-+.0-9e]+)")
# Python writes 1.0 where PostgreSQL writes 1.
_PG_FLOAT = (
    "CASE WHEN abs({}) >= 1e15 AND abs({}) < 'Infinity' THEN '" + _MARK + "' || {}::text "
    "WHEN {} = trunc({}) AND abs({}) < 1e15 THEN {}::text || '.0' "
    "ELSE replace(lower({}::text), 'infinity', 'inf') END"
)
_PG_CHOICES = (
    "CASE WHEN jsonb_typeof({}) = 'array' THEN "
    f"array_to_string(ARRAY(SELECT jsonb_array_elements_text({{}})), '{SEPARATOR} ') END"
)
_SQLITE_UUID = (
    "substr({}, 1, 8) || '-' || substr({}, 9, 4) || '-' || substr({}, 13, 4) || '-' || "
    "substr({}, 17, 4) || '-' || substr({}, 21)"
)

_TEMPLATES: dict[type[models.Field], Templates] = {
    models.IntegerField: {"postgresql": _AS_IT_IS, "sqlite": _AS_IT_IS},
    models.FloatField: {"postgresql": _PG_FLOAT, "sqlite": _AS_IT_IS},
    # SQLite holds decimals as floating point numbers.
    models.DecimalField: {"postgresql": "{}::text"},
    models.BooleanField: {
        "postgresql": "{}::text",
        "sqlite": "CASE {} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END",
    },
    models.DateField: {"postgresql": "{}::text", "sqlite": _AS_IT_IS},
    models.DateTimeField: {"postgresql": _PG_MOMENT, "sqlite": _SQLITE_MOMENT},
    models.TimeField: {"postgresql": _PG_TIME, "sqlite": _AS_IT_IS},
    models.UUIDField: {"postgresql": "{}::text", "sqlite": _SQLITE_UUID},
    models.GenericIPAddressField: {"postgresql": "host({})", "sqlite": _AS_IT_IS},
    models.CharField: {"postgresql": _AS_IT_IS, "sqlite": _AS_IT_IS},
    models.TextField: {"postgresql": _AS_IT_IS, "sqlite": _AS_IT_IS},
    models.FileField: {"postgresql": _AS_IT_IS, "sqlite": _AS_IT_IS},
    fields.MultiChoiceField: {"postgresql": _PG_CHOICES},
}


class Template(models.Expression):
    """The SQL of a template with the value in it. ``is_free`` says that there may be anything in the text."""

    def __init__(self, operand: Any, template: str, *, is_free: bool = False) -> None:
        super().__init__(output_field=models.TextField())
        [self.operand] = self._parse_expressions(operand)
        self.template = template
        self.is_free = is_free

    @property
    def is_marked(self) -> bool:
        """Whether some texts have to go through `without_marks`."""
        return _MARK in self.template

    def get_source_expressions(self) -> list[Any]:
        return [self.operand]

    def set_source_expressions(self, exprs: list[Any]) -> None:
        [self.operand] = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.operand)
        return self.template.replace("{}", sql), [*params] * self.template.count("{}")


def without_marks(lines: bytes) -> bytes:
    """Return the lines with those numbers written by the program that it writes in another way."""
    if _MARK.encode() not in lines:
        return lines
    return _MARKED.sub(lambda found: repr(float(found[1])).encode(), lines)


def database_text(
    field: models.Field, path: str, connection: BaseDatabaseWrapper, *, escape: bool, is_stored: bool = True
) -> Template | None:
    """Return the expression of the text of a field's values; None where only the program can write it.

    What is not stored but computed is not worked out twice for the sake of its text.
    """
    template = _template_of(field, connection)
    if template is None or not _speaks_iso(connection):
        return None
    is_free = isinstance(
        field, models.CharField | models.TextField | models.FileField | fields.MultiChoiceField
    )
    if is_free:
        template = _for_texts(template, connection.vendor, escape=escape and is_free_text(field))
    if template.count("{}") > 1 and not is_stored:
        return None
    return Template(models.F(path), template, is_free=is_free)


def _template_of(field: models.Field, connection: BaseDatabaseWrapper) -> str | None:
    """Return the template of the nearest class that is known, unless one below it has ways of its own."""
    kind = type(field)
    known = next((base for base in kind.__mro__ if base in _TEMPLATES), None)
    if known is None or text_writer.dispatch(kind) is not text_writer.dispatch(known):
        return None
    is_json = isinstance(field, models.JSONField)
    if not is_json and (hasattr(field, "from_db_value") or not _is_djangos(kind.db_type)):
        return None
    return _TEMPLATES[known].get(connection.vendor)


def _is_djangos(method: Any) -> bool:
    return method.__module__.startswith("django.db.models.")


def _speaks_iso(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the database writes moments as the program does: in UTC, and as ISO 8601."""
    if not settings.USE_TZ or connection.timezone_name != "UTC":
        return False
    if connection.vendor != "postgresql":
        return True
    connection.ensure_connection()
    return (connection.connection.info.parameter_status("DateStyle") or "").startswith("ISO")


def _for_texts(template: str, vendor: str, *, escape: bool) -> str:
    """Return the template of free texts: what a spreadsheet would run gets an apostrophe."""
    # PostgreSQL would write an empty text in quotes, to tell it from none.
    whole = f"NULLIF({template}, '')" if vendor == "postgresql" else template
    if not escape:
        return whole
    first = {"postgresql": "ascii", "sqlite": "unicode"}[vendor]
    risky = ", ".join(map(str, risky_codes()))
    return (
        # Most texts begin with a letter, which is settled by one look.
        f"CASE WHEN {first}({template}) > {max(risky_codes())} THEN {template} "
        f"WHEN {first}(ltrim({template}, '''')) IN ({risky}) THEN '''' || {template} ELSE {whole} END"
    )
