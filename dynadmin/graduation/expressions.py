"""Values as Python source: what Django's migrations write, with imports as people write them."""

import ast
import io
import sys
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.migrations.writer import MigrationWriter

from dynadmin.fieldtypes import fields

WIDTH = 100
FIELDS = fields.__name__


@dataclass
class Imports:
    """The imports of a module: those it has, and those that the new code needs besides.

    ``taken`` are the names that mean something in the module, with where they come from.
    """

    taken: dict[str, str] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)

    def name_of(self, origin: str) -> str:
        """Return the name under which the new code has something: a module, or what is in one."""
        for name, known in {**self.taken, **self.new}.items():
            if known == origin:
                return name
        name = origin.rpartition(".")[2]
        while name in self.taken or name in self.new:
            name += "_"
        self.new[name] = origin
        return name

    def lines(self) -> list[str]:
        """Return the statements to add, in order: Python's own modules first."""
        return [line for _rank, line in sorted(_import(name, origin) for name, origin in self.new.items())]


def _import(name: str, origin: str) -> tuple[tuple[bool, bool], str]:
    """Return the statement that gives a name to what comes from there, and its place among others."""
    module, _dot, last = origin.rpartition(".")
    alias = "" if name == last else f" as {name}"
    line = f"from {module} import {last}{alias}" if module else f"import {last}{alias}"
    return (origin.partition(".")[0] not in sys.stdlib_module_names, bool(module)), line


def expression(value: Any, imports: Imports, *, without: Iterable[str] = ()) -> ast.expr:
    """Return the value as an expression; ``without`` are arguments of its call to leave out."""
    text, needed = MigrationWriter.serialize(value)
    modules = [_origins(line) for line in needed]
    origins = {name: origin for found in modules for name, origin in found.items()}
    tree = _Renaming(origins, imports).visit(ast.parse(text, mode="eval").body)
    if isinstance(tree, ast.Call):
        tree.keywords = [keyword for keyword in tree.keywords if keyword.arg not in without]
    return tree


def _origins(line: str) -> dict[str, str]:
    """Return what an import statement of a migration makes known: dotted names and where they lead."""
    (statement,) = ast.parse(line).body
    if isinstance(statement, ast.ImportFrom):
        return {alias.name: f"{statement.module}.{alias.name}" for alias in statement.names}
    return {alias.name: alias.name for alias in statement.names}


class _Renaming(ast.NodeTransformer):
    """Puts the names of a module in the place of dotted ones, and drops empty stars."""

    def __init__(self, origins: Mapping[str, str], imports: Imports) -> None:
        self.origins = origins
        self.imports = imports

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        dotted = ast.unparse(node)
        for known in sorted(self.origins, key=len, reverse=True):
            if dotted.startswith(f"{known}."):
                return self._renamed(self.origins[known], dotted.removeprefix(f"{known}."))
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.origins:
            return ast.Name(self.imports.name_of(self.origins[node.id]))
        return node

    def _renamed(self, origin: str, rest: str) -> ast.expr:
        # Our own fields are all to be had from their package.
        if origin.startswith(f"{FIELDS}.") and rest in fields.__all__:
            origin = FIELDS
        return ast.parse(f"{self.imports.name_of(origin)}.{rest}", mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        args: list[ast.expr] = []
        for arg in node.args:
            is_spread = isinstance(arg, ast.Starred) and isinstance(arg.value, ast.Tuple)
            args += arg.value.elts if is_spread else [arg]
        node.args = args
        node.keywords = [k for k in node.keywords if k.arg or ast.unparse(k.value) != "{}"]
        return node


def layout(node: ast.AST, indent: int, *, used: int = 0) -> str:
    """Return an expression as text, on several lines if it does not fit on one behind ``used`` characters."""
    text = _double_quoted(ast.unparse(node))
    parts = _parts(node)
    if not parts or indent + used + len(text) <= WIDTH:
        return text
    inner = indent + 4
    opening, closing, items = parts
    lines = [" " * inner + label + layout(item, inner, used=len(label) + 1) + "," for label, item in items]
    return "\n".join([opening, *lines, " " * indent + closing])


def _parts(node: ast.AST) -> tuple[str, str, list[tuple[str, ast.expr]]] | None:
    """Return how an expression that has items begins and ends, and the items with what stands before each."""
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        keywords = [(f"{k.arg}=" if k.arg else "**", k.value) for k in node.keywords]
        return f"{ast.unparse(node.func)}(", ")", [*(("", arg) for arg in node.args), *keywords]
    if isinstance(node, ast.List) and node.elts:
        return "[", "]", [("", item) for item in node.elts]
    if isinstance(node, ast.Tuple) and node.elts:
        return "(", ")", [("", item) for item in node.elts]
    if isinstance(node, ast.Dict) and node.keys:
        pairs = zip(node.keys, node.values, strict=True)
        return "{", "}", [(f"{layout(key, 0)}: ", value) for key, value in pairs if key]
    return None


def _double_quoted(text: str) -> str:
    """Return an expression with its texts between the quotes that people write, where that is as simple."""
    pieces, at = [], 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING and not set(token.string[1:-1]) & {'"', "\\"}:
            start, end = token.start[1], token.end[1]
            pieces += [text[at:start], '"', text[start + 1 : end - 1], '"']
            at = end
    return "".join([*pieces, text[at:]])
