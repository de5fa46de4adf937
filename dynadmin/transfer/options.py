"""What a person decides about an import besides the columns: a value, kept with the import as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns

# What may become of rows that are there already, and of rows of the table that the file lacks.
EXISTING = ("update", "fill", "skip", "refuse")
MISSING = ("keep", "retire")
# What an empty cell does to a row that is there already.
EMPTY_CELLS = ("clear", "keep")


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How rows are taken.

    `constants` are texts for fields that the file has no column for. `existing` says what becomes of a row
    found by the key: it takes the values of the file (``update``), only where it has none (``fill``), it
    stays as it is (``skip``), or the line is refused (``refuse``). Rows of the table that the file lacks stay
    (``keep``) or are deleted (``retire``). Empty cells empty what was there (``clear``) or leave it
    (``keep``). Cells that are one of `empty_texts` count as empty. Without `skip_refused` one refused row
    keeps all out.
    """

    constants: Mapping[str, str] = field(default_factory=dict)
    existing: str = "update"
    missing: str = "keep"
    empty_cells: str = "clear"
    empty_texts: tuple[str, ...] = ()
    skip_refused: bool = False

    def __post_init__(self) -> None:
        for name, known in (("existing", EXISTING), ("missing", MISSING), ("empty_cells", EMPTY_CELLS)):
            if getattr(self, name) not in known:
                message = _("%(name)s can be one of %(known)s, not “%(value)s”.")
                told = {"name": name, "known": ", ".join(known), "value": getattr(self, name)}
                raise BadColumns(message % told)

    def to_json(self) -> dict[str, Any]:
        """Return the options as JSON has them."""
        return asdict(self) | {"constants": dict(self.constants), "empty_texts": list(self.empty_texts)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ImportOptions":
        """Return the options that `to_json` gave; what is absent is as by default."""
        return cls(**{**data, "empty_texts": tuple(data.get("empty_texts", ()))})
