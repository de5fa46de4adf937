"""Exports against the engines' own programs, `psql \\copy to` and `sqlite3 -csv`, of the same rows.

In the same order: of all flights of the year, and of a million rows made of them.
"""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer.exporter import export_rows
from tests.bench.flights import define_flights, first_flights
from tests.bench.imports import MILLION, middle, prepared, psql, repeated, speed
from tests.bench.options import Options
from tests.bench.process import Run, in_child
from tests.bench.result import Result
from tests.nycflights import FLIGHTS, all_flights

LEAST = 0.6
MEMORY_MB = 50
FIRST_BYTE_MS = 1000


def measure(options: Options) -> Iterator[Result]:
    """Measure each in rows a second; each run has a process of its own."""
    table = define_flights()
    rounds = options.rounds(5, least=1)
    year = all_flights() if options.scale >= 1 else first_flights(round(FLIGHTS * options.scale))
    idle = in_child(lambda: 1).peak_mb
    for path in (year, repeated(round(MILLION * options.scale))):
        prepared(table, path)
        floors, runs = pairs(table, rounds)
        count = runs[0].result
        yield speed(f"export of {count:,} rows as CSV", runs, middle(floors), LEAST)
        peak = max(run.peak_mb for run in runs) - idle
        yield Result(name="  its memory above idle", measured=peak, unit="MB", at_most=MEMORY_MB)
        first = in_child(lambda: first_row_ms(table)).result
        yield Result(name="  until the first row", measured=first, unit="ms", at_most=FIRST_BYTE_MS)
    prepared(table, first_flights(20_000))
    for format in ("json", "ndjson", "parquet", "xlsx"):
        run = in_child(lambda format=format: exported(table, format))
        yield Result(name=f"  20,000 rows as {format}", measured=run.per_second, unit="rows/s")


def pairs(table: DynamicModel, rounds: int) -> tuple[list[Run], list[Run]]:
    """Return runs of the floor and of the export, in turns."""
    floors, runs = [], []
    for _round in range(rounds):
        floors.append(in_child(lambda: written_by_engine(table)))
        runs.append(in_child(lambda: exported(table)))
    return floors, runs


# --- The program's way ---


def exported(table: DynamicModel, format: str = "csv") -> int:
    """Export all rows into a file, as `exportrows` does, and return how many there are."""
    with registry.in_use() as snapshot, tempfile.TemporaryFile() as file:
        model = snapshot.model(table.pk)
        rows = 0

        def count(more: int) -> None:
            nonlocal rows
            rows += more

        pieces = export_rows(model.objects.order_by("pk"), format=format, progress=count)
        for piece in pieces:
            file.write(piece)
        return rows


def first_row_ms(table: DynamicModel) -> int:
    """Return after how many milliseconds there is a row."""
    with registry.in_use() as snapshot:
        rows = snapshot.model(table.pk).objects.order_by("pk")
        begin = time.perf_counter()
        pieces = export_rows(rows)
        next(pieces)
        next(pieces)
        taken = time.perf_counter() - begin
        pieces.close()
    return round(taken * 1000)


# --- The engines' way ---


def written_by_engine(table: DynamicModel) -> int:
    """Have the program that comes with the engine write all rows, and return how many there are."""
    name = table.django_model._meta.db_table
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "rows.csv"
        (_by_psql if connection.vendor == "postgresql" else _by_sqlite)(name, path)
        with path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b"")) - 1


def _by_psql(table: str, path: Path) -> None:
    psql(f"\\copy (SELECT * FROM {table} ORDER BY id) TO '{path}' CSV HEADER")


def _by_sqlite(table: str, path: Path) -> None:
    database = str(connection.settings_dict["NAME"])
    with path.open("wb") as file:
        command = ["sqlite3", "-csv", "-header", database, f"SELECT * FROM {table} ORDER BY id"]
        subprocess.run(command, check=True, stdout=file)
