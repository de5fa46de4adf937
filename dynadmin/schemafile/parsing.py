"""From bytes to JSON values, with the line and column of what is wrong."""

import json
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadSchemaFile


def parse(content: bytes | str) -> Any:
    """Return the JSON of the file. Raises BadSchemaFile."""
    text = content if isinstance(content, str) else _decoded(content)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = _("This is not JSON: %(problem)s at line %(line)d, column %(column)d.")
        words = {"problem": error.msg, "line": error.lineno, "column": error.colno}
        raise BadSchemaFile(message % words) from error
    except RecursionError as error:
        raise BadSchemaFile(_("The JSON is nested too deep.")) from error
    except ValueError as error:
        # Python reads no whole number of more than 4,300 digits.
        raise BadSchemaFile(_("A number in the file is too long.")) from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = _("The file is not text in UTF-8: line %(line)d has a byte that cannot be one.")
        raise BadSchemaFile(message % {"line": line}) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        twice = counts.most_common(1)[0][0]
        raise BadSchemaFile(_("An object in the file has the key “%(name)s” twice.") % {"name": twice[:50]})
    return found


def _refuse_constant(name: str) -> Any:
    raise BadSchemaFile(_("%(name)s is no JSON number.") % {"name": name})
