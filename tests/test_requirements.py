"""The pins: exact, explained, and within what the package says of itself."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent


def lines_of(name: str) -> list[str]:
    """Return the lines of a requirements file."""
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def pins(name: str) -> dict[str, Requirement]:
    """Return the requirements of a file by name."""
    found = [Requirement(line) for line in lines_of(name) if line and not line.startswith(("#", "-r"))]
    return {requirement.name.lower(): requirement for requirement in found}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    loose = [str(pin) for pin in pins(name).values() if not str(pin.specifier).startswith(("==", "~="))]

    assert loose == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_says_why_it_is_there(name):
    unexplained = []
    explained = False
    for line in lines_of(name):
        if not line:
            explained = False
        elif line.startswith("#"):
            explained = True
        elif not explained:
            unexplained.append(line)

    assert unexplained == []


def test_the_pins_are_within_the_ranges_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    ranges = [*project["dependencies"], *extras["postgresql"], *extras["parquet"]]
    pinned = pins("requirements.txt")
    outside = [
        text
        for text in ranges
        for allowed in [Requirement(text)]
        if not allowed.specifier.contains(next(iter(pinned[allowed.name.lower()].specifier)).version)
    ]

    assert outside == []
