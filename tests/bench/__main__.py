"""`python -m tests.bench`: all benchmarks on SQLite and PostgreSQL; exits 1 when a target is missed."""

import argparse
import os
import subprocess
import sys

from tests import servers
from tests.bench import BENCHMARKS


def main() -> int:
    """Run what was asked for, each benchmark in a process of its own."""
    listed = "; ".join(f"{name}: {what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all unless named. {listed}")
    parser.add_argument(
        "--engine", action="append", choices=servers.ENGINES, help="sqlite and pg unless given"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, help="0.1 for a tenth of the rounds: quick, less exact"
    )
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.names) - set(BENCHMARKS)):
        parser.error(f"there is no benchmark {unknown[0]}; there are: {', '.join(BENCHMARKS)}")
    missed = [
        f"{name} on {engine}"
        for engine in arguments.engine or ["sqlite", "pg"]
        for name in missed_on(engine, arguments.names or list(BENCHMARKS), arguments.scale)
    ]
    sys.stdout.write(f"\nMissed: {', '.join(missed)}\n" if missed else "\nAll targets reached.\n")
    return 1 if missed else 0


def missed_on(engine: str, names: list[str], scale: float) -> list[str]:
    """Run benchmarks on one server of the engine and return those that missed; a crash is a miss."""
    os.environ[servers.DIRECTORY] = str(servers.private_directory("dynadmin-bench-"))
    environment = {**os.environ, servers.CHOSEN: servers.database_url(engine)}
    return [name for name in names if not succeeds(name, engine, scale, environment)]


def succeeds(name: str, engine: str, scale: float, environment: dict[str, str]) -> bool:
    """Run one benchmark in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.run", name, f"--engine={engine}", f"--scale={scale}"]
    return subprocess.run(command, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
