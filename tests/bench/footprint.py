"""The memory of an import of ten million rows, about a gigabyte, against that of a million."""

from collections.abc import Iterator

from tests.bench.flights import define_flights
from tests.bench.imports import MEMORY_MB, MILLION, imported, repeated
from tests.bench.options import Options
from tests.bench.process import in_child
from tests.bench.result import Result

TIMES = 10
# Less than a byte for each of the nine million rows more.
MORE_MB = 8


def measure(options: Options) -> Iterator[Result]:
    """Measure what the importing process has above an idle one at its largest."""
    table = define_flights()
    idle = in_child(lambda: 1).peak_mb
    rows = round(MILLION * options.scale)
    million, path = repeated(rows), repeated(rows * TIMES)
    try:
        small = in_child(lambda: imported(table, million))
        large = in_child(lambda: imported(table, path))
    finally:
        path.unlink()
    few, many = (run.peak_mb - idle for run in (small, large))
    yield Result(name=f"import of {small.result:,} rows", measured=few, unit="MB", at_most=MEMORY_MB)
    yield Result(name=f"import of {large.result:,} rows", measured=many, unit="MB", at_most=MEMORY_MB)
    yield Result(name="  more than of a tenth of them", measured=many - few, unit="MB", at_most=MORE_MB)
    yield Result(name="  how fast", measured=large.per_second, floor=small.per_second, unit="rows/s")
