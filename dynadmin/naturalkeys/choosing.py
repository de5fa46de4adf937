"""Which columns of a table can tell its rows, and which of them does it best."""

from collections.abc import Callable, Sequence

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from dynadmin.fieldtypes import fields
from dynadmin.kinds.stamps import is_filled_by_program

# Values that people write as one short word; 1.0 and 1.00 are one number, 0.1 may be two.
_TELLING = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.DecimalField,
    models.UUIDField,
    models.DateField,
    models.GenericIPAddressField,
)


def key_candidates(model: type[models.Model]) -> list[models.Field]:
    """Return the columns that may tell a row: those without repeated values, the id, then the others."""
    pk = model._meta.pk
    columns = [field for field in model._meta.concrete_fields if field is not pk and _may_tell(field)]
    unique = [field for field in columns if field.unique]
    return [*unique, pk, *(field for field in columns if not field.unique)]


def _may_tell(field: models.Field) -> bool:
    is_plain = isinstance(field, _TELLING) and not field.is_relation
    return is_plain and not getattr(field, "generated", False) and field.name != "password"


def default_key(model: type[models.Model]) -> models.Field:
    """Return the column that tells rows when nothing else is said: the first without repeated values."""
    return key_candidates(model)[0]


def key_named(model: type[models.Model], name: str) -> models.Field | None:
    """Return the column of this name that may tell a row; ``pk`` is the id. None if there is none."""
    if name == "pk":
        return model._meta.pk
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field in key_candidates(model) else None


def is_safe_key(rows: models.QuerySet, key: models.Field) -> bool:
    """Return whether every row has a value in this column that no other row has."""
    if key.primary_key:
        return True
    empty = Q(**{f"{key.name}__isnull": True})
    if key.empty_strings_allowed:
        empty |= Q(**{key.name: ""})
    if (key.null or key.blank) and rows.filter(empty).exists():
        return False
    repeated = rows.order_by().values(key.name).annotate(rows=models.Count("pk")).filter(rows__gt=1)
    return key.unique or not repeated.exists()


def best_key(
    model: type[models.Model], count_matches: Callable[[models.Field], int], most: int
) -> models.Field:
    """Return the candidate with the most matches; of equals the best one. Stops at one that has ``most``."""
    best, highest = default_key(model), 0
    for candidate in key_candidates(model):
        matches = count_matches(candidate)
        if matches > highest:
            best, highest = candidate, matches
        if highest >= most:
            break
    return best


def reading_field(key: models.Field) -> models.Field:
    """Return the field that reads texts as values of this column: ids as strictly as any other number."""
    if key.primary_key and isinstance(key, models.IntegerField):
        return fields.BigIntegerField(name=key.name, verbose_name=key.verbose_name)
    return key


def why_not_enough(model: type[models.Model], key: models.Field) -> str:
    """Return in words why new rows cannot be made from values of this column alone; ``""`` if they can."""
    if key.primary_key and isinstance(key, models.AutoField):
        return _("New rows of %(table)s cannot be made from a number that the database gives.") % {
            "table": model._meta.verbose_name_plural
        }
    lacking = [str(capfirst(f.verbose_name)) for f in _needed(model) if f is not key]
    if not lacking:
        return ""
    message = _("New rows of %(table)s cannot be made from “%(key)s” alone: they need %(others)s as well.")
    return message % {
        "table": model._meta.verbose_name_plural,
        "key": capfirst(key.verbose_name),
        "others": get_text_list(lacking, _("and")),
    }


def _needed(model: type[models.Model]) -> Sequence[models.Field]:
    links = [field for field in model._meta.many_to_many if not field.blank]
    return [*filter(_is_needed, model._meta.concrete_fields), *links]


def _is_needed(field: models.Field) -> bool:
    """Return whether a form would refuse a new row without a value for this field."""
    if isinstance(field, models.AutoField):
        return False
    if getattr(field, "generated", False) or getattr(field, "is_stamp", False):
        return False
    if is_filled_by_program(field) or field.has_default():
        return False
    # What the database fills in may be an empty text.
    return not (field.blank and (field.null or field.empty_strings_allowed or field.has_db_default()))
