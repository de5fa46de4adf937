"""What the values of a computed field are like: a model field that belongs to no table. Pure."""

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.fieldtypes import field_types, fields
from dynadmin.schema import FieldSchema, Schema, TableSchema

# Sums of as many digits as PostgreSQL and SQLite both carry.
MOST_DIGITS = 38
AVERAGE_PLACES = 2  # more than the values have
MOST_STEPS = 4


def output_of(schema: Schema, table: TableSchema, field: FieldSchema, *, steps: int = 0) -> models.Field:
    """Return an unbound model field for the values of a field, stored or computed.

    Raises RefusedChange where there is no such value, or the way to it is too long, or endless.
    """
    if field.stored != "computed":
        return _copy(field_types[field.type].model_field(field.options))
    if steps > MOST_STEPS:
        raise _refused(
            table, field, _("it is made of itself, or of a longer chain of computed fields than four")
        )
    other, source = source_of(schema, table, field)
    _check_limit(table, field, other)
    function = field.options.get("function", "")
    if function == "count":
        return models.BigIntegerField(null=True, blank=True, editable=False)
    if source is None:
        raise _refused(table, field, _("it has to name a field beside the relation"))
    output = output_of(schema, other, source, steps=steps + 1)
    if not shows_elsewhere(output) or source.target:
        raise _refused(table, field, _("files, lists, JSON and relations cannot be shown from another table"))
    return _result(function, output) or _raise(table, field, source)


def shows_elsewhere(field: models.Field) -> bool:
    """Whether values like those of the field can be shown from another table."""
    return not isinstance(field, models.FileField | models.JSONField)


def source_of(
    schema: Schema, table: TableSchema, field: FieldSchema
) -> tuple[TableSchema, FieldSchema | None]:
    """Return the table at the other end of a computed field's relation, and the field there (None: the rows).

    Raises RefusedChange where there is none of them, or the relation does not lead there.
    """
    relation_id, *rest = field.sources[: 2 if "." in field.options["source"] else 1]
    owner = next((t for t in schema.live_tables if any(f.id == relation_id for f in t.live_fields)), None)
    if owner is None:
        raise _refused(table, field, _("the relation it goes by is not there"))
    relation = owner.field(relation_id)
    is_lookup = "function" not in field.options
    is_own = owner.id == table.id and is_lookup != (relation.stored == "links")
    other_id = relation.target_table if is_own else owner.id
    leads_here = is_own or (not is_lookup and relation.target_table == table.id)
    other = schema.tables.get(other_id) if other_id is not None else None
    if other is None or other.retired or not leads_here:
        raise _refused(table, field, _("the relation it goes by leads to no table made here"))
    source = next((f for f in other.live_fields if f.id in rest), None)
    if rest and (source is None or source.stored == "links"):
        raise _refused(
            table, field, _("there is no such field in “%(other)s”") % {"other": other.label or other.name}
        )
    return other, source


def _check_limit(table: TableSchema, field: FieldSchema, other: TableSchema) -> None:
    known = {column.id for column in other.live_columns}
    if not known.issuperset(condition["field"] for condition in field.options.get("limit", ())):
        message = _("a condition is on a field that is not there in “%(other)s”")
        raise _refused(table, field, message % {"other": other.label or other.name})


def _result(function: str, output: models.Field) -> models.Field | None:
    """Return what a function makes of values; None where it cannot be had of them."""
    is_number = isinstance(output, models.IntegerField | models.FloatField | models.DecimalField)
    is_ordered = is_number or isinstance(output, models.DateField | models.TimeField | models.DurationField)
    if function == "" or (function in {"min", "max"} and is_ordered):
        return output
    if function not in {"sum", "average"} or not (is_number or isinstance(output, models.DurationField)):
        return None
    if isinstance(output, models.IntegerField):
        output = fields.FloatField() if function == "average" else fields.BigIntegerField()
    elif isinstance(output, models.DecimalField):
        places = output.decimal_places + (AVERAGE_PLACES if function == "average" else 0)
        output = fields.DecimalField(max_digits=MOST_DIGITS, decimal_places=places)
    return _copy(output)


def _copy(field: models.Field) -> models.Field:
    """Return a field with the same values that nobody enters and that may be empty."""
    _name, _path, args, kwargs = field.deconstruct()
    for name in ("default", "db_default", "unique", "db_index", "validators", "auto_now", "auto_now_add"):
        kwargs.pop(name, None)
    return type(field)(*args, **{**kwargs, "null": True, "blank": True, "editable": False})


def _raise(table: TableSchema, field: FieldSchema, source: FieldSchema) -> models.Field:
    message = _("this cannot be had of the values of “%(source)s”") % {"source": source.label or source.name}
    raise _refused(table, field, message)


def _refused(table: TableSchema, field: FieldSchema, reason: str) -> RefusedChange:
    message = _(
        "Field “%(field)s” of “%(table)s” cannot be computed: %(reason)s. Change it, or remove it as well."
    )
    words = {"table": table.label or table.name, "field": field.label or field.name, "reason": reason}
    return RefusedChange(message % words)
