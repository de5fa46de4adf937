"""Rows: made, changed and deleted by programs, and brought in and out of files."""

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.exporter import export_rows
from tests.stateful.game import Game
from tests.stateful.shelf import Shelf
from tests.stateful.values import VALUES, to_text


class RowRules(Game):
    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def insert(self, data) -> None:
        shelf = self.some(data, self.shelves)
        values = {column.name: VALUES[column.type] for column in shelf.columns}
        # Some are left to their defaults.
        for given in data.draw(st.lists(st.fixed_dictionaries({}, optional=values), min_size=1, max_size=5)):
            row = shelf.new_row(given)
            pk = self.written(
                shelf, {"new": row}, lambda given=given: self.model(shelf).objects.create(**given).pk
            )
            if pk is not None:
                shelf.rows[pk] = row

    @precondition(lambda self: any(shelf.rows for shelf in self.shelves.values()))
    @rule(data=st.data())
    def update(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if s.rows})
        pk = data.draw(st.sampled_from(sorted(shelf.rows)))
        column = data.draw(st.sampled_from(shelf.columns))
        value = data.draw(VALUES[column.type])
        row = self.model(shelf).objects.get(pk=pk)
        setattr(row, column.name, value)
        changed_row = {**shelf.rows[pk], column.id: column.stored(value)}
        if self.written(shelf, {pk: changed_row}, lambda: row.save() or pk):
            shelf.rows[pk] = changed_row

    @precondition(lambda self: any(shelf.rows for shelf in self.shelves.values()))
    @rule(data=st.data())
    def delete(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if s.rows})
        pk = data.draw(st.sampled_from(sorted(shelf.rows)))
        self.model(shelf).objects.get(pk=pk).delete()
        del shelf.rows[pk]

    def written(self, shelf: Shelf, rows: dict, write: Callable[[], int]) -> int | None:
        """Write rows, and return what the writing does; None if the rules are against it, and must be."""
        if shelf.allows(rows):
            return write()
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
        return None

    @precondition(lambda self: self.is_harmless)
    @rule(data=st.data())
    def insert_by_a_process_that_is_behind(self, data) -> None:
        """Its class knows nothing of the last change, and the row is whole all the same."""
        known = {id: shelf for id, shelf in self.shelves.items() if id in self.behind.models}
        if not known:
            return
        shelf = self.some(data, known)
        row = shelf.new_row({})
        pk = self.written(shelf, {"new": row}, lambda: self.behind.models[shelf.id].objects.create().pk)
        if pk is not None:
            shelf.rows[pk] = row

    # --- Files ---

    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def export_and_import(self, data) -> None:
        """A file holds the rows as they are, and brings them back as they are."""
        shelf = self.some(data, self.shelves)
        rows = list(csv.reader(io.StringIO(self.exported(shelf, escape=False), newline="")))
        assert rows == [["id", *shelf.names], *shelf.texts()]
        result = self.imported(shelf, self.exported(shelf, escape=True), key=["id"])
        assert (result.totals.rows, result.totals.skipped) == (len(shelf.rows), len(shelf.rows))

    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def import_new_rows(self, data) -> None:
        shelf = self.some(data, self.shelves)
        count = data.draw(st.integers(1, 3))
        rows = [
            shelf.new_row({n: data.draw(VALUES[shelf.column(n).type]) for n in shelf.names})
            for _ in range(count)
        ]
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(shelf.names)
        writer.writerows([[to_text(row[c.id]) for c in shelf.columns] for row in rows])
        result = self.imported(shelf, text.getvalue())
        is_allowed = shelf.allows(dict(enumerate(rows, start=-count)))
        assert result.is_saved == is_allowed
        if is_allowed:
            new = self.model(shelf).objects.exclude(pk__in=shelf.rows).order_by("pk")
            shelf.rows |= dict(zip(new.values_list("pk", flat=True), rows, strict=True))

    def exported(self, shelf: Shelf, *, escape: bool) -> str:
        return b"".join(export_rows(self.model(shelf).objects.all(), escape=escape)).decode("utf-8-sig")

    def imported(self, shelf: Shelf, text: str, **options):
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            Path(file.name).write_text(text, encoding="utf-8", newline="")
            source = open_source(file.name, delimiter=",")
            return import_rows(self.model(shelf), source, **options)
