"""Taking back changes of the rows of one table, many at a time: each kind of change has its own way."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import DataError, IntegrityError, connections, models, transaction
from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils.translation import gettext as _

from dynadmin.kinds.stamps import fields_of_change
from dynadmin.loading import load
from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.contexts import unnoted
from dynadmin.rowhistory.notes import note_changed, note_created
from dynadmin.rowhistory.values import UnreadableValue, decode, differs, encode, key_of

Pairs = Iterable[tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A row that an undo leaves as it is, and why. ``table`` is the id of its table."""

    table: int
    row: int
    reason: str


@dataclass(kw_only=True)
class Reverted:
    """How many rows something was taken back of, and which stand in the way."""

    action: Action
    done: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


class Reverting:
    """Takes back changes of one table. ``is_own`` says of the number of one of its rows whether what is
    being taken back created it, ``own`` narrows changes down to those."""

    def __init__(
        self,
        model: Any,
        is_own: Callable[[int], bool],
        own: models.Q,
        using: str,
    ) -> None:
        self.model = model
        self.table = model.table_schema.id
        self._is_own = is_own
        self._own = own
        self._using = using
        self._connection = connections[using]
        self._rows = model._base_manager.using(using)
        self._kept: set[int] = set()
        self._brought_back: set[int] = set()  # with what they were linked to, which is no change of them

    def revert(self, action: str, changes: Sequence[RowChange]) -> Reverted:
        """Take back changes of one kind, in the transaction of the caller."""
        ways = {
            Action.CREATED: self._take_out,
            Action.CHANGED: self._change_back,
            Action.DELETED: self._bring_back,
        }
        result = Reverted(action=Action(action))
        ways[result.action](changes, result)
        return result

    def _refuse(self, result: Reverted, row: int, reason: str) -> None:
        """Leave a row as it is, whatever else there is of it, and say once why."""
        if row not in self._kept:
            self._kept.add(row)
            result.conflicts.append(Conflict(table=self.table, row=row, reason=reason))

    # --- Created rows are taken out ---

    def _take_out(self, changes: Sequence[RowChange], result: Reverted) -> None:
        there: list[int] = []
        for change in changes:
            rows = self._rows.filter(pk__gte=change.row, pk__lte=change.last_row)
            there += rows.order_by("pk").select_for_update().values_list("pk", flat=True)
        kept = {pk: "" for pk in there if pk in self._kept}
        kept |= self._edited(there, after=min(change.pk for change in changes))
        kept |= self._referred([pk for pk in there if pk not in kept])
        for pk in sorted(kept):
            self._refuse(result, pk, kept[pk])
        gone = [pk for pk in there if pk not in kept]
        for relation in self._relations():
            if relation.related_model._meta.auto_created:
                self._raw_delete(relation.related_model, relation.field.name, gone)
        self._raw_delete(self.model, "pk", gone)
        result.done = len(gone)

    def _edited(self, keys: Sequence[int], *, after: int) -> dict[int, str]:
        """Return of those that somebody else changed since why they stay."""
        later = RowChange.objects.using(self._using).filter(table=self.table, action=Action.CHANGED)
        later = later.filter(pk__gt=after).exclude(self._own)
        reason = _("It was changed since.")
        found: dict[int, str] = {}
        for part in parts(keys):
            rows = later.filter(row__in=part).values_list("row", flat=True)
            found |= dict.fromkeys(rows, reason)
        return found

    def _referred(self, keys: Sequence[int]) -> dict[int, str]:
        """Return of those that other rows refer to why they stay."""
        found: dict[int, str] = {}
        for relation in self._relations():
            owner, name = relation.related_model, relation.field.name
            if owner._meta.auto_created and name == "source" and owner in self.model.link_models.values():
                continue  # its own links go along
            known = "source" if owner._meta.auto_created else "pk"
            holder = owner._meta.auto_created or owner
            words = {"table": holder._meta.verbose_name_plural}
            for part in parts(keys):
                pairs = owner._base_manager.using(self._using).filter(**{f"{name}__in": part})
                for pk, by in pairs.values_list(relation.field.attname, known):
                    if not (holder is self.model and self._is_own(by)):
                        words["row"] = by
                        found[pk] = _("Row %(row)s of “%(table)s” refers to it.") % words
        return found

    def _relations(self) -> Iterator[Any]:
        return get_candidate_relations_to_delete(self.model._meta)

    def _raw_delete(self, model: Any, name: str, keys: Sequence[int]) -> None:
        for part in parts(keys):
            model._base_manager.using(self._using).filter(**{f"{name}__in": part})._raw_delete(self._using)

    # --- Changed rows get back what they had ---

    def _change_back(self, changes: Sequence[RowChange], result: Reverted) -> None:
        # One row at a time where a row was changed more than once: the later has to be taken back first.
        for some in _without_repeated_rows(changes):
            self._change_some_back(some, result)

    def _change_some_back(self, changes: Sequence[RowChange], result: Reverted) -> None:
        keys = {key for change in changes for key in {**(change.before or {}), **(change.after or {})}}
        fields = [self._fields[key] for key in sorted(keys & set(self._fields))]
        now = self._locked([change.row for change in changes], fields)
        wanted: dict[int, dict[str, Any]] = {}
        linked = []
        for change in changes:
            if change.row in self._kept:
                continue
            if change.row not in now:
                self._refuse(result, change.row, _("It was deleted since."))
                continue
            reason, values = self._values_back(change, now[change.row])
            if reason:
                self._refuse(result, change.row, reason)
                continue
            linked.append(change)
            if values:
                wanted[change.row] = values
        refused = self._write(wanted, now)
        for row, reason in refused.items():
            self._refuse(result, row, reason)
        back = {change.row for change in linked if change.row in wanted and change.row not in refused}
        back |= self._link_back([change for change in linked if change.row not in refused])
        known = self._brought_back | {row for row in back if self._is_own(row)}
        result.done += len(back - known)

    def _locked(self, rows: Sequence[int], fields: Sequence[models.Field]) -> dict[int, dict[str, Any]]:
        """Return what rows have now, by the keys of these fields."""
        keys, attributes = [key_of(f) for f in fields], [f.attname for f in fields]
        found = {}
        for part in parts(rows):
            there = self._rows.filter(pk__in=part).order_by("pk").select_for_update()
            for pk, *values in there.values_list("pk", *attributes):
                found[pk] = dict(zip(keys, values, strict=True))
        return found

    def _values_back(self, change: RowChange, now: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return why a row cannot be changed back, and what it gets if it can; nothing if it has that."""
        was, made = change.before or {}, change.after or {}
        back: dict[str, Any] = {}
        for key in was:
            if key in self._links or key in self._unseen:
                continue
            if key not in self._fields:
                return _("A column of it was converted or deleted for good since."), {}
            model_field = self._fields[key]
            try:
                earlier, later = decode(model_field, was[key]), decode(model_field, made.get(key))
            except UnreadableValue:
                return _("“%(field)s” cannot have what it had.") % {"field": model_field.verbose_name}, {}
            if not differs(now[key], earlier):
                continue
            if differs(now[key], later):
                words = {"field": model_field.verbose_name, "value": str(encode(model_field, now[key]))[:60]}
                return _("“%(field)s” was changed since: it is “%(value)s” now.") % words, {}
            back[key] = earlier
        return "", back

    def _write(
        self, wanted: Mapping[int, Mapping[str, Any]], now: Mapping[int, Mapping[str, Any]]
    ) -> dict[int, str]:
        """Give rows their values, and note it; return why some did not get them."""
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for row, values in wanted.items():
            groups[tuple(values)].append(row)
        refused: dict[int, str] = {}
        for keys, rows in groups.items():
            refused |= self._bisected(rows, lambda some, keys=keys: self._set(keys, some, wanted))
        written = [row for row in wanted if row not in refused]
        note_changed(self.table, ((row, *self._difference(now[row], wanted[row])) for row in written))
        return refused

    def _difference(self, now: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Any, Any]:
        return (
            {key: encode(self._fields[key], now[key]) for key in values},
            {key: encode(self._fields[key], value) for key, value in values.items()},
        )

    def _set(self, keys: Sequence[str], rows: Sequence[int], wanted: Mapping[int, Mapping[str, Any]]) -> None:
        fields = [self._fields[key] for key in keys]
        stamps = [f for f in fields_of_change(self.model) if f not in fields]
        blank = self.model()
        now = [self._stored(f, f.pre_save(blank, add=False)) for f in stamps]
        quote = self._connection.ops.quote_name
        assigned = ", ".join(f"{quote(f.column)} = %s" for f in (*fields, *stamps))
        sql = f"UPDATE {quote(self.model._meta.db_table)} SET {assigned} WHERE {quote('id')} = %s"  # noqa: S608
        values = (
            [*(self._stored(f, wanted[row][key]) for key, f in zip(keys, fields, strict=True)), *now, row]
            for row in rows
        )
        with self._connection.cursor() as cursor:
            cursor.executemany(sql, list(values))

    def _stored(self, model_field: models.Field, value: Any) -> Any:
        return model_field.get_db_prep_save(value, self._connection)

    # --- Links ---

    def _link_back(self, changes: Sequence[RowChange]) -> set[int]:
        """Take links away that were made, and make those that were taken away; return the rows concerned."""
        concerned: set[int] = set()
        for key, link in self._links.items():
            gone = [(c.row, target) for c in changes for target in (c.after or {}).get(key, ())]
            back = [(c.row, target) for c in changes for target in (c.before or {}).get(key, ())]
            links = link._base_manager.using(self._using)
            there = self._pairs(links, gone + back)
            ids = [there[pair] for pair in gone if pair in there]
            for part in parts(ids):
                links.filter(pk__in=part)._raw_delete(self._using)
            possible = self._existing(link._meta.get_field("target").related_model, {t for _row, t in back})
            new = [pair for pair in dict.fromkeys(back) if pair not in there and pair[1] in possible]
            links.bulk_create(link(source_id=row, target_id=target) for row, target in new)
            concerned |= {row for row, target in gone if (row, target) in there} | {row for row, _t in new}
        return concerned

    def _pairs(self, links: Any, pairs: Sequence[tuple[Any, Any]]) -> dict[tuple[Any, Any], int]:
        found = {}
        for part in parts(sorted({source for source, _target in pairs})):
            rows = links.filter(source__in=part).values_list("source", "target", "pk")
            found.update({(source, target): pk for source, target, pk in rows})
        return found

    # --- Deleted rows are brought back ---

    def _bring_back(self, changes: Sequence[RowChange], result: Reverted) -> None:
        there = self._existing(self.model, [change.row for change in changes])
        missing = {change.row: change for change in changes if change.row not in there}
        targets = self._targets(missing.values())
        reasons = {row: self._lacking(change, missing, targets) for row, change in missing.items()}
        while lost := [row for row in missing if reasons.get(row)]:
            # What refers to one that stays away stays away itself.
            for row in lost:
                self._refuse(result, row, reasons[row])
                del missing[row]
            reasons = {row: self._lacking(change, missing, targets) for row, change in missing.items()}
        refused = self._bisected(list(missing), lambda rows: self._insert([missing[row] for row in rows]))
        for row, reason in refused.items():
            self._refuse(result, row, reason)
        back = [row for row in missing if row not in refused]
        note_created(self.table, back)
        self._link_back([missing[row] for row in back])
        self._brought_back.update(back)
        result.done = len(back)

    def _targets(self, changes: Collection[RowChange]) -> dict[str, set[Any]]:
        """Return of each relation, by its key, what is there of what deleted rows referred to."""
        found = {}
        for key, model_field in self._fields.items():
            if model_field.remote_field:
                kept = ((change.before or {}).get(key) for change in changes)
                wanted = {decode(model_field, value) for value in kept if value is not None}
                found[key] = self._existing(model_field.related_model, wanted)
        return found

    def _lacking(
        self, change: RowChange, coming: Collection[int], targets: Mapping[str, Collection[Any]]
    ) -> str:
        """Return what a deleted row refers to that is not there any more; ``""`` if nothing lacks."""
        for key, there in targets.items():
            model_field = self._fields[key]
            value = decode(model_field, (change.before or {}).get(key))
            is_coming = model_field.related_model is self.model and value in coming
            if value is not None and not is_coming and value not in there:
                words = {"field": model_field.verbose_name}
                return _("What its “%(field)s” refers to was deleted.") % words
        return ""

    def _insert(self, changes: Sequence[RowChange]) -> None:
        columns = [f for f in self._whole._meta.local_concrete_fields if not f.primary_key]
        live = {f.column: f for f in self.model._meta.local_concrete_fields}
        rows = (
            [change.row, *(self._value_of(f, live.get(f.column), change.before or {}) for f in columns)]
            for change in changes
        )
        load(self._connection, self.model._meta.db_table, ["id", *(f.column for f in columns)], list(rows))

    def _value_of(self, column: models.Field, live: models.Field | None, values: Mapping[str, Any]) -> Any:
        key = key_of(column)
        if key in values:
            return self._stored(column, decode(column, values[key]))
        return self._stored(live, live.get_default()) if live is not None else None

    # --- What they share ---

    @cached_property
    def _fields(self) -> dict[str, models.Field]:
        """The columns that people see, by their keys."""
        fields = self.model._meta.local_concrete_fields
        return {key_of(f): f for f in fields if not f.primary_key and hasattr(f, "field_id")}

    @cached_property
    def _whole(self) -> Any:
        """A class with the columns that nobody sees as well, if the table's own class knows of one."""
        notary = vars(self.model).get("_notary")
        return notary.whole if notary is not None else self.model

    @cached_property
    def _links(self) -> dict[str, Any]:
        return {str(id): link for id, link in self.model.link_models.items()}

    @cached_property
    def _unseen(self) -> set[str]:
        """The keys of fields that are in the trash: nobody sees what they have."""
        retired = self.model.table_schema.retired_fields
        return {f.column.removeprefix("c") if f.stored == "column" else str(f.id) for f in retired}

    def _existing(self, model: Any, keys: Iterable[Any]) -> set[Any]:
        found: set[Any] = set()
        for part in parts(sorted(keys)):
            rows = model._base_manager.using(self._using).filter(pk__in=part)
            found.update(rows.values_list("pk", flat=True))
        return found

    def _bisected(self, rows: Sequence[int], write: Callable[[Sequence[int]], None]) -> dict[int, str]:
        """Write rows; return of those that the database refuses why."""
        if not rows:
            return {}
        try:
            with transaction.atomic(using=self._using), unnoted():
                write(rows)
        except (IntegrityError, DataError, UnreadableValue) as error:
            if len(rows) == 1:
                reason = _("The database refuses what it was: %(reason)s")
                return {rows[0]: reason % {"reason": str(error).splitlines()[0]}}
            half = len(rows) // 2
            return self._bisected(rows[:half], write) | self._bisected(rows[half:], write)
        return {}


def parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield keys in parts that fit into a statement."""
    return (keys[start : start + 1000] for start in range(0, len(keys), 1000))


def _without_repeated_rows(changes: Sequence[RowChange]) -> Iterator[list[RowChange]]:
    """Yield changes in their order, in lists none of which has a row twice."""
    some: list[RowChange] = []
    rows: set[int] = set()
    for change in changes:
        if change.row in rows:
            yield some
            some, rows = [], set()
        some.append(change)
        rows.add(change.row)
    if some:
        yield some
