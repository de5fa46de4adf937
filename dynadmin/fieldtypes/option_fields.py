"""Form fields for options that are lists, and their JSON schemas."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin.options import field_schema, kind_of, refuse_unstorable

MOST_CHOICES = 500
LONGEST_VALUE = 200
COLOR = re.compile(r"#[0-9a-fA-F]{6}")

# Offered in the editor; any other colour may be given by its number. All bear dark text.
PALETTE = {
    "#d0d4da": _("Grey"),
    "#f4b8b8": _("Red"),
    "#f8cfa4": _("Orange"),
    "#f6e49b": _("Yellow"),
    "#c2e5b3": _("Green"),
    "#aee3dc": _("Teal"),
    "#b5d6f7": _("Blue"),
    "#cfc3f4": _("Violet"),
    "#f3bfe0": _("Pink"),
}


class ListField(forms.Field):
    """Base of options that hold a list."""

    def to_python(self, value: Any) -> list[Any]:
        if value in self.empty_values:
            return []
        if not isinstance(value, list | tuple):
            raise ValidationError(_("It has to be a list, not %(kind)s."), "shape", {"kind": kind_of(value)})
        return list(value)


class TextListField(ListField):
    """A list of short texts; each is cleaned, and none comes twice."""

    def __init__(self, *, item_title: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item_title = item_title

    def to_python(self, value: Any) -> list[str]:
        texts = [clean_text(item, position) for position, item in enumerate(super().to_python(value), 1)]
        return list(dict.fromkeys(text for text in texts if text))


class ChoiceListField(ListField):
    """A list of choices: objects of ``value``, ``label`` and ``color``.

    A text stands for a choice whose label is its value; a pair is value and label, as Django writes choices.
    The result has all three keys in each choice; ``color`` may be ``""``.
    """

    def to_python(self, value: Any) -> list[dict[str, str]]:
        items = super().to_python(value)
        if len(items) > MOST_CHOICES:
            raise ValidationError(_("There are more than %(most)d choices."), "many", {"most": MOST_CHOICES})
        choices = [clean_choice(item, position) for position, item in enumerate(items, 1)]
        refuse_repeated(choice["value"] for choice in choices)
        return choices


def clean_choice(item: Any, position: int) -> dict[str, str]:
    """Return a choice with all its keys. Raises ValidationError that names the position, counted from 1."""
    choice = _as_object(item, position)
    unknown = sorted(str(key) for key in set(choice) - {"value", "label", "color"})
    if unknown:
        raise _refuse(
            position, _("it has no key “%(key)s”, only value, label and color"), key=unknown[0][:50]
        )
    value = clean_text(choice.get("value"), position)
    if not value:
        raise _refuse(position, _("the value is empty"))
    color = clean_text(choice.get("color"), position).lower()
    if color and not COLOR.fullmatch(color):
        raise _refuse(position, _("“%(color)s” is not a colour like #1f77b4"), color=color[:50])
    return {"value": value, "label": clean_text(choice.get("label"), position) or value, "color": color}


def _as_object(item: Any, position: int) -> Mapping[str, Any]:
    if isinstance(item, Mapping):
        return item
    if isinstance(item, list | tuple) and len(item) == 2:
        return {"value": item[0], "label": item[1]}
    if isinstance(item, str | int) and not isinstance(item, bool):
        return {"value": item}
    raise _refuse(position, _("it is an object of value, label and color, not %(kind)s"), kind=kind_of(item))


def clean_text(item: Any, position: int) -> str:
    """Return the item of a list as one line of text. Raises ValidationError that names the position."""
    if item is None:
        return ""
    if isinstance(item, bool) or not isinstance(item, str | int) or item_is_endless(item):
        raise _refuse(position, _("a text is expected, not %(kind)s"), kind=kind_of(item))
    text = str(item).strip()
    refuse_unstorable(text)
    if len(text) > LONGEST_VALUE or len(text.splitlines()) > 1:
        raise _refuse(position, _("a text is one line of at most %(most)d characters"), most=LONGEST_VALUE)
    return text


def item_is_endless(item: Any) -> bool:
    # Python refuses to write out a very long whole number.
    return isinstance(item, int) and item.bit_length() > 64


def refuse_repeated(values: Iterable[str]) -> None:
    """Raise ValidationError when a value comes twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValidationError(_("The value “%(value)s” comes twice."), "repeated", {"value": value})
        seen.add(value)


def _refuse(position: int, problem: Any, **params: Any) -> ValidationError:
    words = {"position": position, "problem": problem % params}
    return ValidationError(_("Entry %(position)d: %(problem)s."), code="entry", params=words)


@field_schema.register
def _schema_of_text_list(field: TextListField) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string", "title": str(field.item_title)}}


@field_schema.register
def _schema_of_choice_list(field: ChoiceListField) -> dict[str, Any]:
    colors = [{"value": "", "title": str(_("No colour"))}]
    colors += [{"value": color, "title": str(name)} for color, name in PALETTE.items()]
    properties = {
        "value": {"type": "string", "title": str(_("Value")), "maxLength": LONGEST_VALUE, "required": True},
        "label": {"type": "string", "title": str(_("Label")), "maxLength": LONGEST_VALUE},
        "color": {"type": "string", "title": str(_("Colour")), "choices": colors, "default": ""},
    }
    choice = {"type": "object", "title": str(_("Choice")), "properties": properties, "required": ["value"]}
    return {"type": "array", "items": choice, "maxItems": MOST_CHOICES}
