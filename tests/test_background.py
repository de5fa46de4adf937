"""Work that is left to workers: tasks, the worker in the web server, and the command that looks after it."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from dynadmin import background
from dynadmin.executor import online
from dynadmin.models import SchemaChange
from project import worker
from tests.online.support import fill
from tests.support import manage


@pytest.fixture
def change(tables, settings):
    """A change of a large table, ordered and not begun."""
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0}
    table = tables.make("event", size=("char", {"max_length": 20}))
    fill(table, 20, lambda n: {"size": str(n)})
    table.fields.update(type="int", options={})
    return online.order(table.plan())


def abandon(change, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "CHANGE_STALE_S": 0}


def state(change):
    change.refresh_from_db()
    return change.state


def test_a_worker_of_its_own_carries_out_what_is_left_to_it(change):
    background.enqueue(change)
    manage("db_worker", "--batch", "--no-startup-delay", "--verbosity=0")
    assert state(change) == "done"


def test_a_change_is_looked_after_until_it_has_ended(change, settings):
    background.enqueue(change)
    waiting = DBTaskResult.objects.filter(task_path__endswith="look_after")
    assert waiting.count() == 1

    background.look_after.call(change.pk)
    assert waiting.count() == 2
    SchemaChange.objects.update(state="cancelled")
    background.look_after.call(change.pk)
    assert waiting.count() == 2


def test_looking_after_a_change_whose_worker_is_gone_has_another_take_it_up(change, settings):
    change.claim("gone")
    abandon(change, settings)
    background.look_after.call(change.pk)
    assert state(change) == "waiting"
    DBTaskResult.objects.exclude(task_path__endswith="carry_out").delete()
    worker.work()
    assert state(change) == "done"


def test_a_task_too_many_does_nothing(change):
    background.carry_out.call(change.pk)
    background.carry_out.call(change.pk)
    background.carry_out.call(change.pk + 1)
    change.refresh_from_db()
    assert (change.state, change.attempts) == ("done", 1)


def test_tasks_that_run_at_once_carry_the_change_out_at_once(change, settings):
    package = background.task.__module__.removesuffix(".base")  # Django's, or that of the backport
    settings.TASKS = {"default": {"BACKEND": f"{package}.backends.immediate.ImmediateBackend"}}
    background.enqueue(change)
    assert state(change) == "done"


# --- The command ---


def test_the_command_leaves_what_was_left_behind_to_the_next_worker(change, settings, capsys):
    call_command("resumechanges")
    assert "No change was left behind" in capsys.readouterr().out
    abandon(change, settings)
    call_command("resumechanges")
    assert f"Change {change.pk} goes on" in capsys.readouterr().out
    assert DBTaskResult.objects.count() == 1


def test_the_command_carries_it_out_itself(change, settings, capsys):
    abandon(change, settings)
    call_command("resumechanges", "--here")
    assert state(change) == "done"


def test_the_command_fails_when_a_change_cannot_be_made(change, settings):
    from dynadmin.models import DynamicModel

    DynamicModel.objects.get().django_model.objects.create(size="many")
    abandon(change, settings)
    with pytest.raises(CommandError, match="was not made: Values of field"):
        call_command("resumechanges", "--here")
    assert state(change) == "failed"


# --- The worker in the web server ---


def test_the_embedded_worker_is_started_once_and_works(change, monkeypatch):
    monkeypatch.setattr(worker, "INTERVAL_S", 0.01)
    background.enqueue(change)
    thread = worker.start()
    try:
        assert worker.start() is thread
        assert [t.name for t in threading.enumerate()].count(worker.NAME) == 1
        for _ in range(500):
            if state(change) == "done":
                break
            thread.ended.wait(0.02)
    finally:
        thread.ended.set()
        thread.join()
    assert state(change) == "done"
