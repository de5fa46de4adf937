"""The JSON form of values: what is as by default is left out."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

Json = dict[str, Any]


def told(value: Any, *names: str) -> Json:
    """Return what of these attributes is not as it is by default, which needs no telling."""
    default = {f.name: f.default for f in fields(value)}
    here = {name: getattr(value, name) for name in names}
    return {
        name: dict(part) if isinstance(part, Mapping) else part
        for name, part in here.items()
        if part not in (default[name], {})
    }
