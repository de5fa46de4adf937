"""What a row of an import costs: of 1,000,000 rows against 100,000, into an empty table and beside 5,000,000.

The engines' own programs, whose rows may cost more where there are some already, are told beside it.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import connection

from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source
from tests.bench.flights import define_flights
from tests.bench.imports import MILLION, columns_of, load_by_engine, make_floor, numbered, repeated
from tests.bench.options import Options
from tests.bench.process import in_child
from tests.bench.result import Result

FILES = (100_000, MILLION)
BESIDE = 5
MOST = 1.1

# Microseconds a row, of the small file and of the large one.
Costs = list[float]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A table, the id of the last row that stays in it, and how a file gets there."""

    name: str
    load: Callable[[Path], object]
    last: int = 0

    def file(self, path: Path) -> Path:
        """Return the file as it is loaded."""
        is_numbered = self.name == "floor" and connection.vendor == "sqlite"
        return numbered(path, self.last) if is_numbered else path

    def make_ready(self) -> None:
        """Remove what the last load left, unless it would leave the table with room in between."""
        with connection.cursor() as cursor:
            if self.last == 0:
                cursor.execute(f"{_emptying()} {self.name}")
            elif connection.vendor == "sqlite":
                cursor.execute(f"DELETE FROM {self.name} WHERE id > %s", [self.last])


def measure(options: Options) -> Iterator[Result]:
    """Measure in microseconds a row; each run has a process of its own."""
    table = define_flights()
    make_floor(table)
    files = [repeated(round(rows * options.scale)) for rows in FILES]
    rounds = options.rounds(3, least=1)
    own = table.django_model._meta.db_table
    ours, theirs = partial(imported, table), partial(load_by_engine, columns=columns_of(table))
    leave_alone(own, "floor")
    none = costs(Target(name=own, load=ours), files, rounds)
    yield grown("a row of 1,000,000, against 100,000", none[1], none[0])
    yield told(costs(Target(name="floor", load=theirs), files, 1))
    filled = fill(table, files[1])
    some = costs(Target(name=own, load=ours, last=filled[0]), files, rounds)
    yield grown("a row of 1,000,000 beside 5,000,000", some[1], some[0])
    yield grown("  against the same into an empty table", some[1], none[1])
    yield grown("  and 100,000", some[0], none[0])
    yield told(costs(Target(name="floor", load=theirs, last=filled[1]), files, 1))


def grown(name: str, large: float, small: float) -> Result:
    """Return what a row costs next to what it cost, and the most that it may."""
    return Result(name=name, measured=large, floor=small, unit="µs/row", at_most_ratio=MOST)


def told(theirs: Costs) -> Result:
    """Return the same of the engine's own program, for information."""
    return Result(name="  by the engine's own program", measured=theirs[1], floor=theirs[0], unit="µs/row")


def costs(target: Target, files: Sequence[Path], rounds: int) -> Costs:
    """Return the middle of what a row costs in each file, in turns; times of small ones vary."""
    small, large = files
    order = [small, large, small] * rounds
    taken = [(path, cost(target, path)) for path in order]
    return [statistics.median(each for path, each in taken if path is file) for file in files]


def cost(target: Target, path: Path) -> float:
    """Return the microseconds that each row of a file takes."""
    # `repeated` names the file by its rows.
    rows = int(path.stem.rpartition("-")[2])
    file = target.file(path)
    target.make_ready()
    seconds = in_child(lambda: target.load(file) or 1).seconds
    if file is not path:
        file.unlink()
    return seconds / rows * 1e6


def imported(table: DynamicModel, path: Path) -> None:
    """Import a file into the table as it is."""
    with registry.in_use() as snapshot:
        assert import_rows(snapshot.model(table.pk), open_source(path)).is_saved


# --- The tables ---


def leave_alone(*tables: str) -> None:
    """Have the server not clean up while something is measured: the time is in nobody's figures."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in tables:
                cursor.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = false)")


def fill(table: DynamicModel, million: Path) -> list[int]:
    """Have five times the file in both tables by the quickest means, and return the ids of the last rows."""
    own = table.django_model._meta.db_table
    columns = ", ".join(columns_of(table))
    target = Target(name=own, load=partial(imported, table))
    cost(target, million)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {own}")
        [last] = cursor.fetchone()
        for _time in range(BESIDE - 1):
            cursor.execute(f"INSERT INTO {own} ({columns}) SELECT {columns} FROM {own} WHERE id <= {last}")
        cursor.execute(f"{_emptying()} floor")
        cursor.execute(f"INSERT INTO floor ({columns}) SELECT {columns} FROM {own}")
        return [_settled(cursor, name) for name in (own, "floor")]


def _settled(cursor, name: str) -> int:
    """Have the server do what it would do some time after so many rows came, and return the last id."""
    if connection.vendor == "postgresql":
        cursor.execute(f"VACUUM ANALYZE {name}")
        cursor.execute("CHECKPOINT")
    cursor.execute(f"SELECT max(id) FROM {name}")
    return cursor.fetchone()[0]


def _emptying() -> str:
    return "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
