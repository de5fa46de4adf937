"""Damages to indexes, rules and guards."""

from collections.abc import Callable

from django.db import connection

from dynadmin.executor.guards import guard_names, guard_sql
from tests.drift.tables import restore_without_rules
from tests.drift.victim import POSTGRESQL, SQLITE, Victim, execute


def drop_guard(it: Victim) -> None:
    on_table = f" ON {it.name}" if connection.vendor == POSTGRESQL else ""
    for name in guard_names(it.schema.originals[0]):
        execute(f"DROP TRIGGER {name}{on_table}")


def leave_guard(it: Victim) -> None:
    field = next(f for f in it.schema.fields if f.name == "size")
    for sql in guard_sql(it.schema, field):
        execute(sql)


def drop_rule(it: Victim) -> None:
    if connection.vendor == POSTGRESQL:
        execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {it.rule('check')}")
        return
    sql = it.sql()
    start = sql.find(f', CONSTRAINT "{it.rule("check")}"')
    assert start > 0, sql
    end = sql.find(", CONSTRAINT", start + 1)
    it.rewrite(sql[start : end if end > 0 else sql.rindex(")")], "")


def drop_index_rule(it: Victim) -> None:
    execute(f"DROP INDEX {it.rule('index')}")


def drop_unique_rule(it: Victim) -> None:
    if connection.vendor == SQLITE:
        restore_without_rules(it)
    else:
        execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {it.rule('unique')}")


def drop_unique(it: Victim) -> None:
    it.drop_view()
    if connection.vendor == SQLITE:
        restore_without_rules(it)
    else:
        execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {it.index_on('code', unique=True)}")


def drop_index(it: Victim) -> None:
    execute(f"DROP INDEX {it.index_on('distance', unique=False)}")


def make_index(name: str, field: str, kind: str = "") -> Callable[[Victim], None]:
    def do(it: Victim) -> None:
        execute(f"CREATE {kind} INDEX {name.format(it.name)} ON {it.name} ({it.column(field)})")

    return do


def leave_index_unfinished(it: Victim) -> None:
    name = it.index_on("distance", unique=False)
    execute(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass")


def add_untried_rule(name: str) -> Callable[[Victim], None]:
    def do(it: Victim) -> None:
        rule = f"CONSTRAINT {name} CHECK ({it.column('stops')} < 1000)"
        execute(f"ALTER TABLE {it.name} ADD {rule} NOT VALID")

    return do


def add_rule(it: Victim) -> None:
    rule = f"CONSTRAINT by_hand CHECK ({it.column('stops')} < 1000)"
    if connection.vendor == SQLITE:
        it.rewrite(" AUTOINCREMENT,", f" AUTOINCREMENT {rule},")
    else:
        execute(f"ALTER TABLE {it.name} ADD {rule}")
