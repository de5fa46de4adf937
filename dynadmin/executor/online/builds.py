"""What is built beside a table that is in use: indexes, and checks that are proved before they count."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from django.db import IntegrityError, connection

from dynadmin.executor.online.holding import Hold


@dataclass(frozen=True, kw_only=True)
class Build:
    """An index. While it is built it has a name of the change; at the end it gets the one Django knows it by.

    ``number`` is the place of its operation in the plan, ``refuse`` says why the rows do not allow it.
    """

    number: int
    table: str
    name: str
    final_name: str
    create: str
    attach: str
    refuse: Callable[[IntegrityError], NoReturn]

    def is_done(self) -> bool:
        return is_valid_index(self.name)

    def make(self, hold: Hold) -> None:
        """Build it. What an interrupted attempt has left is dropped, and built anew."""
        try:
            with hold.long_statement(), connection.cursor() as cursor:
                # It waits for whoever works in the database, and nobody waits for it.
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.name}"')
                cursor.execute(self.create)
        except IntegrityError as error:
            self.refuse(error)


class Check(Build):
    """A check: it holds for what is written from now on, and then is proved of what was there."""

    def is_done(self) -> bool:
        return is_valid_check(self.name)

    def make(self, hold: Hold) -> None:
        try:
            with hold.step([self.table]), connection.cursor() as cursor:
                cursor.execute(f'ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS "{self.name}"')
                cursor.execute(self.create)
                hold.write()
            with hold.long_statement(), connection.cursor() as cursor:
                cursor.execute(f'ALTER TABLE {self.table} VALIDATE CONSTRAINT "{self.name}"')
        except IntegrityError as error:
            self.refuse(error)


def is_valid_index(name: str) -> bool:
    """Whether there is an index of this name, built to its end."""
    return _is_valid("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", f'"{name}"')


def is_valid_check(name: str) -> bool:
    """Whether there is a check of this name, proved of all rows."""
    return _is_valid("SELECT convalidated FROM pg_constraint WHERE conname = %s", name)


def _is_valid(sql: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [name])
        row = cursor.fetchone()
    return bool(row and row[0])
