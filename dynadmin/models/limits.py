"""The limit of a relation or a summary: conditions on fields of other rows, kept by ids, told by names.

A draft keeps ids, so that a field of those rows may be renamed without its limits meaning another or none.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.relations import SELF
from dynadmin.models.sources import rows_of
from dynadmin.naming import label_from
from dynadmin.schema import TARGET, target_of


def limit_by_ids(field: Any) -> dict[str, Any]:
    """Return the options of a draft with ids in its limit. Raises ValidationError, by option."""
    keys = _fields_limited(field)
    if not keys:  # of a table that is not saved yet, or is gone: seen when the plan is made
        return dict(field.options)
    conditions = enumerate(field.options["limit"], 1)
    return {**field.options, "limit": [_by_id(condition, at, keys) for at, condition in conditions]}


def known_by_ids(field: Any) -> Any:
    """Return any options, with ids in the limit as far as it can be understood."""
    try:
        return limit_by_ids(field)
    except (ValidationError, AttributeError, TypeError, KeyError):  # said when they are checked
        return field.options


def _by_id(condition: Mapping[str, Any], position: int, keys: Mapping[str, int | str]) -> dict[str, Any]:
    field = condition["field"]
    if field in keys.values():
        return dict(condition)
    if field in keys:
        return {**condition, "field": keys[field]}
    message = _("Condition %(position)d: “%(name)s” is no field of the target. There are: %(names)s.")
    words = {"position": position, "name": field, "names": ", ".join(keys)}
    raise ValidationError({"limit": message % words})


def limit_by_names(field: Any) -> Any:
    """Return the options of a draft as people read them: with names of fields in its limit."""
    if not isinstance(field.options, dict) or not (keys := _fields_limited(field)):
        return field.options
    names = {key: name for name, key in keys.items()}
    limit = [
        {**each, "field": names.get(each["field"], str(each["field"]))} for each in field.options["limit"]
    ]
    return {**field.options, "limit": limit}


def _fields_limited(field: Any) -> dict[str, int | str]:
    """Return what the conditions of a draft may be on; nothing if it has none."""
    if not field.options.get("limit"):
        return {}
    return _fields_of(field.options.get("target") or rows_of(field))


def _fields_of(target: str) -> dict[str, int | str]:
    """Return what conditions may be on: by the name of the field its id, of a static model its name again."""
    if found := TARGET.fullmatch(target):
        fields = apps.get_model("dynadmin", "DynamicField").objects.filter(model=int(found[1]))
        rows = fields.values_list("name", "pk", "type")
        return {name: pk for name, pk, slug in rows if slug in field_types and _is_column(slug)}
    try:
        opts = apps.get_model(target)._meta
    except (LookupError, ValueError):
        return {}
    return {field.name: field.name for field in opts.concrete_fields if field.name != "password"}


def limitable(field: Any) -> list[tuple[str, str]]:
    """Return what the limit of a draft may be on: the names of fields, and their labels."""
    target = str(field.options.get("target") or rows_of(field))
    if target == SELF and field.model_id:
        target = target_of(field.model_id)
    keys = _fields_of(target)
    drafts = apps.get_model("dynadmin", "DynamicField").objects.in_bulk(
        [key for key in keys.values() if isinstance(key, int)]
    )
    return [(name, str(drafts.get(key) or label_from(name))) for name, key in keys.items()]


def _is_column(slug: str) -> bool:
    return field_types[slug].stored == "column"
