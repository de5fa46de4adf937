"""What else goes when rows are deleted, what is emptied, and what forbids it.

Rows are followed by their ids, as many as somebody can be told of; whoever deletes more asks again with each
batch.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import models
from django.db.models.deletion import get_candidate_relations_to_delete

MOST_FOLLOWED = 10_000
BATCH = 500

FORBIDDING = (models.PROTECT, models.RESTRICT)
# What is raised where rows forbid it beyond those that were followed.
REFUSALS = (models.ProtectedError, models.RestrictedError)

Model = type[models.Model]
Refusal = models.ProtectedError | models.RestrictedError


class Consequences:
    """What deleting rows of one model does, each part by the relation it comes of.

    ``deleted`` are ids of other rows that go too, ``emptied`` those that lose what they refer to,
    ``protecting`` those that forbid it. Without ``is_complete`` there are more than were looked at.
    """

    def __init__(self, model: Model, ids: Iterable[Any]) -> None:
        self.deleted: dict[models.Field, list[Any]] = defaultdict(list)
        self.emptied: dict[models.Field, list[Any]] = defaultdict(list)
        self.protecting: dict[models.Field, list[Any]] = defaultdict(list)
        self.is_complete = True
        self._model = model
        self._known: dict[Model, set[Any]] = defaultdict(set)
        self._room = MOST_FOLLOWED
        if any(_relations_to(model)):
            given = list(islice(ids, MOST_FOLLOWED + 1))
            self.is_complete = len(given) <= MOST_FOLLOWED
            self._follow(model, given[:MOST_FOLLOWED])

    @property
    def deleted_models(self) -> set[Model]:
        """The models of which other rows go; of all of which some may, where not all could be followed."""
        if self._room:
            return {field.model for field, ids in self.deleted.items() if ids}
        return cascading(self._model)

    def add_refusal(self, error: Refusal) -> None:
        """Note the rows that were found to forbid it by whoever followed them all."""
        for row in getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", ()):
            relations = (field for field in row._meta.concrete_fields if field.is_relation)
            field = next(field for field in relations if field.remote_field.on_delete in FORBIDDING)
            if row.pk not in self.protecting[field]:
                self.protecting[field].append(row.pk)

    def _follow(self, model: Model, ids: list[Any]) -> None:
        self._known[model].update(ids)
        waiting = [(model, ids)]
        while waiting:
            target, ids = waiting.pop()
            for relation in _relations_to(target):
                found = self._referring(relation, ids)
                waiting += [(relation.related_model, found)] if found else []

    def _referring(self, relation: Any, ids: list[Any]) -> list[Any]:
        """Note what a relation does to the rows that refer to these; return those that are deleted."""
        field, action = relation.field, relation.on_delete
        if action is models.CASCADE:
            known = self._known[field.model]
            found = [pk for pk in self._rows(field, ids) if pk not in known]
            known.update(found)
            self.deleted[field] += found
            return found
        place = self.protecting if action in FORBIDDING else self.emptied
        place[field] += self._rows(field, ids)
        return []

    def _rows(self, field: models.Field, ids: list[Any]) -> list[Any]:
        rows = field.model._base_manager.order_by("pk")
        found: list[Any] = []
        for start in range(0, len(ids), BATCH):
            there = rows.filter(**{f"{field.name}__in": ids[start : start + BATCH]})
            found += there.values_list("pk", flat=True)[: self._room + 1 - len(found)]
            if len(found) > self._room:
                self.is_complete = False
                break
        self._room = max(0, self._room - len(found))
        return found


def _relations_to(model: Model) -> Iterator[Any]:
    """Yield what decides on the deletion of the model's rows; links go with either of their rows."""
    for relation in get_candidate_relations_to_delete(model._meta):
        if not relation.related_model._meta.auto_created and relation.on_delete is not models.DO_NOTHING:
            yield relation


def cascading(model: Model) -> set[Model]:
    """Return the models of which rows may go along with the model's."""
    found: set[Model] = set()
    waiting = [model]
    while waiting:
        relations = _relations_to(waiting.pop())
        new = {r.related_model for r in relations if r.on_delete is models.CASCADE} - found
        found |= new
        waiting += new
    return found
