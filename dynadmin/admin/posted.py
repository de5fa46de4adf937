"""What a browser sent for a form, to be changed without touching the request."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

MAX_WORDS = 500


class Posted:
    """A copy of the texts and files of a form, by the names of its fields.

    A widget may send several: ``name_0`` and ``name_1`` for its parts, ``name-clear`` to remove a file.
    ``names`` are those of all fields, as ``price_0`` may well be a field of its own.
    """

    def __init__(self, data: Any, files: Any, *, names: Iterable[str] = ()) -> None:
        self._data, self._files = data, files
        self._names = frozenset(names)
        self._new_data, self._new_files = data.copy(), files.copy()

    def result(self) -> tuple[Any, Any]:
        """Return texts and files with all changes made."""
        return self._new_data, self._new_files

    def words(self, name: str) -> str:
        """Return what was entered into a field, as a text for people."""
        texts = [text for key in self._keys(self._data, name) for text in self._data.getlist(key)]
        texts += [file.name for key in self._keys(self._files, name) for file in self._files.getlist(key)]
        return ", ".join(texts)[:MAX_WORDS]

    def rename(self, names: Mapping[str, str]) -> None:
        """Let what was entered under one name be found under another. Names may be swapped."""
        for source, target in ((self._data, self._new_data), (self._files, self._new_files)):
            keys = [(old, key) for old in names for key in self._keys(source, old)]
            for _old, key in keys:
                del target[key]
            for old, key in keys:
                target.setlist(names[old] + key.removeprefix(old), source.getlist(key))

    def fill(self, field: BoundField, value: Any) -> None:
        """Put a value into a field, as its widget would send it back."""
        # What is chosen from other rows has links to them around it.
        widget, name = getattr(field.field.widget, "widget", field.field.widget), field.html_name
        value = field.field.prepare_value(value)
        if isinstance(widget, forms.MultiWidget):
            for suffix, part in zip(widget.widgets_names, widget.decompress(value), strict=True):
                self._set(name + suffix, part)
        elif isinstance(widget, forms.CheckboxInput):
            self._new_data.setlist(name, ["on"] if value else [])
        elif getattr(widget, "allow_multiple_selected", False):
            self._new_data.setlist(name, [str(item) for item in value or ()])
        elif isinstance(widget, forms.FileInput):
            self._new_files.pop(name, None)
        else:
            self._set(name, widget.format_value(value))

    def _set(self, name: str, value: Any) -> None:
        if isinstance(value, list | tuple):  # a select box says what it has chosen as a list
            value = value[0] if value else ""
        self._new_data[name] = "" if value is None else str(value)

    def _keys(self, source: Any, name: str) -> list[str]:
        own = re.compile(rf"{re.escape(name)}(_\d+|-clear)?")
        return [key for key in source if own.fullmatch(key) and (key == name or key not in self._names)]
