"""What a field type is: a slug, a label, a form of options, and the model field made from them."""

import html
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from dynadmin.fieldtypes.cells import to_text
from dynadmin.fieldtypes.widening import takes_all
from dynadmin.options import EMPTY, OptionsForm

Options = Mapping[str, Any]


class FieldType:
    """A kind of column. Subclass it, say what it is, and register it with ``field_types.register``.

    Everything else (form fields, serializers, filters, columns of files) follows from the model field, whose
    ``clean(value, None)`` decides which values are legal, whatever door they come through.
    """

    slug: str = ""
    label: Any = ""
    family: str = "other"

    # What its values are to those who convert a column: a kind of dynadmin.conversion.rules. Values of a type
    # that names none become texts and are read from texts, nothing else.
    kind: str = ""

    # Where its values are: in a "column", as "links" in a table of their own, or nowhere, being "computed".
    stored: str = "column"

    # Whether people choose it from the list of types.
    is_offered: bool = True

    options_form: type[OptionsForm] = OptionsForm

    # Words that may stand as ``default`` for a value made anew for each row.
    moving_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {}

    # Options that only concern values to come, whatever the column holds already.
    options_for_new_values: ClassVar[frozenset[str]] = frozenset()

    def clean_options(self, raw: Any) -> dict[str, Any]:
        """Return canonical options: complete, JSON-serialisable, and unchanged when cleaned again.

        An absent key means its default. Raises ValidationError with messages by option.
        """
        options = self.options_form.clean_options(raw)
        if self.has_constant_default(options):
            options["default"] = self._clean_default(options)
            # A text such as "null" turned out to mean no value.
            if options["default"] in EMPTY:
                del options["default"]
        return options

    def model_field(self, options: Options) -> models.Field:
        """Return a new, unbound model field. ``options`` are canonical."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to make its model field.")

    def kind_of(self, options: Options) -> str:
        """Return the kind of the values of a column with these options."""
        return self.kind

    def is_widening(self, old: Options, new: Options) -> bool:
        """Whether a column changed from the old options to the new takes every value it holds already."""
        return takes_all(old, new, harmless=self.options_for_new_values)

    # --- For subclasses ---

    def column(self, options: Options) -> dict[str, Any]:
        """Return the arguments of a model field that all types take from their options."""
        return {
            "null": options.get("null", False),
            "blank": options.get("blank", True),
            "unique": options.get("unique", False),
            "db_index": options.get("db_index", False),
            # Django writes help texts into its pages unescaped.
            "help_text": html.escape(options.get("help_text", "")),
        }

    def with_default(self, field: models.Field, options: Options) -> models.Field:
        """Return the field with the default of the options: in Python, and when constant in the database too.

        The database needs it so that a process that does not know the column yet can still insert rows.
        """
        default = options.get("default")
        if default in EMPTY:
            return field
        if not self.has_constant_default(options):
            # The database cannot make it, so rows that other processes insert meanwhile go without.
            return _clone(field, default=self.moving_defaults[str(default)], null=True)
        value = field.clean(default, None)
        in_python = partial(deepcopy, value) if isinstance(value, dict | list) else value
        return _clone(field, default=in_python, db_default=value)

    def has_constant_default(self, options: Options) -> bool:
        default = options.get("default")
        return default not in EMPTY and not (isinstance(default, str) and default in self.moving_defaults)

    def _clean_default(self, options: dict[str, Any]) -> Any:
        field = self.model_field({**options, "default": None})
        try:
            value = field.clean(options["default"], None)
        except ValidationError as error:
            raise ValidationError({"default": error.messages}) from error
        if isinstance(value, str | int | float | list | dict | None):
            return value
        return to_text(field, value)


def _clone(field: models.Field, **changes: Any) -> models.Field:
    _name, _path, args, kwargs = field.deconstruct()
    return type(field)(*args, **{**kwargs, **changes})
