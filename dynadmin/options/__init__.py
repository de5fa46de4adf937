"""Options of field types: Django forms that read JSON, and the JSON schema of such a form.

A form of options is the only truth about them: the server validates with it, the browser's editor gets a
schema derived from it, and the documentation lists it.
"""

from dynadmin.options.forms import EMPTY, SHARED_OPTIONS, OptionsForm
from dynadmin.options.schemas import field_schema, json_schema
from dynadmin.options.shapes import (
    MOST_BITS,
    check_shape,
    has_whole_characters,
    kind_of,
    refuse_unstorable,
)

__all__ = [
    "EMPTY",
    "MOST_BITS",
    "SHARED_OPTIONS",
    "OptionsForm",
    "check_shape",
    "field_schema",
    "has_whole_characters",
    "json_schema",
    "kind_of",
    "refuse_unstorable",
]
