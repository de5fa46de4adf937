"""Conversions between fields that stand in no table."""

from typing import Any

from dynadmin.conversion import CannotConvert, Conversion
from dynadmin.fieldtypes import field_types
from dynadmin.schema import FieldSchema


def field(type: str, **options: Any) -> FieldSchema:
    """Return a field of the type, its options completed."""
    return FieldSchema(id=1, name="value", type=type, options=field_types[type].clean_options(options))


def conversion(old: str | FieldSchema, new: str | FieldSchema) -> Conversion:
    """Return the conversion between two fields, or between two types with their usual options."""
    ends = (end if isinstance(end, FieldSchema) else field(end) for end in (old, new))
    return Conversion(*ends)


def converted(conversion: Conversion, values: list[Any], **answers: str) -> list[Any]:
    """Return what the values become as a column of their own; the code of the reason for those that fail."""
    convert = conversion.converter(conversion.survey(values).reading(answers))
    return [_or_code(convert, value) for value in values]


def _or_code(convert: Any, value: Any) -> Any:
    try:
        return convert(value)
    except CannotConvert as error:
        return f"!{error.code}"


def asked(conversion: Conversion, values: list[Any], **answers: str) -> dict[str, tuple[str, ...]]:
    """Return the possible answers by the question that the values leave open."""
    questions = conversion.survey(values).questions(answers)
    return {question.id: tuple(answer for answer, _label in question.choices) for question in questions}
