"""What a table made from some columns of another would have, told before it is made."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.models.definitions import DynamicModel
from dynadmin.models.extracting.columns import MOST_SHOWN, FlatColumns
from dynadmin.schema import FieldSchema


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A value of the first column that stands beside different values of the others, as texts."""

    key: str
    others: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What a table would be made of. ``rows`` are what it gets, ``without_key`` combinations that get none.

    ``conflicts`` are the first of ``conflicting`` keys, ``samples`` the first of the rows, as texts.
    """

    columns: tuple[FieldSchema, ...]
    rows: int = 0
    conflicting: int = 0
    without_key: int = 0
    conflicts: tuple[Conflict, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()

    @property
    def digest(self) -> str:
        """A fingerprint of all this: ties a person's yes to what they saw."""
        columns = [column.to_json() for column in self.columns]
        conflicts = [[conflict.key, conflict.others] for conflict in self.conflicts]
        told = [columns, self.rows, self.conflicting, self.without_key, conflicts, self.samples]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def foresee_extraction(table: DynamicModel, names: Sequence[str]) -> Extraction:
    """Return what a table made from these columns would have. Reads only. Raises RefusedChange."""
    source = FlatColumns(table, names)
    rows = conflicting = without_key = 0
    conflicts: list[Conflict] = []
    samples: list[tuple[str, ...]] = []
    for key, combinations, count in source.keyed():
        if key is None:
            without_key += count
            continue
        rows += 1
        if len(samples) < MOST_SHOWN:
            samples.append(source.texts(combinations[0]))
        if len(combinations) > 1:
            conflicting += 1
            if len(conflicts) < MOST_SHOWN:
                texts = [source.texts(combination) for combination in combinations]
                conflicts.append(Conflict(key=texts[0][0], others=tuple(text[1:] for text in texts)))
    return Extraction(
        columns=source.columns,
        rows=rows,
        conflicting=conflicting,
        without_key=without_key,
        conflicts=tuple(conflicts),
        samples=tuple(samples),
    )


def refuse_conflicts(found: Extraction) -> None:
    """Raise RefusedChange where a value of the first column stands beside different ones of the others."""
    if not found.conflicting:
        return
    listed = "; ".join(
        f"{conflict.key}: " + " / ".join(", ".join(other) for other in conflict.others[:3])
        for conflict in found.conflicts[:5]
    )
    message = _(
        "%(count)d values of “%(key)s” stand beside different values of the other columns (%(listed)s). "
        "Mend them, or take the first of each."
    )
    key = found.columns[0]
    raise RefusedChange(
        message % {"count": found.conflicting, "key": key.label or key.name, "listed": listed}
    )
