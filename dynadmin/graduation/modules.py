"""The module of models into which a class is written: what it has, and how it looks afterwards."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from dynadmin.graduation.expressions import Imports


@dataclass(frozen=True, kw_only=True)
class NewFile:
    """A file as it is to be."""

    path: Path
    text: str


def bindings_of(text: str) -> dict[str, str]:
    """Return the names that mean something in a module, with where they come from; "" if they are its own."""
    names: dict[str, str] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= _imported(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names[node.name] = ""
        else:
            names |= dict.fromkeys(_bound_in(node), "")
    return names


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    if isinstance(node, ast.ImportFrom):
        return {a.asname or a.name: "" if node.level else f"{node.module}.{a.name}" for a in node.names}
    return {
        a.asname or a.name.split(".")[0]: a.name if a.asname else a.name.split(".")[0] for a in node.names
    }


def _bound_in(statement: ast.stmt) -> Iterator[str]:
    """Yield all names that a statement may bind, wherever in it."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def with_class(text: str, imports: Imports, code: str) -> str:
    """Return the text of a module with the imports behind its own, and the class at its end."""
    lines = text.splitlines()
    at, has_imports = _behind_imports(text)
    added = imports.lines()
    if added and at and not has_imports:
        added = ["", *added]
    head = "\n".join([*lines[:at], *added])
    parts = (part.strip("\n") for part in (head, "\n".join(lines[at:]), code))
    return "\n\n\n".join(part for part in parts if part) + "\n"


def _behind_imports(text: str) -> tuple[int, bool]:
    """Return the number of lines up to the last import at the top, and whether there is any.

    Without one, up to the docstring, or the comments that a file begins with.
    """
    comments = list(takewhile(lambda line: line.startswith("#"), text.splitlines()))
    at, has_imports = len(comments), False
    for number, node in enumerate(ast.parse(text).body):
        is_docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        if not is_docstring and not is_import:
            break
        at, has_imports = node.end_lineno or at, has_imports or is_import
    return at, has_imports
