"""Damages to whole tables, and to the counters of their rows."""

from django.db import connection

from dynadmin.executor.online.noting import begin_sql, watch_sql
from tests.drift.victim import POSTGRESQL, SQLITE, Victim, execute

ALL_OF_IT = " CASCADE" if connection.vendor == POSTGRESQL else ""  # links refer to it


def drop_table(it: Victim) -> None:
    it.drop_view()
    execute(f"DROP TABLE {it.name}{ALL_OF_IT}")


def leave_only_the_copy(it: Victim) -> None:
    it.drop_view()
    execute(f"ALTER TABLE {it.name} RENAME TO {it.copy}")


def leave_a_copy(it: Victim) -> None:
    execute(f"CREATE TABLE {it.copy} AS SELECT * FROM {it.name}")


def leave_another_copy(it: Victim) -> None:
    execute(f"CREATE TABLE {it.copy} AS SELECT id + 1000 AS id FROM {it.name}")


def make_an_unknown_table(it: Victim) -> None:
    execute("CREATE TABLE dyn_t999999 (id integer)")


def restore_without_rules(it: Victim) -> None:
    """As some tools copy a table: its rows, and not much more."""
    it.drop_view()
    execute(
        f"CREATE TABLE copied AS SELECT * FROM {it.name}",
        f"DROP TABLE {it.name}{ALL_OF_IT}",
        f"ALTER TABLE copied RENAME TO {it.name}",
    )


def forget_counter(it: Victim) -> None:
    if connection.vendor == SQLITE:
        execute(f"DELETE FROM sqlite_sequence WHERE name = '{it.name}'")
    else:
        execute(f"SELECT setval(pg_get_serial_sequence('{it.name}', 'id'), 1)")


def drop_counter(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite(" AUTOINCREMENT", "")
    else:
        execute(f"ALTER TABLE {it.name} ALTER COLUMN id DROP IDENTITY")


def leave_what_a_change_built(it: Victim) -> None:
    if connection.vendor == SQLITE:
        watch = f"AFTER INSERT ON {it.name} BEGIN DELETE FROM dyn_o999_t{it.id} WHERE id = NEW.id; END"
        execute(
            "CREATE TABLE dyn_o999 (t integer, pk integer)",
            f"CREATE TABLE dyn_o999_t{it.id} AS SELECT * FROM {it.name}",
            f"CREATE TRIGGER dyn_o999_i{it.id} {watch}",
        )
        return
    stops = it.column("stops")
    for statement in (*begin_sql(999), *watch_sql(999, it.id, [stops])):
        execute(statement)
    execute(
        f"CREATE UNIQUE INDEX dyn_o999_x0_0 ON {it.name} ({stops})",
        f"ALTER TABLE {it.name} ADD CONSTRAINT dyn_o999_n0 CHECK ({stops} IS NOT NULL) NOT VALID",
    )
