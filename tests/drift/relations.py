"""Damages to what relations have in the database."""

from django.db import connection

from tests.drift.victim import Victim, execute

REFERENCE = ' REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED'


def drop_reference(it: Victim) -> None:
    column = it.column("author")
    if connection.vendor == "sqlite":
        definition = next(part for part in it.sql().split(", ") if part.startswith(f'"{column}"'))
        it.rewrite(definition, definition.replace(REFERENCE, ""))
        return
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, it.name)
    name = next(n for n, info in found.items() if info["foreign_key"] and info["columns"] == [column])
    execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {name}")


def add_reference(it: Victim) -> None:
    column = it.column("pilot")
    if connection.vendor == "sqlite":
        definition = next(part for part in it.sql().split(", ") if part.startswith(f'"{column}"'))
        it.rewrite(definition, definition.rstrip(")") + REFERENCE + (")" if definition[-1] == ")" else ""))
    else:
        execute(f"ALTER TABLE {it.name} ADD FOREIGN KEY ({column}) {REFERENCE}")


def add_strange_reference(it: Victim) -> None:
    execute(f"ALTER TABLE {it.name} ADD FOREIGN KEY ({it.column('author')}) REFERENCES auth_group (id)")


def drop_links(it: Victim) -> None:
    execute(f"DROP TABLE {it.links('crew')}")


def make_unknown_links(it: Victim) -> None:
    execute("CREATE TABLE dyn_m999999 (id integer)")
