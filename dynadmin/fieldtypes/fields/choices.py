"""Model fields whose values are chosen from a list."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Lookup
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.doors import ModelFieldDoor, refuse
from dynadmin.fieldtypes.fields.numbers import is_empty
from dynadmin.fieldtypes.fields.text import SingleLineMixin

# Between the values of a multiple choice in the cell of a file; so no value may contain it.
SEPARATOR = ";"

YES = frozenset({"true", "t", "yes", "y", "on", "1"})
NO = frozenset({"false", "f", "no", "n", "off", "0"})


class BooleanField(models.BooleanField):
    """True or false. Reads the usual words for either, in small or large letters."""

    def to_python(self, value: Any) -> bool | None:
        if isinstance(value, bool):
            return value
        if is_empty(value):
            # Django calls "" invalid where the column does not allow NULL; validate() says it better.
            return None
        if isinstance(value, str):
            word = value.strip().lower()
        else:
            word = str(int(value)) if isinstance(value, int | float) and value in (0, 1) else ""
        if word not in YES | NO:
            raise refuse(_("“%(value)s” is neither true nor false (yes, no, 1, 0 will do)."), value=value)
        return word in YES


class ColorsMixin(models.Field):
    """A field whose choices have colours: ``choice_colors`` by value."""

    # Neither labels nor colours are in the column.
    non_db_attrs = (*models.Field.non_db_attrs, "choice_colors", "item_choices")

    def __init__(self, *args: Any, choice_colors: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        self.choice_colors = dict(choice_colors or {})
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.choice_colors:
            kwargs["choice_colors"] = self.choice_colors
        return name, path, args, kwargs


class ChoiceField(ColorsMixin, SingleLineMixin, models.CharField):
    """One text out of ``choices``."""


class MultiChoiceFormField(ModelFieldDoor, forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        # The model field has looked at each value.
        forms.Field.validate(self, value)


class MultiChoiceField(ColorsMixin, models.JSONField):
    """Several texts out of ``item_choices``: a list in the order of the choices, or None for none.

    Not ``choices``: Django and the libraries on it take those for choices of one value.
    """

    empty_values: Any = (None, "", [], ())

    def __init__(self, *args: Any, item_choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        self.item_choices = [(value, label) for value, label in item_choices]
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "item_choices": self.item_choices}

    def to_python(self, value: Any) -> list[str] | None:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(SEPARATOR) if part.strip()]
        if not value and isinstance(value, list | tuple | None):
            return None
        if not isinstance(value, list | tuple):
            raise refuse(_("“%(value)s” is not a list of choices."), value=value)
        known = dict(self.item_choices)
        for item in value:
            if not isinstance(item, str) or item not in known:
                raise refuse(_("“%(value)s” is not one of the choices."), "invalid_choice", value=item)
        return [choice for choice in known if choice in value]

    def validate(self, value: Any, model_instance: Any) -> None:
        if value is None and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")

    def formfield(self, **kwargs: Any) -> Any:
        door = {"form_class": MultiChoiceFormField, "model_field": self, "choices": self.item_choices}
        # Past JSONField, whose form field is a box of JSON.
        return super(models.JSONField, self).formfield(**{**kwargs, **door})


@MultiChoiceField.register_lookup
class Has(Lookup):
    """``filter(tags__has="a")``: rows whose list holds the value."""

    lookup_name = "has"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"jsonb_exists({lhs}, %s)", [*params, str(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"EXISTS(SELECT 1 FROM json_each({lhs}) WHERE value = %s)", [*params, str(self.rhs)]  # noqa: S608
