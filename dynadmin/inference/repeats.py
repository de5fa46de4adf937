"""Whether any value of a column comes twice, which a unique column forbids: known in bounded memory."""

from collections.abc import Collection

# Texts remembered, by their hash, to see whether one comes twice; of all columns together.
MOST_HASHES = 1_000_000


class HashRoom:
    """How many texts may still be remembered by their hash, by all columns that share it."""

    def __init__(self) -> None:
        self.left = MOST_HASHES

    def take(self, count: int) -> bool:
        """Take room for some texts; return whether there was enough."""
        self.left -= count
        return self.left >= 0


class Repeats:
    """Looks for a text that comes twice, in chunks. `found` is None where nobody can know."""

    def __init__(self, room: HashRoom) -> None:
        self.found: bool | None = False
        self._room = room
        self._hashes: set[int] = set()

    @property
    def is_sought(self) -> bool:
        """Whether what comes next may still tell."""
        return self.found is False

    def note_within(self, *, has_words: bool) -> None:
        """Say that a text comes twice, as far as one can say: it may be a word for no value."""
        self.found = None if has_words else True

    def note_before(self, texts: Collection[str]) -> None:
        """Look for texts among those that were remembered."""
        if self._hashes and not self._hashes.isdisjoint(map(hash, texts)):
            self.found = True

    def remember(self, texts: Collection[str]) -> None:
        """Remember texts while there is room for them; without it nobody can know."""
        if self._room.take(len(texts)):
            self._hashes |= set(map(hash, texts))
        else:
            self.found, self._hashes = None, set()
