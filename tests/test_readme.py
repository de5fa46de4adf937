"""What the README says has to be so: its tables are complete, its commands exist, its files are there."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class

from dynadmin.conf import SETTINGS
from dynadmin.fieldtypes import field_types
from dynadmin.options import SHARED_OPTIONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SCREENSHOT_LIMIT_BYTES = 300_000


def section(title: str) -> str:
    """Return the text under a heading of the README."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section {title!r}"
    return found[1]


def rows_of(title: str) -> dict[str, list[str]]:
    """Return the rows of a section's table by their first word in code; the others are the cells after it."""
    rows = {}
    for line in section(title).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            rows[cells[0].strip("`")] = cells[1:]
    return rows


def words_in_code(text: str) -> set[str]:
    """Return what a text puts between backticks."""
    return set(re.findall(r"`([^`]+)`", text))


# --- The tables ---


def test_every_field_type_is_in_the_table_with_its_label():
    expected = {field_type.slug: str(field_type.label) for field_type in field_types}

    assert {slug: cells[0] for slug, cells in rows_of("Field types").items()} == expected


@pytest.mark.parametrize("field_type", list(field_types), ids=lambda field_type: field_type.slug)
def test_the_options_of_a_type_are_complete(field_type):
    own = [name for name in field_type.options_form().fields if name not in SHARED_OPTIONS]

    assert words_in_code(rows_of("Field types")[field_type.slug][1]) == set(own)


def test_the_options_that_types_share_are_explained():
    assert set(SHARED_OPTIONS) <= words_in_code(section("Field types"))


def test_the_table_of_settings_is_that_of_the_program():
    expected = {name: [f"`{default!r}`", purpose] for name, (default, purpose) in SETTINGS.items()}

    assert rows_of("Settings") == expected


# --- Commands ---


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_command_is_a_target(text):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(code_in(text))))

    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_how_to_run_and_how_to_test_is_said_in_two_commands():
    commands = {line.partition("#")[0].strip() for line in section("Two commands").splitlines()}

    assert {"make run", "make test"} <= commands


def test_every_command_of_manage_py_exists():
    named = set(re.findall(r"manage\.py ([a-z_]+)", README))

    assert named <= set(get_commands())


def test_every_command_of_the_package_is_listed():
    ours = {name for name, app in get_commands().items() if app == "dynadmin"}

    assert ours <= {name.split()[0] for name in rows_of("Commands")}


@pytest.mark.parametrize(
    "name", [row.split()[0] for row, cells in rows_of("Commands").items() if "Django's own" not in cells[0]]
)
def test_the_options_of_a_command_are_those_it_has(name):
    command = load_command_class(get_commands()[name], name)
    parser, shared = command.create_parser("manage.py", name), BaseCommand().create_parser("manage.py", name)
    own = [action.option_strings for action in parser._actions if action.option_strings]
    own = [names for names in own if names[-1] not in shared._option_string_actions]
    [told] = [f"{row} {cells[0]}" for row, cells in rows_of("Commands").items() if row.split()[0] == name]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", told))

    assert named <= {option for names in own for option in names}
    assert [names for names in own if not named.intersection(names)] == []


def code_in(text: str) -> list[str]:
    """Return the code of a text: indented blocks, and what stands between backticks."""
    blocks = [line for line in text.splitlines() if line.startswith("    ")]
    return [*blocks, *re.findall(r"`([^`\n]+)`", text)]


# --- Files ---


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / target).is_file()


def test_every_document_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")

    assert {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"} <= set(
        re.findall(r"\]\(([^)]+)\)", index)
    )


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.png")), ids=lambda path: path.name)
def test_a_screenshot_is_small_and_shown(path):
    assert path.stat().st_size < SCREENSHOT_LIMIT_BYTES
    assert f"](docs/{path.name})" in README


def test_the_python_versions_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in README
