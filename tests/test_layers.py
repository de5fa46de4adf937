"""The layers of the package, as pyproject.toml declares them, and what only one of them may do."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "dynadmin"


def calls_of(name: str) -> set[str]:
    """Return the modules of the package that call a method or function of this name."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name
    }


def test_imports_go_only_downward():
    command = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stdout


def test_only_the_executor_calls_a_schema_editor():
    callers = calls_of("schema_editor")

    assert {path for path in callers if not path.startswith(("executor", "migrations/"))} == set()
