"""What a benchmark found, next to what it had to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Result:
    """One measured number, the floor it stands on, and its limits; a limit of None is not set.

    ``facts`` are conditions beside the number, as "1 query", and whether each was met.
    """

    name: str
    measured: float
    unit: str
    floor: float | None = None
    at_most: float | None = None
    at_most_ratio: float | None = None
    at_least_ratio: float | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times the floor was measured."""
        return self.measured / self.floor if self.floor else None

    @property
    def targets(self) -> dict[str, bool]:
        """What had to be reached, in words, and whether it was."""
        ratio = self.ratio
        met = {}
        if self.at_most is not None:
            met[f"<= {self.at_most:g} {self.unit}"] = self.measured <= self.at_most
        if self.at_most_ratio is not None:
            met[f"<= {self.at_most_ratio:g}x"] = ratio is not None and ratio <= self.at_most_ratio
        if self.at_least_ratio is not None:
            met[f">= {self.at_least_ratio:g}x"] = ratio is not None and ratio >= self.at_least_ratio
        return met | dict(self.facts)

    @property
    def is_reached(self) -> bool:
        """Whether all targets were met; a number without a target is told for information."""
        return all(self.targets.values())

    def line(self, engine: str) -> str:
        """Return the result as one line of a report."""
        floor = "" if self.floor is None else f"floor {_number(self.floor)}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}x"
        targets = ", ".join(text if met else f"MISSED {text}" for text, met in self.targets.items())
        verdict = "ok" if self.is_reached else "MISSED"
        measured = f"{_number(self.measured)} {self.unit}"
        return f"{verdict:7}{self.name:44}{engine:8}{measured:>18}  {floor:16}{ratio:>9}  {targets}".rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
