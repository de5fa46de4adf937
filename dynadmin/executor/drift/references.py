"""Foreign keys, and the tables of links: those that relations want, and those that nobody does."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.ddl import flush
from dynadmin.executor.drift.columns import words_of
from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.mending import held_columns, rebuild
from dynadmin.executor.drift.state import State
from dynadmin.executor.inspection import Reference
from dynadmin.executor.links import create_links, set_link_references
from dynadmin.executor.references import add_reference, dangling, drop_reference, is_reference
from dynadmin.factory import build_link_model
from dynadmin.schema import FieldSchema, TableSchema

ENDS = {"source_id": "source", "target_id": "target"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A column that refers to rows: in a table itself, or of the links of its ``field``."""

    table: TableSchema
    model: type[Model]
    column: Field
    field: FieldSchema | None = None

    @property
    def is_held(self) -> bool:
        return is_reference(self.column)

    @property
    def words(self) -> dict[str, str]:
        if self.field is None:
            return words_of(self.table, self.column.column)
        column = f"{self.field.link_table}.{self.column.column}"
        return words_of_links(self.table, self.field) | {"column": column}

    def found(self, state: State) -> list[Reference]:
        """Return the foreign keys that the column has."""
        there = state.references.get(self.model._meta.db_table, ())
        return [reference for reference in there if reference.column == self.column.column]

    def leads_right(self, reference: Reference) -> bool:
        target = self.column.target_field
        return (reference.target, reference.target_column) == (target.model._meta.db_table, target.column)

    def hold(self, editor, state: State, *, is_held: bool) -> None:
        """Give the column its foreign key, or take it away."""
        if connection.vendor == "sqlite" and self.field:
            set_link_references(editor, self.table, self.field)
        elif connection.vendor == "sqlite":
            held = held_columns(state, self.table) - {self.column.column}
            rebuild(editor, state, self.table, held=held | ({self.column.column} if is_held else set()))
        elif is_held:
            add_reference(editor, self.model, self.column)
        else:
            drop_reference(editor, self.model, self.column)
        flush(editor)


def places(state: State) -> Iterator[Place]:
    """Yield all columns that refer to rows, or did before their field was retired."""
    for table in state.present:
        model = state.models[table.id]
        for column, _found in state.fields(table):
            if column.remote_field:
                yield Place(table=table, model=model, column=column)
        for field in table.links:
            if field.link_table in state.link_tables:
                is_held = not (table.retired or field.retired)
                model = build_link_model(table, field, is_held=is_held)
                for end in ENDS.values():
                    yield Place(table=table, model=model, column=model._meta.get_field(end), field=field)


@register
class MissingReference(Kind):
    id = "dynadmin.W171"
    title = gettext_lazy("A relation has no foreign key in the database.")
    hint = gettext_lazy(
        "Rows may refer to rows that are gone. --repair adds it if none does. Otherwise choose another row "
        "for each of those, or none."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for place in places(state):
            if place.is_held and not any(map(place.leads_right, place.found(state))):
                what = _("Nothing holds %(column)s (“%(field)s” of “%(table)s”) to rows that are there.")
                yield self.drift(place.table, what % place.words, partial(_add, place))


def _add(place: Place, editor, state: State) -> None:
    if count := dangling(place.model, place.column).count():
        message = ngettext(
            "%(count)d row refers to a row that is gone.",
            "%(count)d rows refer to rows that are gone.",
            count,
        )
        raise RefusedChange(message % {"count": count})
    place.hold(editor, state, is_held=True)


@register
class UnneededReference(Kind):
    id = "dynadmin.W172"
    title = gettext_lazy("The database holds a column to rows, and no relation does.")
    hint = gettext_lazy(
        "Rows cannot be deleted though nobody sees what refers to them. --repair drops the foreign key of a "
        "field that was deleted. One that leads elsewhere is somebody's own: drop it by hand."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for place in places(state):
            for reference in place.found(state):
                is_right = place.leads_right(reference)
                if place.is_held and is_right:
                    continue
                what = _("A foreign key holds %(column)s (“%(field)s” of “%(table)s”) to %(target)s.")
                repair = partial(_drop, place) if is_right else None
                yield self.drift(place.table, what % (place.words | {"target": reference.target}), repair)


def _drop(place: Place, editor, state: State) -> None:
    place.hold(editor, state, is_held=False)


@register
class MissingLinks(Kind):
    id = "dynadmin.W173"
    title = gettext_lazy("The table with the links of a field is not in the database.")
    hint = gettext_lazy(
        "Restore it from a backup if you can: its links are gone. --repair makes an empty one."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field in table.links:
                if field.link_table not in state.link_tables:
                    words = words_of_links(table, field)
                    what = _("Field “%(field)s” of “%(table)s” lacks the table %(name)s of its links.")
                    yield self.drift(table, what % words, partial(_make, table, field))


def _make(table: TableSchema, field: FieldSchema, editor, state: State) -> None:
    create_links(editor, table, field)
    flush(editor)


@register
class UnknownLinks(Kind):
    id = "dynadmin.W174"
    title = gettext_lazy("A table of links is in the database, but no field's.")
    hint = gettext_lazy("Look at its rows; drop it by hand if nobody needs them. --repair leaves it alone.")

    def find(self, state: State) -> Iterator[Drift]:
        known = {field.link_table for table in state.known for field in table.links}
        released = any(table.released for table in state.schema.tables.values())
        for name in sorted(state.link_tables - known) if state.is_whole and not released else ():
            what = _("Table %(name)s is in the database, but holds the links of no field.")
            yield self.drift(name, what % {"name": name})


def words_of_links(table: TableSchema, field: FieldSchema) -> dict[str, str]:
    """Return the words that sentences on the links of a field are made of."""
    return {
        "table": table.label or table.name,
        "field": field.label or field.name,
        "name": field.link_table,
    }
