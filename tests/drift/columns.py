"""Damages to columns."""

from collections.abc import Callable

from django.db import connection

from tests.drift.rules import drop_guard
from tests.drift.victim import SQLITE, Victim, execute


def drop_column(field: str) -> Callable[[Victim], None]:
    def do(it: Victim) -> None:
        it.drop_view()
        execute(f"ALTER TABLE {it.name} DROP COLUMN {it.column(field)}")

    return do


def drop_original(it: Victim) -> None:
    drop_guard(it)
    execute(f"ALTER TABLE {it.name} DROP COLUMN {it.columns('price')[1]}")


def add_column(it: Victim) -> None:
    execute(f"ALTER TABLE {it.name} ADD COLUMN \"by hand\" varchar(7) DEFAULT '100%'")


def force_a_value(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite(f'"{it.column("size")}" integer NULL', f'"{it.column("size")}" integer NOT NULL')
    else:
        it.alter("size", "SET NOT NULL")


def let_be_empty(it: Victim) -> None:
    if connection.vendor == SQLITE:
        column = it.column("carrier")
        it.rewrite(f"\"{column}\" varchar(2) DEFAULT '' NOT NULL", f"\"{column}\" varchar(2) DEFAULT '' NULL")
    else:
        it.alter("carrier", "DROP NOT NULL")


def let_be_empty_and_empty_one(it: Victim) -> None:
    let_be_empty(it)
    execute(f"UPDATE {it.name} SET {it.column('carrier')} = NULL WHERE id = 1")


def change_default(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("DEFAULT 7", "DEFAULT 8")
    else:
        it.alter("stops", "SET DEFAULT 8")


def drop_default(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("DEFAULT 7", "")
    else:
        it.alter("stops", "DROP DEFAULT")


def add_default(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite(f'"{it.column("size")}" integer', f'"{it.column("size")}" integer DEFAULT (random())')
    else:
        it.alter("size", "SET DEFAULT (random() * 9)::int")


def shorten(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("varchar(50)", "varchar(5)")
    else:
        it.drop_view()
        it.alter("note", "TYPE varchar(5)")


def change_type(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("varchar(50)", "real")
    else:
        it.drop_view()
        it.alter("note", "DROP DEFAULT")
        it.alter("note", "DROP NOT NULL")
        it.alter("note", "TYPE bytea USING NULL")


def drop_check(it: Victim) -> None:
    column = it.column("data")
    it.rewrite(f' CHECK ((JSON_VALID("{column}") OR "{column}" IS NULL))', "")
