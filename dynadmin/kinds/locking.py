"""What a table of a kind has to have, and what nobody may do to it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.exceptions import UnknownKind
from dynadmin.kinds.columns import REQUIRED, column_of, is_column, options_of
from dynadmin.kinds.registry import Column, Kind, kinds
from dynadmin.schema import FieldSchema, TableSchema


def check_kind(table: TableSchema) -> None:
    """Raise ValidationError unless the table has the columns of its kind, as they are and under lock."""
    try:
        kind = kinds[table.kind]
    except UnknownKind as error:
        raise ValidationError(str(error), code="kind") from error
    problems = list(_problems(table, kind))
    if problems:
        raise ValidationError(problems, code="kind")


def _problems(table: TableSchema, kind: Kind) -> Iterator[str]:
    columns = dict(kind.columns)
    for field in table.live_fields:
        column = columns.pop(field.name, None)
        words = {"name": field.name, "kind": kind.label}
        if column is None:
            yield from _problems_of_other(field, kind)
        elif not is_column(field, column):
            yield name_taken(column, kind)
        elif field.required_by != kind.slug:
            yield _("“%(name)s” is a column of the kind “%(kind)s” and not known as one.") % words
    for name in columns:
        yield lock_error(name, str(kind.label))


def _problems_of_other(field: FieldSchema, kind: Kind) -> Iterator[str]:
    if field.required_by:
        yield lock_error(_column_name(field), str(kind.label))
    if field.name in kind.own_names:
        yield _own_name(field, kind)


def _own_name(field: FieldSchema, kind: Kind) -> str:
    words = {"field": field.label or field.name, "name": field.name, "kind": kind.label}
    message = _("Field “%(field)s” cannot be called “%(name)s”: tables of the kind “%(kind)s” use the name.")
    return message % words


def unknown_part(table: TableSchema) -> str:
    """Return what is said where the kind of a table, or of one of its columns, is not installed any more."""
    try:
        kinds[table.kind]
        for field in table.live_fields:
            if field.type == REQUIRED:
                column_of(field.options)
    except UnknownKind as error:
        return str(error)
    return ""


def with_locks(table: TableSchema) -> TableSchema:
    """Return the table with the columns of its kind known as such, and every other field as people's own."""
    if table.kind not in kinds:
        return table
    columns = kinds[table.kind].columns

    def locked(field: FieldSchema) -> FieldSchema:
        column = None if field.retired else columns.get(field.name)
        is_its_own = column is not None and is_column(field, column)
        return field if field.retired else replace(field, required_by=table.kind if is_its_own else "")

    return replace(table, fields=tuple(map(locked, table.fields)))


def check_lock(field: FieldSchema) -> None:
    """Raise ValidationError unless a field under lock is still the column of the kind that brought it."""
    if field.required_by not in kinds:
        return  # the table as a whole says that its kind is not there
    kind = kinds[field.required_by]
    column = kind.columns.get(_column_name(field))
    if column is None or not is_column(field, column):
        raise ValidationError(lock_reason(field), code="locked")


def lock_reason(field: FieldSchema) -> str:
    """Return why a field under lock can be neither removed nor renamed nor retyped."""
    return lock_error(_column_name(field), kinds.label_of(field.required_by))


def short_reason(field: FieldSchema) -> str:
    """Return why a field is under lock, in a few words."""
    message = _("Every table of the kind “%(kind)s” has it, as it is.")
    return message % {"kind": kinds.label_of(field.required_by)}


def _column_name(field: FieldSchema) -> str:
    return str(field.options.get("field", field.name))


def name_problem(field: FieldSchema, kind: Kind) -> str:
    """Return why a field that people add cannot have its name in a table of the kind; "" if it can.

    A field that has the name of a column whose values people give becomes that column.
    """
    column = kind.columns.get(field.name)
    if column is not None and column.is_stamp and not is_column(field, column):
        return name_taken(column, kind)
    return _own_name(field, kind) if field.name in kind.own_names else ""


def lock_error(name: str, kind: str) -> str:
    """Return why a column can be neither removed nor renamed nor retyped."""
    message = _(
        "Every table of the kind “%(kind)s” has the column “%(name)s”: "
        "it cannot be removed, renamed or given another type. Choose another kind to be free of it."
    )
    return message % {"kind": kind, "name": name}


def name_taken(column: Column, kind: Kind) -> str:
    """Return why a field cannot have the name of a column that only the program fills."""
    message = _(
        "“%(name)s” is the name of a column that every table of the kind “%(kind)s” has: "
        "give your field another name, or choose another kind."
    )
    return message % {"name": column.name, "kind": kind.label}


def missing_columns(fields: Iterable[FieldSchema], kind: Kind) -> list[FieldSchema]:
    """Return, as fields without an id, the columns of the kind that are not among these."""
    names = {field.name for field in fields}
    return [required_field(column, kind) for name, column in kind.columns.items() if name not in names]


def required_field(column: Column, kind: Kind) -> FieldSchema:
    """Return a column of a kind as a field, without an id, that the kind has brought along."""
    return FieldSchema(
        id=0,
        name=column.name,
        label=column.label[:100],
        type=REQUIRED,
        options=options_of(column),
        required_by=kind.slug,
    )
