"""The judge of the benchmarks: what counts as reached, and what a person reads."""

import subprocess
import sys

import pytest

from tests.bench.result import Result


def result(**changes) -> Result:
    """Return a measurement of 12 ms over a floor of 10 ms."""
    return Result(name="page", unit="ms", **{"measured": 12.0, "floor": 10.0, **changes})


@pytest.mark.parametrize(
    ("limits", "is_reached"),
    [
        ({}, True),
        ({"at_most": 12}, True),
        ({"at_most": 11.9}, False),
        ({"at_most_ratio": 1.2}, True),
        ({"at_most_ratio": 1.1}, False),
        ({"at_least_ratio": 1.2}, True),
        ({"at_least_ratio": 1.3}, False),
        ({"at_most": 50, "at_most_ratio": 1.1}, False),
        ({"facts": {"1 query": True}}, True),
        ({"at_most": 50, "facts": {"1 query": False}}, False),
        ({"floor": None, "at_most_ratio": 2}, False),
    ],
)
def test_a_target_is_reached_or_missed(limits, is_reached):
    assert result(**limits).is_reached is is_reached


def test_a_line_says_what_was_missed_and_by_how_much():
    line = result(at_most=50, at_most_ratio=1.1).line("pg")

    assert line.split() == [
        *("MISSED", "page", "pg", "12", "ms", "floor", "10", "1.20x"),
        *("<=", "50", "ms,", "MISSED", "<=", "1.1x"),
    ]


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        (["staleness"], 0, "All targets reached."),
        (["nonsense"], 2, "there is no benchmark nonsense; there are: pages, api"),
    ],
)
def test_the_exit_code_tells_whether_all_was_reached(names, code, said):
    command = [sys.executable, "-m", "tests.bench", *names, "--engine=sqlite", "--scale=0.01"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == code
    assert said in done.stdout + done.stderr
