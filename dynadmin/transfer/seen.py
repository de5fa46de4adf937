"""Which rows of a file repeat each other: what all rows so far had, and in which line it stood first."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dynadmin.transfer.staging import TemporaryTable, looked_up


class SeenKeys(TemporaryTable):
    """The keys of rows of the file so far, each with the line where it stood first.

    `source` has the rows of one batch, with their `n` and `line`; `keys` says of its columns which make the
    key, and of what type they are.
    """

    is_unique = True

    def __init__(self, source: TemporaryTable, keys: Mapping[str, str]) -> None:
        self._source = source
        self._names = [f"k{number}" for number in range(len(keys))]
        self._sources = [f"s.{name}" for name in keys]
        columns = [f"{name} {kind}" for name, kind in zip(self._names, keys.values(), strict=True)]
        unique = ", ".join(self._names) if self.is_unique else ""
        super().__init__(source.connection, [*columns, "line bigint"], unique=unique)

    def take(self, *, but: str = "") -> dict[int, int]:
        """Take the keys of the rows in; return the places of those that stood before, and where.

        A key that is not complete is none. Rows for which the condition ``but`` holds are left out.
        """
        known = " AND ".join(f"{source} IS NOT NULL" for source in self._sources)
        taken = f"{known} AND NOT {but}" if but else known
        added = self._add(taken, "ON CONFLICT DO NOTHING")
        [(complete,)] = self.rows(f"SELECT count(*) FROM {self._source.name} s WHERE {taken}")  # noqa: S608
        return {} if added == complete else self.before()

    def _add(self, condition: str, clash: str = "") -> int:
        return self.execute(
            f"INSERT INTO {self.name} SELECT {', '.join(self._sources)}, s.line"  # noqa: S608
            f" FROM {self._source.name} s WHERE {condition} ORDER BY s.line {clash}"
        )

    def before(self) -> dict[int, int]:
        """Return the places of rows whose keys stand in other lines, and in which."""
        pairs = zip(self._names, self._sources, strict=True)
        equal = " AND ".join(f"k.{name} = {source}" for name, source in pairs)
        with looked_up(self.connection):
            return dict(
                self.rows(
                    f"SELECT s.n, k.line FROM {self._source.name} s JOIN {self.name} k ON {equal}"  # noqa: S608
                    " WHERE k.line <> s.line"
                )
            )


class Summary(NamedTuple):
    """What was found for the rows of a batch: pairs of them and rows of the table, and how many of each."""

    pairs: int
    rows: int
    targets: int
    lowest: Any
    highest: Any


class SeenRows(SeenKeys):
    """The rows of the table that rows of the file were so far: in `source` by their key `pk`.

    As long as the file goes through the table in the order of its keys, none has to be looked up.
    """

    def __init__(self, source: TemporaryTable, kind: str, *, have_order: bool) -> None:
        self.is_unique = not have_order
        self._rises = have_order
        self._highest: Any = None
        super().__init__(source, {"pk": kind})

    def take_found(self, found: Summary) -> dict[int, int]:
        """Take the rows in; return the places of those that rows before them in the file were, and where."""
        if not found.pairs:
            return {}
        if self._rises:
            is_higher = self._highest is None or found.lowest > self._highest
            if found.targets == found.pairs and is_higher:
                self._highest = found.highest
                self._add("1 = 1")
                return {}
            self._rises = False
            self.execute(f"CREATE UNIQUE INDEX {self.name}_i ON {self.name} (k0)")
        return self.take()
