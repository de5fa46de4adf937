"""The SQL of a plan, for people to read before it runs.

The code that makes a change goes through all its steps, and what it would send to the database is written
down instead. So this is what will run, whatever the engine; and nothing is touched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlparse
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.plan import Plan

# Questions about the database's structure may be asked; their answers decide on what comes next.
_LOOK = re.compile(r"\s*(SELECT\b|PRAGMA\s+\w+\s*\()", re.IGNORECASE)
_ROWS = re.compile(r'\bFROM\s+"dyn_t\d+"', re.IGNORECASE)
_LAID_OUT = re.compile(r"(CREATE VIEW|INSERT|UPDATE|SELECT)\b")
_LONGEST_FORMATTED = 20_000

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """Takes the place of the database: notes statements, and has no rows."""

    statements: list[str] = field(default_factory=list)

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not _LOOK.match(sql):
            self.statements.append(_with_values(sql, None if many else params, context))
            return None
        if _ROWS.search(sql):
            self.note(_("The rows are read here, converted by the program, and written batch by batch."))
            sql = f"SELECT * FROM ({sql}) AS no_rows LIMIT 0"  # noqa: S608
        return execute(sql, params, many, context)

    def note(self, words: str) -> None:
        """Write a comment between the statements, once where it would be said again at once."""
        comment = f"-- {words}"
        if self.statements[-1:] != [comment]:
            self.statements.append(comment)


def record(plan: Plan, change: Callable[[Plan], None]) -> tuple[str, ...]:
    """Return the statements that ``change`` would run for a plan, formatted, without running any."""
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        try:
            change(plan)
        except (DatabaseError, RefusedChange):
            recorder.note(_("What follows cannot be told before this much has been done."))
    return tuple(map(_formatted, recorder.statements))


def _with_values(sql: str, params: Any, context: dict[str, Any]) -> str:
    if not params:
        return sql
    if connection.vendor == "postgresql":
        return connection.ops.compose_sql(sql, params)
    return connection.ops.last_executed_query(context["cursor"], sql, params)


def _formatted(statement: str) -> str:
    """Return a statement in lines. One that has lines of its own, say in a text, stays as it is."""
    if statement.startswith("--"):
        return statement
    text = statement.strip()
    if _LAID_OUT.match(text) and "\n" not in text and len(text) < _LONGEST_FORMATTED:
        text = sqlparse.format(text, reindent=True, wrap_after=100, indent_width=2)
    return text if text.endswith(";") else f"{text};"
