"""Whether relations lead somewhere, and are called by names of their own on the other side."""

from collections import Counter
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.computed import output_of
from dynadmin.exceptions import RefusedChange
from dynadmin.factory import is_installed
from dynadmin.plan import Plan, reverse_name
from dynadmin.schema import FieldSchema, Schema, TableSchema


def check_relations(plan: Plan) -> None:
    """Check all relations that the plan has to do with. Raises RefusedChange."""
    ids = {table.id for table in plan.changed_tables}
    for table in plan.target.live_tables:
        if table.id in ids:
            _check_fields(plan, table)
        if table.id in ids or ids & table.targets:
            _check_targets(plan.target, table)
    for id in plan.base.related(ids) | plan.target.related(ids):
        table = plan.target.tables[id]
        for field in () if table.retired else table.computed:
            output_of(plan.target, table, field)
    for id in {target for table in plan.changed_tables for target in table.targets} | ids:
        if not plan.target.tables[id].retired:
            _check_names(plan.target, plan.target.tables[id])


def _check_fields(plan: Plan, table: TableSchema) -> None:
    old = plan.base.tables.get(table.id)
    before = {field.id: field for field in old.fields} if old else {}
    for field in table.live_fields:
        was = before.get(field.id, field)
        # The values of a column are converted, by a column of the new target; links are nobody's to guess.
        is_other = field.stored == "links" and was.target != field.target
        if was.stored != field.stored or is_other:
            message = _(
                "Field “%(field)s” of “%(table)s” cannot become this: its values are kept in another way. "
                "Add a field beside it, and remove this one when you need it no more."
            )
            raise RefusedChange(message % _words(table, field))


def _check_targets(schema: Schema, table: TableSchema) -> None:
    for field in table.relations:
        id = field.target_table
        if id is None and not is_installed(field.target):
            message = _("Field “%(field)s” of “%(table)s” refers to %(target)s, which is not installed.")
            raise RefusedChange(message % (_words(table, field) | {"target": field.target}))
        if id is not None and id not in schema.tables:
            message = _(
                "Field “%(field)s” of “%(table)s” refers to a table that was never applied: apply both."
            )
            raise RefusedChange(message % _words(table, field))
        if id is not None and schema.tables[id].retired:
            raise RefusedChange(_refer_to(schema.tables[id], schema.referring_to(id)))


def _refer_to(target: TableSchema, references: list[tuple[TableSchema, FieldSchema]]) -> str:
    """Return a sentence that lists what refers to a table that is gone or about to go."""
    message = _(
        "Table “%(target)s” is referred to by %(fields)s: retire these fields with it, or have them refer to "
        "another table."
    )
    fields = [_("“%(field)s” of “%(table)s”") % _words(table, field) for table, field in references]
    return message % {"target": target.label or target.name, "fields": ", ".join(fields)}


def _check_names(schema: Schema, target: TableSchema) -> None:
    """Check that no two things are called the same by the rows of a table."""
    references = [(table, field) for table, field in schema.referring_to(target.id) if reverse_name(field)]
    names = Counter([*(f.name for f in target.live_fields), *_key_names(target)])
    names.update(reverse_name(field) for _table, field in references)
    for table, field in references:
        words = _words(table, field) | {"name": reverse_name(field), "target": target.label or target.name}
        if names[reverse_name(field)] > 1:
            message = _(
                "Rows of “%(target)s” cannot call those of field “%(field)s” of “%(table)s” “%(name)s”: "
                "they call something else so. Give the field another name from the other side."
            )
            raise RefusedChange(message % words)
        try:
            naming.validate_field_name(reverse_name(field))
        except ValidationError as error:
            raise RefusedChange(" ".join(error.messages)) from error


def _key_names(table: TableSchema) -> Iterator[str]:
    """Yield the attributes that hold the ids of related rows."""
    return (f"{f.name}_id" for f in table.relations if f.stored == "column")


def _words(table: TableSchema, field: FieldSchema) -> dict[str, str]:
    return {"table": table.label or table.name, "field": field.label or field.name}
