"""The rows that a relation refers to, for conversions: asked for many values at once, and remembered.

Rows that are missing are made where that was decided, or foreseen where a conversion is only looked at.
"""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Q

from dynadmin.conversion import NewRow, RowKey
from dynadmin.conversion.reasons import cannot
from dynadmin.exceptions import CannotConvert
from dynadmin.executor.physical import physical_model
from dynadmin.factory import build_models
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.fieldtypes.fields.relations import condition_on
from dynadmin.naturalkeys import (
    Finder,
    Found,
    RowMaker,
    is_safe_key,
    key_candidates,
    reading_field,
    why_not_enough,
)
from dynadmin.revisions import latest_revision_id, load_schema
from dynadmin.schema import FieldSchema, TableSchema

# Columns that are asked whether they tell rows, and texts that are remembered with the row they tell.
MOST_KEYS = 8
REMEMBERED = 100_000

# What becomes of values that no row has: nothing, a row that is only foreseen, a row.
REFUSED, FORESEEN, MADE = "refused", "foreseen", "made"


class TargetRows:
    """The rows of the target of a relation; see ``conversion.Rows``."""

    def __init__(self, relation: FieldSchema, *, missing: str = REFUSED) -> None:
        self._relation = relation
        self._missing = missing
        self._pks: dict[tuple[str, str], Any] = {}
        self._refused: dict[tuple[str, str], CannotConvert] = {}
        self._texts: dict[tuple[str, Any], str | None] = {}
        self._finders: dict[str, Finder] = {}

    @cached_property
    def _table(self) -> TableSchema | None:
        id = self._relation.target_table
        return None if id is None else load_schema(latest_revision_id()).tables.get(id)

    @cached_property
    def _model(self) -> type[models.Model] | None:
        """The class with all columns that there are: a conversion may go by one that is replaced with it."""
        if self._relation.target_table is None:
            return apps.get_model(self._relation.target)
        return physical_model(self._table) if self._table else None

    @cached_property
    def _live_model(self) -> type[models.Model] | None:
        """The class that rows are made with, as people would."""
        if self._relation.target_table is None or self._table is None:
            return self._model
        return build_models([self._table])[self._table.id]

    @property
    def label(self) -> str:
        return str(self._model._meta.verbose_name_plural) if self._model else self._relation.target

    # --- Columns that tell rows ---

    def candidates(self) -> Sequence[RowKey]:
        return self._keys

    @cached_property
    def _keys(self) -> tuple[RowKey, ...]:
        live = self._live_model
        candidates = key_candidates(live)[:MOST_KEYS] if live else ()
        is_dynamic = self._relation.target_table is not None
        return tuple(
            RowKey(
                name=key.name,
                label=str(key.verbose_name),
                column=key.column if is_dynamic and not key.primary_key else key.name,
            )
            for key in candidates
        )

    def telling_keys(self) -> Sequence[RowKey]:
        return self._telling_keys

    @cached_property
    def _telling_keys(self) -> tuple[RowKey, ...]:
        if self._model is None:
            return ()
        fields = {key.column: self._model._meta.get_field(key.column) for key in self._keys}
        rows = self._model._base_manager.all()
        return tuple(key for key in self._keys if is_safe_key(rows, fields[key.column]))

    def may_be_made(self) -> bool:
        live = self._live_model
        return live is not None and any(not why_not_enough(live, key) for key in key_candidates(live))

    # --- From texts to rows ---

    def count(self, column: str, texts: Collection[str]) -> int:
        values = {value for text in texts if (value := self._value(column, text)) is not None}
        return sum(found.is_one for found in self._finder(column).find(values).values())

    def learn(self, column: str, texts: Collection[str]) -> None:
        # What told no row may do so by now.
        self._refused.clear()
        unknown = [text for text in texts if (column, text) not in self._pks]
        if len(self._pks) + len(unknown) > REMEMBERED:
            self._pks.clear()
            unknown = list(texts)
        self._resolve(column, unknown)

    def row(self, column: str, text: str) -> Any:
        key = (column, text)
        if key not in self._pks and key not in self._refused:
            self._resolve(column, [text])
        if key in self._refused:
            raise self._refused[key]
        return self._pks[key]

    def _resolve(self, column: str, texts: Sequence[str]) -> None:
        if not column or self._model is None:
            self._refused |= {(column, text): cannot("row") for text in texts}
            return
        values = {text: self._value(column, text) for text in texts}
        found: dict[Any, Any] = dict(self._finder(column).find({v for v in values.values() if v is not None}))
        missing = [text for text, value in values.items() if value is not None and value not in found]
        made = self._made(column, {text: values[text] for text in missing})
        for text, value in values.items():
            outcome = made.get(text) or found.get(value)
            if isinstance(outcome, Found) and outcome.is_one:
                self._pks[column, text] = outcome.pk
            elif isinstance(outcome, CannotConvert):
                self._refused[column, text] = outcome
            else:
                self._refused[column, text] = cannot(_why_not(outcome))

    def _value(self, column: str, text: str) -> Any:
        """Return the value that the text means in the column; None if it means none."""
        try:
            value = reading_field(self._field(column)).clean(text, None)
        except (ValidationError, ArithmeticError, ValueError, TypeError):
            return None
        return None if value == "" else value

    def _field(self, column: str) -> models.Field:
        assert self._model is not None
        return self._model._meta.get_field(column)

    def _finder(self, column: str) -> Finder:
        if column not in self._finders:
            assert self._model is not None
            limit = self._limit(self._model)
            self._finders[column] = Finder(
                self._model, self._field(column), alias=DEFAULT_DB_ALIAS, limit=limit
            )
        return self._finders[column]

    def _limit(self, model: type[models.Model]) -> Q:
        """Return which rows the relation allows to be chosen, in the names of a class."""
        allowed = Q()
        for condition in self._relation.options.get("limit") or ():
            known = {getattr(field, "field_id", None): field for field in model._meta.concrete_fields}
            known |= {field.name: field for field in model._meta.concrete_fields}
            field = known.get(condition["field"])
            allowed &= Q(pk__in=()) if field is None else condition_on(field, condition)
        return allowed

    # --- New rows ---

    def _made(self, column: str, values: dict[str, Any]) -> dict[str, Found | CannotConvert]:
        """Return by text the rows that are made of it, or why none can be; none where none are to be."""
        if not values or self._missing == REFUSED:
            return {}
        key = self._live_key(column)
        if why_not := why_not_enough(key.model, key):
            return dict.fromkeys(values, CannotConvert(why_not, "unmade"))
        if self._missing == FORESEEN:
            return {text: Found(NewRow(text)) for text in values}
        made = self._maker(key).make(sorted(set(values.values()), key=str))
        if connection.vendor == "postgresql":
            # A table whose new rows are still to be checked cannot be altered in the same transaction.
            connection.check_constraints()
        outcomes = {text: made[value] for text, value in values.items()}
        return {
            text: outcome if isinstance(outcome, Found) else cannot("unmade")
            for text, outcome in outcomes.items()
        }

    def _live_key(self, column: str) -> models.Field:
        assert self._live_model is not None
        fields = self._live_model._meta.concrete_fields
        return next(field for field in fields if column in (field.column, field.name))

    def _maker(self, key: models.Field) -> RowMaker:
        limit = self._limit(key.model)
        return RowMaker(Finder(key.model, key, alias=DEFAULT_DB_ALIAS, limit=limit))

    # --- From rows to texts ---

    def learn_rows(self, column: str, pks: Collection[Any]) -> None:
        unknown = {pk for pk in pks if (column, pk) not in self._texts}
        if len(self._texts) + len(unknown) > REMEMBERED:
            self._texts.clear()
            unknown = set(pks)
        if not unknown or self._model is None:
            return
        field = self._field(column)
        found = Finder(self._model, field, alias=DEFAULT_DB_ALIAS).texts(unknown)
        write = text_writer(field)
        for pk in unknown:
            value = found.get(pk)
            self._texts[column, pk] = None if value is None else write(value)

    def text(self, column: str, pk: Any) -> str | None:
        if (column, pk) not in self._texts:
            self.learn_rows(column, [pk])
        return self._texts.get((column, pk))


def _why_not(outcome: Any) -> str:
    if not isinstance(outcome, Found):
        return "row"
    return "rows" if outcome.is_allowed else "forbidden"


def target_rows(field: FieldSchema, *, missing: str = REFUSED) -> TargetRows | None:
    """Return the rows that a field refers to; None if it refers to none, or its values are no ids."""
    return TargetRows(field, missing=missing) if field.target and field.stored == "column" else None
