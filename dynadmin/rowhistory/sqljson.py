"""Values written in the database as the JSON that this process writes of them, and told apart as here."""

from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.rowhistory.notes import in_json
from dynadmin.rowhistory.values import encode

_numbers = count(1)


class Form(NamedTuple):
    """Templates of SQL on a value: its JSON, NULL for none, and what is compared with that of another."""

    json: str
    compared: str = "{}"

    def json_of(self, column: str) -> str:
        """Return the JSON of a column's values."""
        return f"COALESCE({self.json.replace('{}', column)}, 'null')"

    def differ(self, one: str, other: str, vendor: str) -> str:
        """Return whether two columns have different values."""
        word = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        differ = f"{self.compared.replace('{}', one)} {word} {self.compared.replace('{}', other)}"
        if vendor == "postgresql" or self.compared == "{}":
            return differ
        return f"({one} {word} {other} AND {differ})"


def form_of(field: models.Field, connection: BaseDatabaseWrapper) -> Form | None:
    """Return how the database writes the values of a field; None where it does not know."""
    if isinstance(field, models.ForeignKey):
        return form_of(field.target_field, connection)
    forms = _ON_POSTGRESQL if connection.vendor == "postgresql" else _ON_SQLITE
    form = forms.get(_known(field, forms))  # type: ignore[arg-type]
    if form is None:
        is_own = type(field).__module__.partition(".")[0] in ("django", "dynadmin")
        return _written_here(field, connection) if is_own and connection.vendor == "sqlite" else None
    if field.db_parameters(connection).get("collation"):
        return form._replace(compared=f"{{}} COLLATE {_EXACT[connection.vendor]}")
    return form


def _known(field: models.Field, forms: dict[type[models.Field], Form]) -> type[models.Field] | None:
    """Return the nearest class of the field with a form, unless one below it has ways of its own."""
    kind = type(field)
    known = next((base for base in kind.__mro__ if base in forms), None)
    if known is None or text_writer.dispatch(kind) is not text_writer.dispatch(known):
        return None
    if getattr(kind, "from_db_value", None) is not getattr(known, "from_db_value", None):
        return None
    if not kind.db_type.__module__.startswith("django.db.models."):
        return None
    if isinstance(field, models.JSONField) and (field.encoder or field.decoder):
        return None
    if issubclass(known, models.DateTimeField) and not settings.USE_TZ:
        return None
    return known


def _written_here(field: models.Field, connection: BaseDatabaseWrapper) -> Form:
    """Have SQLite ask this process, in which it runs."""
    name = f"dynadmin_kept_{next(_numbers)}"
    connection.ensure_connection()
    connection.connection.create_function(name, 1, _writer(field, connection), deterministic=True)
    return Form(f"{name}({{}})", f"{name}({{}})")


def _writer(field: models.Field, connection: BaseDatabaseWrapper) -> Callable[[Any], str | None]:
    column = field.cached_col
    converters = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]

    def write(value: Any) -> str | None:
        for convert in converters:
            value = convert(value, column, connection)
        return None if value is None else in_json(encode(field, value))

    return write


_EXACT = {"postgresql": '"C"', "sqlite": "BINARY"}

_CLOCK = "'HH24:MI:SS.US'"
_MOMENT = """'YYYY-MM-DD"T"HH24:MI:SS.US'"""
_SECONDS = "extract(epoch FROM {})"
_DAYS = f"floor({_SECONDS} / 86400)"
_REST = f"make_interval(secs => ({_SECONDS} - {_DAYS} * 86400)::float8)"
# A float that is a whole number has a place behind the point, as long as Python writes it without exponent.
_FLOAT = (
    "CASE WHEN {} = trunc({}) AND abs({}) < 1e16 THEN {}::bigint::text || '.0'"
    " WHEN abs({}) < 'Infinity' THEN {}::text"
    " ELSE '\"' || replace(lower({}::text), 'inity', '') || '\"' END"
)

_ON_POSTGRESQL: dict[type[models.Field], Form] = {
    **dict.fromkeys((models.CharField, models.TextField, models.FileField), Form("to_json({})::text")),
    models.IntegerField: Form("{}::text"),
    models.BooleanField: Form("{}::text"),
    models.DateField: Form("to_json({})::text"),
    models.TimeField: Form(f"'\"' || replace(to_char({{}}, {_CLOCK}), '.000000', '') || '\"'"),
    models.DateTimeField: Form(
        f"'\"' || replace(to_char({{}} AT TIME ZONE 'UTC', {_MOMENT}), '.000000', '') || '+00:00\"'"
    ),
    models.DurationField: Form(
        f"'\"' || CASE WHEN {_DAYS} <> 0 THEN {_DAYS}::text || ' ' ELSE '' END"
        f" || replace(to_char({_REST}, {_CLOCK}), '.000000', '') || '\"'"
    ),
    models.DecimalField: Form("'\"' || {}::text || '\"'"),
    models.FloatField: Form(_FLOAT, "{}::text"),
    models.UUIDField: Form("'\"' || {}::text || '\"'"),
    models.GenericIPAddressField: Form("'\"' || host({}) || '\"'"),
    **dict.fromkeys(
        (models.JSONField, fields.MultiChoiceField), Form("{}::text", "NULLIF({}::text, 'null')")
    ),
}

# What is stored is a number or a text.
_ON_SQLITE: dict[type[models.Field], Form] = {
    **dict.fromkeys((models.CharField, models.TextField, models.FileField), Form("json_quote({})")),
    **dict.fromkeys((models.DateField, models.TimeField, models.IntegerField), Form("json_quote({})")),
    models.GenericIPAddressField: Form("json_quote({})"),
    models.DateTimeField: Form("json_quote(replace({}, ' ', 'T') || '+00:00')"),
    models.BooleanField: Form("CASE {} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END"),
}
