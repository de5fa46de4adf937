"""What a page of a new table sends: wishes for the proposal, and the data of its forms.

The page says of each column what it showed (``drawn``). Where a question has been answered since, where the
type or the words for "no value" are others, what was proposed for the column is proposed anew; the rest stays
as it was sent.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from dynadmin.admin.definitions.options_widget import read_json
from dynadmin.admin.newtable.forms import joined, prefix_of, split
from dynadmin.fieldtypes import field_types
from dynadmin.inference import ColumnProposal, Wish

_ANSWER = "answer-"


def drawn(column: ColumnProposal) -> str:
    """Return what a page shows of a column, as it sends it back."""
    asked = [question.id for question in column.open_questions]
    return json.dumps({"type": column.type, "empty": joined(column.empty_texts), "asked": asked})


class PostedColumn:
    """One column as it was sent."""

    def __init__(self, data: Mapping[str, Any], position: int) -> None:
        self.prefix = f"{prefix_of(position)}-"
        self.data = data
        self.type = str(data.get(f"{self.prefix}type", ""))
        self.empty = str(data.get(f"{self.prefix}empty_texts", ""))
        shown = read_json(str(data.get(f"{self.prefix}drawn", "")) or "{}")
        self.shown = shown if isinstance(shown, dict) else {}

    @property
    def is_there(self) -> bool:
        return f"{self.prefix}drawn" in self.data

    @property
    def answers(self) -> dict[str, str]:
        start = self.prefix + _ANSWER
        return {
            key.removeprefix(start): str(value) for key, value in self.data.items() if key.startswith(start)
        }

    @property
    def is_retyped(self) -> bool:
        return self.type != self.shown.get("type")

    @property
    def is_answered(self) -> bool:
        """Whether something has an answer that was open."""
        return any(self.answers.get(id) for id in self.shown.get("asked", ()))

    @property
    def has_other_words(self) -> bool:
        return self.empty != self.shown.get("empty")

    @property
    def wish(self) -> Wish:
        is_open = self.is_answered and not self.is_retyped
        # Which words stand for no value depends on the type.
        empty = None if self.is_retyped and not self.has_other_words else split(self.empty)
        type = self.type if self.type in field_types and not is_open else ""
        return Wish(type=type, answers={id: a for id, a in self.answers.items() if a}, empty=empty)

    def renew(self, data: QueryDict, column: ColumnProposal) -> None:
        """Put what is proposed anew into the data of the form."""
        if self.type not in field_types:
            return  # the form says so
        if self.is_retyped:
            options = {**column.options, **self._chosen_options(column)}
        elif self.is_answered:
            options = dict(column.options)
        elif self.has_other_words:
            room = {key: column.options[key] for key in ("null", "blank") if key in column.options}
            options = {**self._options(), **room}
        else:
            return
        data[f"{self.prefix}type"] = column.type
        data[f"{self.prefix}options"] = json.dumps(options)
        data[f"{self.prefix}drawn"] = drawn(column)
        data[f"{self.prefix}empty_texts"] = joined(column.empty_texts)

    def _options(self) -> dict[str, Any]:
        options = read_json(str(self.data.get(f"{self.prefix}options", "")))
        return options if isinstance(options, dict) else {}

    def _chosen_options(self, column: ColumnProposal) -> dict[str, Any]:
        """Return the options that a person has chosen for the new type: those that are not as by default."""
        field_type = field_types[column.type]
        try:
            usual = field_type.clean_options({})
        except ValidationError:
            usual = {}
        known = field_type.options_form.base_fields
        # Whether a field may be empty is found out from the values.
        known = {name for name in known if name not in ("null", "blank", "unique")}
        return {
            name: value
            for name, value in self._options().items()
            if name in known and value not in (None, "", [], usual.get(name))
        }


def wishes_of(data: Mapping[str, Any], count: int) -> dict[int, Wish]:
    """Return what was wished by position of the column; nothing of those that were not on the page."""
    posted = {position: PostedColumn(data, position) for position in range(count)}
    return {position: column.wish for position, column in posted.items() if column.is_there}
