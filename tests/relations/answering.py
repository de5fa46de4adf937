"""What a process sees of relations, and does to rows; another process is asked by lines of JSON."""

import json
import subprocess
import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import ProtectedError

from dynadmin.registry import registry
from tests.relations.world import USERS
from tests.support import process_environment

SERVE = "import django; django.setup(); from tests.relations.answering import serve; serve()"


def answer(asked: dict[str, Any]) -> Any:
    """Return what this process answers to one question."""
    registry.refresh()
    return globals()[f"_{asked.pop('about')}"](**asked)


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

    def answer(self, asked: dict[str, Any]) -> Any:
        self.process.stdin.write(json.dumps(asked) + "\n")
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
