"""The names of fields that a page of a definition sends, before any of its fields is saved."""

from collections.abc import Iterator, Mapping
from typing import Any

from dynadmin import naming
from dynadmin.conf import conf
from dynadmin.fieldtypes import field_types

PREFIX = "fields"
TARGET = "target"  # the option that all relations have


def names_for_display(data: Mapping[str, Any], saved: Mapping[str, int]) -> list[str]:
    """Return the names by which the page's text may call fields; ``saved`` are those of now, with ids.

    Names that this very page gives up are among them, as the text may have been written before.
    """
    rows = list(_kept_rows(data))
    taken = {name for _id, name, _label in rows if name}
    names = [name or naming.propose_name(label, taken) for _id, name, label in rows]
    ids = {id for id, _name, _label in rows}
    return [*names, *(name for name, pk in saved.items() if str(pk) in ids)]


def _kept_rows(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield id, name and label of each field that is not removed and can be part of a name."""
    for number in range(conf.MAX_FIELDS):
        row = {key: data.get(f"{PREFIX}-{number}-{key}") for key in ("id", "name", "label", "type", "DELETE")}
        is_named = row["name"] or row["label"]
        if is_named and not row["DELETE"] and _can_be_shown(row["type"] or ""):
            yield row["id"] or "", (row["name"] or "").strip(), (row["label"] or "").strip()


def _can_be_shown(slug: str) -> bool:
    if slug not in field_types:
        return False
    field_type = field_types[slug]
    return field_type.stored == "column" and TARGET not in field_type.options_form.base_fields
