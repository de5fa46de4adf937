"""Rows of the file against rows of the table: which exist, which clash, which differ."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from dynadmin.constraints.breaking import has_message
from dynadmin.transfer.batches import FileRow
from dynadmin.transfer.keys import KeyTable
from dynadmin.transfer.results import WHOLE_ROW
from dynadmin.transfer.writing import Refuse


class Matcher:
    """Finds by the key the row of the table that each row of the file is. Use it as a context manager."""

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        key: Sequence[str],
        connection: BaseDatabaseWrapper,
    ) -> None:
        names = [field.name for field in fields]
        self._indexes = [names.index(name) for name in key]
        self._fields = [fields[index] for index in self._indexes]
        self._keys = KeyTable(model, self._fields, connection)

    def __enter__(self) -> "Matcher":
        self._keys.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self._keys.__exit__(*details)

    def match(self, rows: list[FileRow], refuse: Refuse) -> list[FileRow]:
        """Set `pk` on the rows that exist; refuse those whose key is empty, repeated or not unique."""
        keyed = self.remember(rows)
        found, repeated = self._look_up(keyed)
        return [row for row in rows if self._is_matched(row, found, repeated, refuse)]

    def remember(self, rows: list[FileRow]) -> list[FileRow]:
        """Note the keys of rows, as later rows may repeat them; return the rows that have a key."""
        keyed = [row for row in rows if self._has_key(row)]
        if keyed:
            self._keys.add(
                (row.line, *(row.judged[index].stored for index in self._indexes)) for row in keyed
            )
        return keyed

    def _has_key(self, row: FileRow) -> bool:
        return all(row.judged[index].stored is not None for index in self._indexes)

    def _look_up(self, rows: list[FileRow]) -> tuple[dict[int, list[Any]], dict[int, int]]:
        if not rows:
            return {}, {}
        first, last = rows[0].line, rows[-1].line
        return self._keys.existing(first, last), self._keys.repeated(first, last)

    def _is_matched(
        self, row: FileRow, found: dict[int, list[Any]], repeated: dict[int, int], refuse: Refuse
    ) -> bool:
        if not self._has_key(row):
            # A row without a number is a new one; without any other key it could be any.
            if isinstance(self._fields[0], models.AutoField):
                return True
            refuse(row, WHOLE_ROW, _("The key of this row is empty."))
        elif row.line in repeated:
            refuse(
                row, WHOLE_ROW, _("The row at line %(line)d has the same key.") % {"line": repeated[row.line]}
            )
        elif len(found.get(row.line, ())) > 1:
            message = _("%(count)d rows of the table have this key.")
            refuse(row, WHOLE_ROW, message % {"count": len(found[row.line])})
        else:
            row.pk = found[row.line][0] if row.line in found else None
            return True
        return False


class UniqueSets:
    """Refuses rows that would break what must be unique, in the words of the forms."""

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        key: Sequence[str],
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._model = model
        names = [field.name for field in fields]
        self._sets: list[tuple[tuple[str, ...], list[int], KeyTable]] = []
        for wanted in unique_sets(model):
            if set(wanted) <= set(names) and set(wanted) != set(key):
                indexes = [names.index(name) for name in wanted]
                table = KeyTable(model, [fields[index] for index in indexes], connection)
                self._sets.append((wanted, indexes, table))
        self._stack = ExitStack()

    def __enter__(self) -> "UniqueSets":
        for _names, _indexes, table in self._sets:
            self._stack.enter_context(table)
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    def check(self, rows: list[FileRow], refuse: Refuse) -> list[FileRow]:
        """Return the rows that clash neither with the table nor with each other."""
        for names, indexes, table in self._sets:
            rows = self._check_set(rows, names, indexes, table, refuse)
        return rows

    def _check_set(
        self, rows: list[FileRow], names: tuple[str, ...], indexes: list[int], table: KeyTable, refuse: Refuse
    ) -> list[FileRow]:
        keys = {row.line: tuple(row.judged[index].stored for index in indexes) for row in rows}
        # Nothing is never equal to nothing, in the database as here.
        keys = {line: key for line, key in keys.items() if None not in key}
        if not keys:
            return rows
        table.clear()
        table.add((line, *key) for line, key in keys.items())
        taken = table.existing(min(keys), max(keys))
        before = table.repeated(min(keys), max(keys))
        where = names[0] if len(names) == 1 else WHOLE_ROW
        free = []
        for row in rows:
            if any(pk != row.pk for pk in taken.get(row.line, ())):
                refuse(row, where, self._words(names))
            elif row.line in before:
                refuse(row, where, self._words_in_file(names, before[row.line]))
            else:
                free.append(row)
        return free

    def _words(self, names: tuple[str, ...]) -> str:
        for constraint in self._model._meta.total_unique_constraints:
            if tuple(constraint.fields) == names and has_message(constraint):
                return str(constraint.get_violation_error_message())
        return str(self._model().unique_error_message(self._model, names).messages[0])

    def _words_in_file(self, names: tuple[str, ...], line: int) -> str:
        labels = [str(capfirst(self._model._meta.get_field(name).verbose_name)) for name in names]
        message = _("The row at line %(line)d has the same %(labels)s.")
        return message % {"line": line, "labels": get_text_list(labels, _("and"))}


def unique_sets(model: type[models.Model]) -> list[tuple[str, ...]]:
    """Return the sets of field names whose values must be unique together, the primary key left out."""
    single = [
        (field.name,) for field in model._meta.local_concrete_fields if field.unique and not field.primary_key
    ]
    together = [tuple(names) for names in model._meta.unique_together]
    constraints = [tuple(constraint.fields) for constraint in model._meta.total_unique_constraints]
    return list(dict.fromkeys([*single, *together, *constraints]))


def is_same(field: models.Field, old: Any, new: Any) -> bool:
    """Return whether a value of the file is the one that is stored already."""
    if isinstance(field, models.JSONField):
        # In Python true equals 1; in JSON it does not.
        return json.dumps(old, sort_keys=True, default=str) == json.dumps(new, sort_keys=True, default=str)
    if field.many_to_many:
        return set(old) == set(new)
    # A file cannot tell an empty text from none: neither is made the other unseen.
    return old == new or (old in ("", None) and new in ("", None))
