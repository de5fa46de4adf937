"""The live classes of this process, always those of one revision.

A reader asks one question a request ("what is the newest revision?") and adopts it if it is newer: only
changed tables get new classes, made out of sight and swapped in whole, so that no thread ever sees half a
registry. The old classes stay intact for the requests that began with them, and are garbage when the last of
those has ended.
"""

import logging
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError
from django.utils.translation import gettext as _

from dynadmin.exceptions import NotApplied, TableRetired, UnknownFieldType
from dynadmin.factory import APP_LABEL, Row, build_models, is_installed, ordinary_models
from dynadmin.fieldtypes import field_types
from dynadmin.kinds import unknown_part
from dynadmin.revisions import NO_REVISION, latest_revision_id, load_changes, load_schema
from dynadmin.schema import Schema, TableSchema
from dynadmin.signals import revision_adopted

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One revision as this process serves it. ``models`` are the classes of its live tables by id."""

    revision: int = NO_REVISION
    schema: Schema = field(default_factory=Schema)
    models: Mapping[int, type[Row]] = field(default_factory=dict)

    def model(self, table_id: int) -> type[Row]:
        """Return the class of a table. Raises NotApplied or TableRetired."""
        try:
            return self.models[table_id]
        except KeyError:
            raise self._unavailable(self.schema.tables.get(table_id), table_id) from None

    def model_named(self, name: str) -> type[Row]:
        """Return the class of the table with this name. Raises NotApplied or TableRetired."""
        try:
            return self.model(self.schema.table_named(name).id)
        except KeyError:
            retired = (
                t for t in self.schema.tables.values() if t.retired and not t.purged and t.name == name
            )
            raise self._unavailable(next(retired, None), name) from None

    def _unavailable(self, table: TableSchema | None, asked: int | str) -> LookupError:
        words = {"table": table.label or table.name if table else asked}
        if table is None:
            return NotApplied(
                _("There is no table “%(table)s”, or it was never applied: then call sync() on it.") % words
            )
        if table.released or (model := ordinary_models().get(table.db_table)):
            words["model"] = table.released or model._meta.label
            return NotApplied(_("Table “%(table)s” is now that of the model %(model)s.") % words)
        if table.purged:
            return NotApplied(_("Table “%(table)s” was deleted for good.") % words)
        if table.retired:
            return TableRetired(
                _("Table “%(table)s” was retired: its rows are kept, but out of reach.") % words
            )
        return NotApplied(_("Table “%(table)s” has a field of a type that is not installed.") % words)


class ModelRegistry:
    """Owner of the live classes. One instance a process: ``registry``."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._adopted = Snapshot()
        self._pinned: ContextVar[Snapshot | None] = ContextVar("dynadmin_snapshot", default=None)
        self._users: Counter[int] = Counter()

    @property
    def current(self) -> Snapshot:
        """The snapshot this request has pinned, else the newest one adopted."""
        return self._pinned.get() or self._adopted

    @property
    def newest(self) -> Snapshot:
        """The snapshot this process has adopted last, whatever this request has pinned."""
        return self._adopted

    def refresh(self) -> bool:
        """Adopt the newest revision. Return True if the models changed. One query if they did not."""
        if (newest := latest_revision_id()) == self._adopted.revision:
            return False
        with self._lock:
            return self._adopt(newest)

    def forget(self) -> None:
        """Serve no table any more, as the database is about to have none; ``refresh`` looks again."""
        with self._lock:
            old = self._adopted
            self._publish(Snapshot())
            revision_adopted.send(sender=self, snapshot=self._adopted, previous=old)

    def latest(self) -> Snapshot:
        """Return the snapshot of the newest revision, and move this request on to it.

        For whoever has just changed the schema: the rest of the request goes on with what it made.
        """
        self.refresh()
        pinned = self._pinned.get()
        if pinned is not None and pinned is not self._adopted:
            self._enter(self._adopted)
            self._pinned.set(self._adopted)
            self._leave(pinned)
        return self._adopted

    @contextmanager
    def in_use(self) -> Iterator[Snapshot]:
        """Adopt the newest revision and keep to it until the end of the block."""
        if (outer := self._pinned.get()) is not None:
            yield outer
            return
        self.refresh()
        snapshot = self._adopted
        self._enter(snapshot)
        token = self._pinned.set(snapshot)
        try:
            yield snapshot
        finally:
            last = self._pinned.get()
            self._pinned.reset(token)
            self._leave(last or snapshot)

    def _enter(self, snapshot: Snapshot) -> None:
        with self._lock:
            self._users[snapshot.revision] += 1

    def _leave(self, snapshot: Snapshot) -> None:
        """Let go of a snapshot; the last to leave an old one ends its epoch."""
        with self._lock:
            self._users[snapshot.revision] -= 1
            if self._users[snapshot.revision]:
                return
            del self._users[snapshot.revision]
            if snapshot.revision != self._adopted.revision:
                # A reader of the old classes may have written a graph of relations back that names them.
                apps.clear_cache()

    def _adopt(self, newest: int) -> bool:
        old = self._adopted
        revision, schema, changed = self._load(old, newest)
        if revision == old.revision:
            return False
        ids = {table.id for table in changed}
        # Classes know each other both ways: what is related goes together, or keeps old acquaintances.
        ids |= old.schema.related(ids) | schema.related(ids | old.schema.related(ids))
        models = {id: model for id, model in old.models.items() if id in schema.tables and id not in ids}
        models |= self._build([schema.tables[id] for id in sorted(ids & set(schema.tables))])
        self._publish(Snapshot(revision=revision, schema=schema, models=models))
        revision_adopted.send(sender=self, snapshot=self._adopted, previous=old)
        return True

    def _load(self, old: Snapshot, newest: int) -> tuple[int, Schema, list[TableSchema]]:
        """Return the newest revision, its schema, and the tables in it that this process does not have."""
        # Where the newest is lower than this process's, the database was flushed, or is another one.
        newer = load_changes(since=old.revision) if 0 < old.revision < newest else None
        if newer and newer[0] != old.revision:
            revision, changed = newer
            return revision, old.schema.with_tables(changed), changed
        revision = latest_revision_id()
        schema = load_schema(revision)
        return revision, schema, list(schema.changed_since(old.schema))

    def _build(self, changed: list[TableSchema]) -> dict[int, type[Row]]:
        # A table that an app's model has is that model's, also before "migrate" has handed it over.
        taken = ordinary_models()
        live = {t.id: t for t in changed if not t.retired and t.db_table not in taken}
        while unserved := [(table, problem) for table in live.values() if (problem := _problem(table, live))]:
            # One table of a type that is gone must not take all others with it.
            for table, problem in unserved:
                logger.error("Table %r (%s) is not served: %s", table.name, table.db_table, problem)
                del live[table.id]
        return build_models(live.values(), is_complete=True)

    def _publish(self, snapshot: Snapshot) -> None:
        """Swap the classes in: whole dictionaries, as other threads iterate over the old ones."""
        served = set(snapshot.models.values())
        for model in set(self._adopted.models.values()) - served:
            for outgoing in (model, *model.link_models.values()):
                # Once out of the registry it would find nobody who refers to it, and delete without them.
                outgoing._meta._relation_tree  # noqa: B018 -- kept by being asked for
        made = [m for model in snapshot.models.values() for m in (model, *model.link_models.values())]
        classes = {model._meta.model_name: model for model in made}
        apps.all_models[APP_LABEL] = classes
        apps.get_app_config(APP_LABEL).models = classes
        apps.clear_cache()
        ContentType.objects.clear_cache()
        self._adopted = snapshot


def _problem(table: TableSchema, served: Collection[int]) -> str:
    """Return why a table cannot have a class beside those that are served; ``""`` if it can."""
    if unknown := unknown_part(table):
        return unknown
    for column in table.live_fields:
        try:
            field_types[column.type]
        except UnknownFieldType as error:
            return str(error)
        if column.target_table is not None and column.target_table not in served:
            return f"field {column.name!r} refers to a table that is not served"
        if column.target and column.target_table is None and not is_installed(column.target):
            return f"field {column.name!r} refers to {column.target}, which is not installed"
    return ""


registry = ModelRegistry()


def schema_moved_on(error: Exception) -> bool:
    """Whether a database error may come of a newer revision than the one this request keeps to.

    Then a question may be put once more (after ``registry.latest()``), and a change has to be told of the
    reason. To be asked outside the transaction that failed. One query, for database errors only.
    """
    return isinstance(error, DatabaseError) and latest_revision_id() != registry.current.revision
