"""The option that says which rows of the target may be chosen."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.relations import OPERATORS
from dynadmin.fieldtypes.option_fields import LONGEST_VALUE, ListField
from dynadmin.options import field_schema, refuse_unstorable

MOST_CONDITIONS = 5
KEYS = ("field", "operator", "value")


class LimitField(ListField):
    """A list of conditions that all hold: objects of ``field``, ``operator`` and ``value``.

    A field of the target goes by its name, or by its id once the relation is in force.
    """

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        items = super().to_python(value)
        if len(items) > MOST_CONDITIONS:
            raise ValidationError(
                _("There are more than %(most)d conditions."), "many", {"most": MOST_CONDITIONS}
            )
        return [clean_condition(item, position) for position, item in enumerate(items, 1)]


def clean_condition(item: Any, position: int) -> dict[str, Any]:
    """Return a condition with all its keys. Raises ValidationError that names the position, from 1."""
    if not isinstance(item, Mapping) or set(item) - set(KEYS):
        raise _refuse(position, _("it has to be an object of field, operator and value"))
    field, operator, value = (item.get(key) or "" for key in KEYS)
    if isinstance(field, bool) or not isinstance(field, int | str) or not field:
        raise _refuse(position, _("it names no field"))
    if operator not in OPERATORS:
        raise _refuse(position, _("the operator has to be one of %(known)s"), known=" ".join(OPERATORS))
    if not isinstance(value, str) or len(value) > LONGEST_VALUE:
        raise _refuse(
            position, _("the value has to be a text of at most %(most)d characters"), most=LONGEST_VALUE
        )
    for text in (str(field), value):
        refuse_unstorable(text)
    return {"field": int(field) if str(field).isdecimal() else field, "operator": operator, "value": value}


def _refuse(position: int, problem: Any, **params: Any) -> ValidationError:
    message = _("Condition %(position)d: %(problem)s.")
    return ValidationError(
        message, code="condition", params={"position": position, "problem": problem % params}
    )


@field_schema.register
def _schema_of_limit(field: LimitField) -> dict[str, Any]:
    operators = [{"value": sign, "title": sign} for sign in OPERATORS]
    properties = {
        "field": {"type": "string", "title": str(_("Field of the target")), "required": True},
        "operator": {"type": "string", "title": str(_("Operator")), "choices": operators, "default": "="},
        "value": {"type": "string", "title": str(_("Value")), "maxLength": LONGEST_VALUE},
    }
    condition = {
        "type": "object",
        "title": str(_("Condition")),
        "properties": properties,
        "required": ["field"],
    }
    return {"type": "array", "items": condition, "maxItems": MOST_CONDITIONS}
