"""What a new table from a file waits for: what each of 19 columns of 336,776 rows is."""

import csv
from collections.abc import Iterator

from dynadmin.inference import Proposal, infer
from dynadmin.transfer import open_source
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.timing import interleaved
from tests.nycflights import FLIGHTS, all_flights

TYPES = {"year": "int", "carrier": "choice", "tailnum": "char", "time_hour": "datetime"}


def measure(options: Options) -> Iterator[Result]:
    """Measure it against reading the file once with the standard library, which looks at nothing."""
    path = all_flights()
    proposals: list[Proposal] = []

    def look() -> None:
        proposals.append(infer(open_source(path)))

    def read() -> None:
        with path.open(encoding="utf-8", newline="") as file:
            for _row in csv.reader(file):
                pass

    measured, floor = interleaved(look, read, rounds=options.rounds(5, least=2), warm_up=1)
    types = {column.header: column.type for column in proposals[-1].columns}
    facts = {
        "all rows": proposals[-1].rows == FLIGHTS,
        "types": TYPES.items() <= types.items(),
        "nothing asked": not proposals[-1].open_questions,
    }
    yield Result(
        name="what 19 columns are", measured=measured, floor=floor, unit="ms", at_most_ratio=3, facts=facts
    )
