"""The rows of a batch into the table: inserts and updates, set by set, narrowed down to the rows refused."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.constraints.breaking import complaint_of
from dynadmin.kinds.stamps import fields_of_change, is_filled_by_program
from dynadmin.loading import load_columns, loadable, null_of
from dynadmin.numbering import take_numbers
from dynadmin.transfer.batches import Batch, picked
from dynadmin.transfer.keylocks import KeyLocks
from dynadmin.transfer.linking import Links
from dynadmin.transfer.references import is_many
from dynadmin.transfer.results import WHOLE_ROW
from dynadmin.transfer.updating import Updater


class RowWriter:
    """Writes rows of one model. `fields` are those of the file, in the order of the batches' columns.

    Signals are not sent and `save()` is not called: the rows are written as `bulk_create` would.
    """

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        key: Sequence[str],
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._model = model
        self._connection = connection
        self._loadable = loadable(connection)
        self._null = null_of(connection)
        # A number given by the database is taken from the file only when it is what tells the rows.
        self._given = [
            (index, field)
            for index, field in enumerate(fields)
            if not is_many(field) and (not isinstance(field, models.AutoField) or field.name in key)
        ]
        self.links = [Links(field, index, connection) for index, field in enumerate(fields) if is_many(field)]
        in_file = {field.name for field in fields}
        self._added = [field for field in _stored_fields(model) if field.name not in in_file]
        self._has_own_pks = False
        self.keylocks = KeyLocks(model, connection)
        self.updater: Updater | None = None
        # The history notes new rows by their numbers, so it has to know them.
        self.needs_numbers = bool(self.links) or getattr(model, "table_schema", None) is not None

    # --- New rows ---

    def insert(
        self, batch: Batch, places: Sequence[int] | None, numbers: Sequence[int] | None = None
    ) -> None:
        """Insert the rows at these places (None: all), and set their keys where they are known.

        `numbers` are those to give to the rows, if they are taken already.
        """
        count = len(batch) if places is None else len(places)
        now = self._now_texts()
        columns: list[models.Field] = []
        values: list[Any] = []
        for index, field in self._given:
            is_whole = places is None and field is not self._model._meta.pk
            column = batch.stream(index) if is_whole else picked(batch.columns[index], places)
            if field.name in now:
                column = [now[field.name] if loaded == self._null else loaded for loaded in column]
            columns.append(field)
            values.append(column)
        for field in self._added:
            if (filled := self._filled(field, count, now)) is not None:
                columns.append(field)
                values.append(filled)
        pks = self._number(columns, values, count, numbers)
        self._load(columns, values, count)
        self._note_keys(batch, places, pks)
        for links in self.links:
            links.insert(self.python_keys(pks), picked(batch.columns[links.index], places))

    def _load(self, columns: list[models.Field], values: list[Any], count: int) -> None:
        names = [field.column for field in columns]

        def texts_of(name: str) -> set[str]:
            place = names.index(name)
            values[place] = list(values[place])
            return set(values[place]) - {self._null}

        with self.keylocks.held(columns, count, texts_of):
            load_columns(self._connection, self._model._meta.db_table, names, values)

    def _number(
        self, columns: list[models.Field], values: list[Any], count: int, numbers: Sequence[int] | None
    ) -> list[Any] | None:
        """Give rows without a number the one that the database would give; return the loaded keys of all.

        None where only the database will know them.
        """
        pk = self._model._meta.pk
        given = columns.index(pk) if pk in columns else None
        if given is None:
            if not self.needs_numbers or not isinstance(pk, models.AutoField):
                return None
            numbers = numbers or take_numbers(self._model, count, self._connection)
            columns.append(pk)
            loaded = numbers if self._null is None else list(map(str, numbers))
            values.append(loaded)
            return loaded
        if isinstance(pk, models.AutoField):
            self._has_own_pks = True
            lacking = values[given].count(self._null)
            new = iter(take_numbers(self._model, lacking, self._connection))
            values[given] = [
                self._loadable(next(new)) if loaded == self._null else loaded for loaded in values[given]
            ]
        return values[given]

    def _note_keys(self, batch: Batch, places: Sequence[int] | None, pks: list[Any] | None) -> None:
        if pks is None:
            return
        if places is None:
            batch.pks = list(pks)
            return
        batch.pks = batch.pks or [None] * len(batch)
        for place, pk in zip(places, pks, strict=True):
            batch.pks[place] = pk

    def python_keys(self, pks: Sequence[Any] | None) -> list[Any]:
        """Return loaded keys as Python has them."""
        return list(map(self._model._meta.pk.to_python, pks or ()))

    def _now_texts(self) -> dict[str, Any]:
        """Return by name the loaded values of the fields that the program fills in."""
        fields = (field for field in _stored_fields(self._model) if is_filled_by_program(field))
        return {field.name: self._loadable(self._now(field)) for field in fields}

    @property
    def fills_nothing(self) -> bool:
        """Whether the database alone fills the fields that the file lacks."""
        return not any(self._fills(field) for field in self._added)

    def _fills(self, field: models.Field) -> bool:
        if isinstance(field, models.AutoField) or (field.has_db_default() and not field.has_default()):
            return False
        return is_filled_by_program(field) or field.has_default() or not field.null

    def _filled(self, field: models.Field, count: int, now: Mapping[str, Any]) -> list[Any] | None:
        """Return the column of a field that the file lacks; None when the database fills it."""
        if field.name in now:
            return [now[field.name]] * count
        if not field.has_default() and (field.has_db_default() or isinstance(field, models.AutoField)):
            return None
        if callable(field.default):
            return [self._loadable(self._stored(field, field.get_default())) for _row in range(count)]
        return [self._loadable(self._stored(field, field.get_default()))] * count

    def _now(self, field: models.Field) -> Any:
        return self._stored(field, field.pre_save(self._model(), add=True))

    def _stored(self, field: models.Field, value: Any) -> Any:
        return field.get_db_prep_save(value, self._connection)

    # --- Rows that are there ---

    def update(self, batch: Batch, places: Sequence[int]) -> None:
        """Write the rows at these places into those they were matched to."""
        if self.updater is not None:
            self.updater.update(batch, places, self._touched())
        pks = self.python_keys(picked(batch.pks, places)) if self.links else []
        for links in self.links:
            links.replace(pks, picked(batch.columns[links.index], places))

    def _touched(self) -> dict[str, Any]:
        """Return by column the times of change."""
        return {field.column: self._now(field) for field in fields_of_change(self._model)}

    def write(
        self,
        batch: Batch,
        places: Sequence[int] | None,
        write: Callable[[Batch, Any], None],
        refused: dict[int, dict[str, tuple[str, ...]]],
    ) -> None:
        """Write rows with `insert` or `update`; those that the database refuses go to `refused`."""
        count = len(batch) if places is None else len(places)
        if not count:
            return
        try:
            with transaction.atomic(using=self._connection.alias):
                write(batch, places)
        except (IntegrityError, DataError, UnicodeEncodeError) as error:
            places = range(count) if places is None else places
            if count == 1:
                refused[places[0]] = {WHOLE_ROW: (self._words(error),)}
                return
            self.write(batch, places[: count // 2], write, refused)
            self.write(batch, places[count // 2 :], write, refused)

    def _words(self, error: Exception) -> str:
        """Return which rule is broken, else what the database says, with people's names for its columns."""
        if isinstance(error, IntegrityError) and (complaint := complaint_of(error, self._model)):
            return complaint
        labels = {field.column: str(field.verbose_name) for field in _stored_fields(self._model)}
        reason = re.sub(r"\w+", lambda word: labels.get(word[0], word[0]), str(error).splitlines()[0])
        return _("The database refuses this row: %(reason)s") % {"reason": reason}

    def finish(self) -> None:
        """Set the numbering of the table past the numbers that came from the file.

        Never back, as Django's own statement would: the number of a deleted row is nobody else's. SQLite's
        AUTOINCREMENT keeps to that by itself.
        """
        if not self._has_own_pks or self._connection.vendor != "postgresql":
            return
        table, pk = self._model._meta.db_table, self._model._meta.pk.column
        quote = self._connection.ops.quote_name
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quote(table), pk])
            sequence = cursor.fetchone()[0]
            if sequence is None:  # the host project numbers these rows in a way of its own
                return
            highest = f"SELECT max({quote(pk)}) FROM {quote(table)}"  # noqa: S608
            reached = f"SELECT last_value FROM {sequence}"  # noqa: S608
            cursor.execute(f"SELECT setval(%s, GREATEST(({highest}), ({reached})))", [sequence])


def _stored_fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
