"""Field types: what kinds of column there are. Importing the package registers those of dynadmin."""

from importlib import import_module
from typing import Any

from django.db import models

from dynadmin.fieldtypes.base import FieldType
from dynadmin.fieldtypes.registry import field_types

__all__ = ["FieldType", "field_types", "get_field"]

# One module a family, in the order in which people are offered them.
FAMILIES = ("text", "numbers", "choices", "dates", "structured", "files", "relations", "computed")


def get_field(slug: str, options: Any = None) -> models.Field:
    """Return a new, unbound model field of the type.

    Raises UnknownFieldType, and ValidationError with messages by option.
    """
    field_type = field_types[slug]
    return field_type.model_field(field_type.clean_options(options))


for family in FAMILIES:
    import_module(f"{__name__}.{family}")
