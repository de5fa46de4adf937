"""One benchmark in a process of its own: `python -m tests.bench.run NAME --engine=pg`."""

import argparse
import importlib
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

from tests import servers
from tests.bench import BENCHMARKS
from tests.bench.options import Options


def main() -> int:
    """Run the benchmark on a new database; return the number of missed targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=BENCHMARKS)
    parser.add_argument("--engine", choices=servers.ENGINES, default="sqlite")
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    django.setup()
    return run(arguments.name, Options(engine=arguments.engine, scale=arguments.scale))


def run(name: str, options: Options) -> int:
    """Measure, print a line for each result, and return how many missed."""
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    benchmark = importlib.import_module(f"tests.bench.{name}")
    missed = 0
    for result in benchmark.measure(options):
        sys.stdout.write(f"{result.line(options.engine)}\n")
        sys.stdout.flush()
        missed += not result.is_reached
    teardown_databases(databases, verbosity=0)
    return missed


if __name__ == "__main__":
    sys.exit(main())
