"""The rules on size and names, which keep every room of the house easy to find and to read."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40


def sources(*suffixes: str) -> list[Path]:
    """Return the files of the project with these suffixes, but for what tools generate and others wrote."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    foreign = {"migrations", "vendor"}
    return [
        path
        for path in paths
        if path.suffix in suffixes and path.is_file() and not foreign & set(path.relative_to(ROOT).parts)
    ]


def name_of(path: Path) -> str:
    """Return the path as people write it."""
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module", autouse=True)
def _in_a_work_tree():
    assert (ROOT / ".git").exists(), "the rules are checked on the files that git knows"


def test_no_file_is_longer_than_one_can_overlook():
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(".py", ".js", ".html")
    }

    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen():
    functions = {
        f"{name_of(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in sources(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }

    assert {name: lines for name, lines in functions.items() if lines > MAX_FUNCTION_LINES} == {}


def test_every_module_is_named_for_what_it_holds():
    vague = {"utils.py", "helpers.py", "misc.py", "common.py"}

    assert [name_of(path) for path in sources(".py") if path.name in vague] == []


def test_every_module_of_the_package_says_what_it_is():
    undocumented = [
        name_of(path)
        for path in sources(".py")
        if path.is_relative_to(ROOT / "dynadmin")
        and path.stat().st_size
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert undocumented == []
