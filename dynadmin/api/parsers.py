"""Reading of request bodies: JSON as its grammar has it, and nothing lost on the way."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, get_encoding


class WrittenFloat(float):
    """A number that remembers how it was written, as decimals have more digits than a float."""

    text: str

    def __new__(cls, text: str) -> "WrittenFloat":
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text


class StrictJSONParser(JSONParser):
    """JSON without NaN, repeated keys or bottomless nesting."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Return the data. Raises ParseError."""
        try:
            text = stream.read().decode(get_encoding(parser_context or {}))
            return json.loads(
                text, parse_float=WrittenFloat, parse_constant=_refuse_constant, object_pairs_hook=_unrepeated
            )
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(_("This is not JSON: %(reason)s") % {"reason": error}) from error


def _refuse_constant(word: str) -> None:
    raise ValueError(_("%(word)s is not a JSON number.") % {"word": word})


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError(_("an object has the same key twice."))
    return data
