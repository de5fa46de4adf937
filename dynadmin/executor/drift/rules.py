"""Rules on rows that are no indexes."""

from collections.abc import Iterator
from functools import partial

from django.db.models import CheckConstraint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.mending import make_rule
from dynadmin.executor.drift.state import State
from dynadmin.executor.inspection import ARTIFACT, Check
from dynadmin.executor.quoting import quoted
from dynadmin.schema import TableSchema


def _words(table: TableSchema, rule: str) -> dict[str, str]:
    return {"table": table.label or table.name, "rule": rule}


def checks_of(state: State, table: TableSchema) -> list[Check]:
    """Return the rules a table has, but for what changes have left."""
    return [check for check in state.checks.get(table.db_table, ()) if not ARTIFACT.match(check.name)]


@register
class UntriedRule(Kind):
    id = "dynadmin.W126"
    title = gettext_lazy("A rule was never tried against the rows that were there before it (PostgreSQL).")
    hint = gettext_lazy("--repair tries it. Rows that break it have to be changed first.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for check in checks_of(state, table):
                if not check.is_valid:
                    what = _("Rule %(rule)s of “%(table)s” was never tried against all rows.")
                    what %= _words(table, check.name)
                    yield self.drift(table, what, partial(_validate, table, check.name))


def _validate(table: TableSchema, name: str, editor, state: State) -> None:
    editor.execute(f"ALTER TABLE {table.db_table} VALIDATE CONSTRAINT {quoted(name)}", None)


@register
class UnknownRule(Kind):
    id = "dynadmin.W127"
    title = gettext_lazy("The database has a rule on rows that no definition knows.")
    hint = gettext_lazy(
        "Rows that the admin takes may be refused. Say the same in the definition, or drop the rule by hand. "
        "--repair leaves it alone."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            names = {rule.db_name for rule in table.constraints}
            columns = {(field.column,) for field, _column in state.fields(table) if state.check_of(field)}
            columns |= {(field.column,) for field, _column in state.fields(table) if field.remote_field}
            for check in checks_of(state, table):
                if check.name and check.is_rule and check.name not in names and check.columns not in columns:
                    what = _("No definition knows the rule %(rule)s of “%(table)s”.")
                    yield self.drift(table, what % _words(table, check.name))


@register
class MissingRule(Kind):
    id = "dynadmin.W128"
    title = gettext_lazy("A rule of the definition is not in the database.")
    hint = gettext_lazy(
        "Rows that break it may have come in by other doors. --repair adds it if each row keeps it."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            there = {check.name for check in state.checks.get(table.db_table, ())}
            labels = {rule.db_name: rule.label for rule in table.constraints}
            for rule in state.models[table.id]._meta.constraints:
                if isinstance(rule, CheckConstraint) and rule.name not in there:
                    words = _words(table, labels[rule.name] or rule.name)
                    what = _("Rule “%(rule)s” of “%(table)s” is not in the database.") % words
                    yield self.drift(table, what, partial(_add, table, rule.name))


def _add(table: TableSchema, name: str, editor, state: State) -> None:
    make_rule(editor, state, table, name)
