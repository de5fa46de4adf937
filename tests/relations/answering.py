"""What a process sees of relations, and does to rows; another process is asked by lines of JSON."""

import json
import subprocess
import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from dynadmin.registry import registry
from tests.relations.world import USERS
from tests.support import process_environment

SERVE = "import django; django.setup(); from tests.relations.answering import serve; serve()"


def answer(questions: list[dict[str, Any]]) -> list[Any]:
    """Return what this process answers to each question."""
    registry.refresh()
    return [
        globals()[f"_{asked['about']}"](**{k: v for k, v in asked.items() if k != "about"})
        for asked in questions
    ]


def model_of(table: int) -> Any:
    return get_user_model() if table == USERS else registry.newest.model(table)


def _relation(table: int, target: int, name: str) -> list[list[list[int]]]:
    """Return the pairs of ids that a relation tells: by its values, by a filter, and from the other side."""
    model, targets = model_of(table), model_of(target)
    field = model._meta.get_field(name)
    values = model.objects.values_list("pk", f"{name}__pk" if field.many_to_many else field.attname)
    filtered, reverse = [], []
    for row in targets.objects.all():
        filtered += [(pk, row.pk) for pk in model.objects.filter(**{name: row}).values_list("pk", flat=True)]
        reverse += [(pk, row.pk) for pk in _from_other_side(row, field)]
    if target == USERS:
        reverse = filtered  # static models get no attribute
    told = ([pair for pair in values if None not in pair], filtered, reverse)
    return [sorted(map(list, pairs)) for pairs in told]


def _from_other_side(row: Any, field: Any) -> list[int]:
    name = field.remote_field.get_accessor_name()
    if name is None or not hasattr(type(row), name):
        return []
    if field.one_to_one:
        return [getattr(row, name).pk] if hasattr(row, name) else []
    return list(getattr(row, name).values_list("pk", flat=True))


def _choices(table: int, target: int, name: str) -> list[int]:
    """Return the rows that a relation lets people choose."""
    field = model_of(table)._meta.get_field(name)
    allowed = model_of(target).objects.complex_filter(field.get_limit_choices_to())
    chosen = sorted(allowed.values_list("pk", flat=True))
    if not field.many_to_many:
        assert chosen == [pk for pk in _rows(target) if _is_taken(field, pk)]
    return chosen


def _is_taken(field: Any, pk: int) -> bool:
    try:
        field.clean(pk, None)
    except ValidationError:
        return False
    return True


def _values(table: int, name: str) -> list[list[Any]]:
    """Return the values of a field by row: as rows have them, and as a query finds and sorts them."""
    model = model_of(table)
    values = [[row.pk, getattr(row, name)] for row in model.objects.order_by("pk")]
    assert values == sorted(map(list, model.objects.order_by(name).values_list("pk", name)))
    for _pk, value in values:
        found = model.objects.filter(**({name: value} if value is not None else {f"{name}__isnull": True}))
        assert set(found.values_list("pk", flat=True)) == {pk for pk, other in values if other == value}
    return values


def _rows(table: int) -> list[int]:
    return sorted(model_of(table).objects.values_list("pk", flat=True))


def _delete(table: int, row: int, at_once: bool) -> str:
    """Delete a row, through itself or a queryset; say whether it was protected."""
    rows = model_of(table).objects.filter(pk=row)
    try:
        (rows if at_once else rows.get()).delete()
    except ProtectedError:
        return "protected"
    return "deleted"


class Other:
    """Another process that answers until it is stopped."""

    def __init__(self) -> None:
        command = [sys.executable, "-W", "error", "-c", SERVE]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, env=process_environment(), stdin=pipe, stdout=pipe, text=True, bufsize=1
        )

    def answer(self, questions: list[dict[str, Any]]) -> list[Any]:
        self.process.stdin.write(json.dumps(questions) + "\n")
        line = self.process.stdout.readline()
        assert line, "the other process ended; what it said is above"
        return json.loads(line)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def serve() -> None:
    """Answer each line that comes in with a line."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
