"""Whether new options take every value the old ones took, told from the options alone.

Where that cannot be told, the answer is no, and the rows themselves are asked.
"""

from collections.abc import Collection, Mapping
from typing import Any

# They say nothing about the values that are there.
HARMLESS = frozenset({"help_text", "default", "db_index", "auto_now", "auto_now_add"})


def takes_all(old: Mapping[str, Any], new: Mapping[str, Any], *, harmless: Collection[str] = ()) -> bool:
    """Whether every value that fits the old options fits the new ones."""
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    return all(_is_wider(key, old.get(key), new.get(key)) for key in changed - HARMLESS - set(harmless))


def _is_wider(option: str, old: Any, new: Any) -> bool:
    if option in {"blank", "null"}:
        return bool(new)
    if option in {"unique", "regex"}:
        return not new
    if option == "choices":
        return bool(old) and {choice["value"] for choice in old} <= {choice["value"] for choice in new or []}
    return _is_wider_limit(option, old, new)


def _is_wider_limit(option: str, old: Any, new: Any) -> bool:
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    if option.startswith("max_"):
        return new is None or (numbers and new >= old)
    if option.startswith("min_"):
        return new is None or (numbers and new <= old)
    return False
