"""What the person who runs the benchmarks asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """``scale`` shortens long runs: 1.0 is the whole."""

    engine: str
    scale: float = 1.0

    def rounds(self, whole: int, *, least: int = 5) -> int:
        """Return how often to do something that a whole run does so often."""
        return max(least, round(whole * self.scale))
