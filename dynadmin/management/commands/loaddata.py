"""``loaddata``: Django's own; a fixture that brings the record of tables brings the tables."""

import io
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializedObject
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.timezone import now

from dynadmin.background import RUNNERS
from dynadmin.exceptions import RefusedChange
from dynadmin.executor import make_tables
from dynadmin.executor.emptying import tables_in_database
from dynadmin.executor.grants import complete_grants
from dynadmin.executor.numbers import LABEL, numbers_kept
from dynadmin.executor.releasing import keep_numbers, lock_schema
from dynadmin.executor.transactions import references_unchecked
from dynadmin.factory import APP_LABEL
from dynadmin.jobs import State
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision, latest_revision_id, load_schema
from dynadmin.schema import Schema

RECORD = b"dynadmin.schemarevision"


class Command(loaddata.Command):
    """Into a database without a revision it first loads the record, and makes what that says there is.

    A record that is not the one of this database is refused: its tables would not be those in force.
    """

    def handle(self, *fixture_labels: str, **options: Any) -> None:
        """Load the fixtures, all or nothing."""
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*fixture_labels, **options)
            return
        self.typed = sys.stdin.read() if loaddata.READ_STDIN in fixture_labels else ""
        try:
            with references_unchecked():  # on SQLite it has to be so before the transaction begins
                super().handle(*fixture_labels, **options)
        except RefusedChange as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        finally:
            registry.refresh()

    @cached_property
    def compression_formats(self) -> dict[str | None, Any]:
        # What somebody types can be read once only.
        typed = (lambda *args: io.StringIO(self.typed), None)
        return {**super().compression_formats, "stdin": typed}

    def loaddata(self, fixture_labels: tuple[str, ...]) -> None:
        """Load them within the transaction that ``handle`` has begun."""
        if self.using != DEFAULT_DB_ALIAS:
            super().loaddata(fixture_labels)
            return
        registry.refresh()
        before = latest_revision_id()
        self.serialization_formats = serializers.get_public_serializer_formats()
        with numbers_kept():
            if not self._brings_record(fixture_labels):
                super().loaddata(fixture_labels)
            elif before:
                self._refuse_another_record(fixture_labels, before)
                super().loaddata(fixture_labels)
            else:
                self._load_all(fixture_labels)

    # --- The record first ---

    def _brings_record(self, labels: tuple[str, ...]) -> bool:
        is_left_out = (
            SchemaRevision in self.excluded_models or apps.get_app_config(LABEL) in self.excluded_apps
        )
        return not is_left_out and any(
            RECORD in (line if isinstance(line, bytes) else line.encode())
            for file, _format in self._fixtures(labels)
            for line in file
        )

    def _refuse_another_record(self, labels: tuple[str, ...], before: int) -> None:
        revisions = [row.object for row in self._rows(labels) if isinstance(row.object, SchemaRevision)]
        newest = max(revisions, key=lambda revision: revision.pk)
        if newest.pk != before or Schema.from_json(newest.schema) != load_schema(before):
            raise CommandError(
                f"Nothing was loaded: this database has tables, as of revision {before}, and the fixture "
                f"brings the record of others. Leave that out (-e {LABEL} -e {APP_LABEL} -i), and load "
                "definitions with loadschema."
            )

    def _load_all(self, labels: tuple[str, ...]) -> None:
        lock_schema()
        if there := tables_in_database():
            raise CommandError(f"There are tables in no revision, as {there[0]}: see syncdynamic --check.")
        if connection.vendor == "postgresql":
            # Rows of a fixture come before those they refer to.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        brings_content_types = self._load_record(labels)
        schema = load_schema(latest_revision_id())
        make_tables(schema)
        if not brings_content_types:
            _complete_grants(schema)
        registry.refresh()
        super().loaddata(labels)
        _complete_grants(schema)
        keep_numbers(*schema.tables.values(), models=apps)
        words = "It was on its way in the installation that this was loaded from."
        for kind in RUNNERS:
            unfinished = apps.get_model(kind).objects.unfinished()
            unfinished.update(state=State.CANCELLED, error=words, finished_at=now())

    def _load_record(self, labels: tuple[str, ...]) -> bool:
        """Load the rows of our models; return whether there are those of content types, too."""
        brings_content_types = False
        for row in self._rows(labels):
            brings_content_types |= isinstance(row.object, ContentType)
            # Whom they refer to is not there yet; they are loaded once more with everything.
            if row.object._meta.app_label == LABEL:
                row.save(using=self.using)
        return brings_content_types

    def _rows(self, labels: tuple[str, ...]) -> Iterator[DeserializedObject]:
        """Yield the rows of models that there are now."""
        for file, format in self._fixtures(labels):
            yield from serializers.deserialize(
                format, file, using=self.using, ignorenonexistent=True, handle_forward_references=True
            )

    def _fixtures(self, labels: tuple[str, ...]) -> Iterator[tuple[IO, str]]:
        for label in labels:
            for path, _directory, _name in self.find_fixtures(label):
                _name, format, compression = self.parse_name(Path(path).name)
                opened, mode = self.compression_formats[compression]
                with opened(path, mode) as file:
                    yield file, format


def _complete_grants(schema: Schema) -> None:
    for table in schema.tables.values():
        if not table.purged:
            complete_grants(table)
