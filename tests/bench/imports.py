"""Imports against the engines' own loaders, `psql \\copy` and `sqlite3 .import`, into a like table.

Every value is judged and the history of rows is kept, as by default. The files: all flights of the year, and
a million rows made of them.
"""

import itertools
import os
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer import ImportOptions, import_rows, open_source
from tests.bench.flights import define_flights, first_flights
from tests.bench.options import Options
from tests.bench.process import Run, in_child
from tests.bench.result import Result
from tests.bench.transfer import empty
from tests.nycflights import FLIGHTS, ROOT, all_flights

MILLION = 1_000_000
# What tells a flight; no index of the table knows it.
KEY = ["time_hour", "carrier", "flight", "origin"]
MEMORY_MB = 200
FLOORS = {"sqlite": 0.4, "pg": 0.35, "pgnew": 0.5}


def measure(options: Options) -> Iterator[Result]:
    """Measure each in rows a second; each run has a process of its own."""
    table = define_flights()
    least = FLOORS[options.engine]
    rounds = options.rounds(3, least=1)
    year = all_flights() if options.scale >= 1 else first_flights(round(FLIGHTS * options.scale))
    million = repeated(round(MILLION * options.scale))
    bad = with_bad_rows(year)
    idle = in_child(lambda: 1).peak_mb
    for path in (year, million):
        floors, runs = pairs(path, table, rounds if path is year else 1)
        floor = middle(floors)
        count = runs[0].result
        yield speed(f"import of {count:,} rows", runs, floor, least)
        if path is year:
            mended = [in_child(lambda: imported(table, bad, skip_refused=True)) for _round in range(rounds)]
            yield speed("  with 1% bad rows", mended, middle(runs), 0.8)
        peak = max(run.peak_mb for run in runs) - idle
        yield Result(name="  its memory above idle", measured=peak, unit="MB", at_most=MEMORY_MB)
        prepared(table, path)
        again = [in_child(lambda path=path: upserted(table, path)) for _round in range(rounds)]
        yield speed("  the same file again, by a key without index", again, floor, least / 2)
        if path is year:
            other = changed_file(year)
            again = [in_child(lambda path=other: upserted(table, path))]
            yield speed("  each row of it changed, and noted so", again, floor, None)


def pairs(path: Path, table: DynamicModel, rounds: int) -> tuple[list[Run], list[Run]]:
    """Return runs of the floor and of the import, in turns."""
    floors, runs = [], []
    if connection.vendor == "sqlite":
        numbered(path)
    for _round in range(rounds):
        make_floor(table)
        floors.append(in_child(lambda: loaded(table, path)))
        runs.append(in_child(lambda: imported(table, path)))
    return floors, runs


def speed(name: str, runs: list[Run], floor: float, ratio: float | None) -> Result:
    """Return the speed next to what it has to reach."""
    return Result(name=name, measured=middle(runs), floor=floor, unit="rows/s", at_least_ratio=ratio)


def middle(runs: list[Run]) -> float:
    """Return the middle of the speeds."""
    return statistics.median(run.per_second for run in runs)


# --- Files ---


def repeated(rows: int) -> Path:
    """Return a file of so many rows: the flights again and again, each year later than the last."""
    path = ROOT / "build" / f"flights-repeated-{rows}.csv"
    if not path.exists():
        with all_flights().open(encoding="utf-8") as source:
            header, *lines = source
        years = itertools.count(2013)
        # The last evening of a year is in the next one by the time of the world.
        moved = (
            line.replace("2014", str(year + 1)).replace("2013", str(year)) for year in years for line in lines
        )
        with path.open("w", encoding="utf-8") as file:
            file.write(header)
            file.writelines(itertools.islice(moved, rows))
    return path


def with_bad_rows(path: Path) -> Path:
    """Return the file with something that is no number in every hundredth row."""

    def edit(number: int, cells: list[str]) -> list[str]:
        return [*cells[:-4], "far", *cells[-3:]] if number % 100 == 50 else cells

    return _edited(path, "bad", edit)


def changed_file(path: Path) -> Path:
    """Return the file with another distance in each row."""
    return _edited(path, "changed", lambda _number, cells: [*cells[:-4], f"{cells[-4]}1", *cells[-3:]])


def numbered(path: Path, last: int = 0) -> Path:
    """Return the file with a number in front of each row, from the one after ``last``.

    SQLite's program fills all columns or none.
    """
    if (made := path.with_name(f"{path.stem}-numbered-after-{last}.csv")).exists():
        return made
    with path.open(encoding="utf-8") as source, made.open("w", encoding="utf-8") as target:
        target.writelines(f"{number},{line}" for number, line in enumerate(source, last))
    return made


def _edited(path: Path, name: str, edit: Callable[[int, list[str]], list[str]]) -> Path:
    edited = path.with_name(f"{path.stem}-{name}.csv")
    with path.open(encoding="utf-8") as source, edited.open("w", encoding="utf-8") as target:
        target.write(next(source))
        target.writelines(",".join(edit(number, line.split(","))) for number, line in enumerate(source))
    return edited


# --- The program's way ---


def imported(table: DynamicModel, path: Path, *, skip_refused: bool = False) -> int:
    """Import a file into the empty table and return how many rows it has."""
    with registry.in_use() as snapshot:
        model = snapshot.model(table.pk)
        empty(model)
        options = ImportOptions(skip_refused=skip_refused)
        result = import_rows(model, open_source(path), options=options)
    assert result.is_saved
    return result.totals.rows


def prepared(table: DynamicModel, path: Path) -> None:
    """Have the rows of the file in the table, known to the planner."""
    in_child(lambda: imported(table, path))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def upserted(table: DynamicModel, path: Path) -> int:
    """Import a file by its key into the table that has all its rows."""
    with registry.in_use() as snapshot:
        result = import_rows(snapshot.model(table.pk), open_source(path), key=KEY)
    assert result.is_saved
    assert not result.totals.created
    return result.totals.rows


# --- The engines' way ---


def make_floor(table: DynamicModel) -> None:
    """Make an empty table of the same columns."""
    own = table.django_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor")
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE floor (LIKE {own} INCLUDING ALL)")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [own])
            cursor.execute(cursor.fetchone()[0].replace(f'"{own}"', "floor", 1))


def loaded(table: DynamicModel, path: Path) -> int:
    """Load a file by the program that comes with the engine, and return how many rows there are."""
    load_by_engine(path if connection.vendor == "postgresql" else numbered(path), columns_of(table))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM floor")
        return cursor.fetchone()[0]


def columns_of(table: DynamicModel) -> list[str]:
    """Return the names of all columns but that of the id."""
    return [field.column for field in table.django_model._meta.concrete_fields if not field.primary_key]


def load_by_engine(path: Path, columns: list[str]) -> None:
    """Load a file; for SQLite it has to be numbered."""
    (_by_psql if connection.vendor == "postgresql" else _by_sqlite)(path, columns)


def _by_psql(path: Path, columns: list[str]) -> None:
    psql(f"\\copy floor ({', '.join(columns)}) FROM '{path}' CSV HEADER")


def psql(command: str) -> None:
    """Run a command of PostgreSQL's program in the database."""
    told = connection.get_connection_params()
    named = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    environment = {name: str(told[key]) for name, key in named.items() if told.get(key)}
    line = ["psql", "-q", "-d", told["dbname"], "-c", command]
    subprocess.run(line, check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)


def _by_sqlite(path: Path, _columns: list[str]) -> None:
    database = str(connection.settings_dict["NAME"])
    line = ["sqlite3", database, ".mode csv", f".import --skip 1 {path} floor"]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
