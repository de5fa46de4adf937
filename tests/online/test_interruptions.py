"""Changes that are killed, taken over or cancelled on their way: done as a whole, or not at all."""

import subprocess
import sys
import textwrap
import time

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import F

from dynadmin.changes import SchemaChange, free_abandoned
from dynadmin.exceptions import ChangeCancelled, ChangeLost, PlanError, RefusedChange
from dynadmin.executor import online
from dynadmin.executor.drift import find_drift
from dynadmin.executor.online import pacing
from dynadmin.jobs import holding
from dynadmin.models import SchemaRevision, resume_change
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.online.support import (
    LAST,
    ROWS,
    assert_nothing_happened,
    convert,
    fill,
    make,
    rows_of,
    structure_of,
    traces,
)
from tests.support import process_environment
from tests.test_rules import add_rule

pytestmark = pytest.mark.usefixtures("everything_is_large")


class Killed(OperationalError):
    """Stands for the end of the process: whatever is open is rolled back, and nobody cleans up."""


def small_batches(monkeypatch):
    monkeypatch.setattr(pacing, "SMALLEST", 10)
    monkeypatch.setattr(pacing, "LARGEST", 10)
    monkeypatch.setattr(pacing.Pace, "FIRST", 10)


def steps_of_a_change(tables, at_step):
    steps = []
    with at_step(steps.append):
        convert(make(tables, "rehearsal"))
    return steps


def test_a_change_killed_at_any_step_is_taken_up_where_it_was_left(tables, at_step, monkeypatch, settings):
    small_batches(monkeypatch)
    steps = steps_of_a_change(tables, at_step)
    assert len(steps) >= 8
    expected = structure_of(make_and_convert(tables))

    for number in range(len(steps)):
        table = make(tables, f"event_{number}")
        with at_step(kill_at(number)), pytest.raises(Killed):
            convert(table)
        change = SchemaChange.objects.first()
        assert change.is_unfinished
        done_before = change.done

        take_over(settings)
        assert change.done <= ROWS
        change = SchemaChange.objects.first()
        assert (change.state, change.done) == ("done", ROWS), steps[number]
        assert change.attempts == (1 if done_before else 2)
        assert done_before <= ROWS
        assert [row["size"] for row in rows_of(table)] == list(range(ROWS))
        assert structure_of(table) == expected
        assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []


def make_and_convert(tables):
    table = make(tables, "straight")
    convert(table)
    return table


def kill_at(number):
    left = [number]

    def act(step):
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    return act


def take_over(settings):
    """What a reaper and a worker do, some time later."""
    patience = settings.DYNADMIN
    settings.DYNADMIN = {**patience, "CHANGE_STALE_S": 0}
    (freed,) = free_abandoned()
    settings.DYNADMIN = patience
    assert free_abandoned() == []
    assert resume_change(SchemaChange.objects.get(pk=freed))


PROGRAM = """
    import os, sys, django
    django.setup()
    from django.conf import settings
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0}
    from dynadmin.executor.online import pacing
    pacing.LARGEST = pacing.SMALLEST = pacing.Pace.FIRST = 10
    from dynadmin.models import DynamicModel
    from dynadmin.signals import change_progressed
    left = [int(sys.argv[1])]
    def die(**kwargs):
        if left[0] == 0:
            os._exit(9)
        left[0] -= 1
    change_progressed.connect(die)
    DynamicModel.objects.get(name="event").sync()
"""


@pytest.mark.parametrize("number", [2, 5, 6])
def test_a_process_that_dies_leaves_a_change_that_another_ends(tables, settings, number):
    table = make(tables)
    table.fields.filter(name="size").update(type="int", options={"unique": True, "null": False})
    program = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(number)]
    died = subprocess.run(program, env=process_environment(), timeout=60, check=False)
    assert died.returncode == 9
    with pytest.raises(RefusedChange, match="is being carried out since"):
        table.sync()

    take_over(settings)
    assert [row["size"] for row in rows_of(table)] == list(range(ROWS))
    assert traces() == []


# --- Another worker ---


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(tables, settings, at_step):
    table = make(tables)
    taken = []

    def take(step):
        if step == LAST and not taken:
            taken.append(step)
            take_over(settings)

    with at_step(take), pytest.raises(ChangeLost):
        convert(table)
    assert SchemaChange.objects.get().state == "done"
    assert [row["size"] for row in rows_of(table)] == list(range(ROWS))
    assert traces() == []


def test_two_workers_do_not_take_the_same_change(tables, at_step):
    table = make(tables)
    answers = []
    with at_step(lambda step: answers.append(resume_change(SchemaChange.objects.get()))):
        convert(table)
    assert set(answers) == {False}


def test_what_never_comes_to_its_end_is_given_up(tables, at_step, settings):
    table = make(tables)
    before = structure_of(table)
    with at_step(kill_at(3)), pytest.raises(Killed):
        convert(table)
    SchemaChange.objects.update(attempts=20, done_before=F("done"))

    with pytest.raises(PlanError, match="never came to its end"):
        take_over(settings)
    assert_nothing_happened(table, before)


# --- Cancelling ---


def test_a_change_cancelled_at_any_step_leaves_the_table_as_it_was(tables, at_step, monkeypatch):
    small_batches(monkeypatch)
    monkeypatch.setattr(holding, "BEAT_S", 0.01)
    steps = [step for step in steps_of_a_change(tables, at_step) if step not in {"commit", "finish"}]
    for number in range(len(steps)):
        table = make(tables, f"event_{number}")
        before, revision = structure_of(table), latest_revision_id()
        with at_step(cancel_at(number)), pytest.raises(ChangeCancelled):
            convert(table)
        assert SchemaChange.objects.first().state == "cancelled"
        assert latest_revision_id() == revision
        assert_nothing_happened(table, before)
    # The draft still says what was wanted, and can be applied again.
    table.sync()
    assert [row["size"] for row in rows_of(table)] == list(range(ROWS))


def cancel_at(number):
    left = [number]

    def act(step):
        if left[0] == 0:
            assert SchemaChange.objects.first().request_cancel()
            time.sleep(0.1)
        left[0] -= 1

    return act


def test_a_change_that_waits_for_a_worker_is_cancelled_at_once(tables):
    table = make(tables)
    table.fields.filter(name="size").update(type="int", options={})
    change = online.order(table.plan())
    assert change.request_cancel()

    change.refresh_from_db()
    assert change.state == "cancelled"
    assert not resume_change(change)
    assert not change.request_cancel()


def test_a_killed_cancellation_is_carried_on(tables, at_step, settings, monkeypatch):
    monkeypatch.setattr(holding, "BEAT_S", 0.01)
    table = make(tables)
    before = structure_of(table)
    cancel, kill = cancel_at(2), kill_at(0)

    def act(step):
        if step == "undo":
            kill(step)
        cancel(step)

    with at_step(act), pytest.raises(Killed):
        convert(table)
    with pytest.raises(ChangeCancelled):
        take_over(settings)
    assert SchemaChange.objects.get().state == "cancelled"
    assert_nothing_happened(table, before)


# --- Other changes meanwhile ---


def test_another_change_of_the_table_is_refused_meanwhile_and_one_of_another_is_made(tables, at_step):
    table, other = make(tables), make(tables, "other")
    refused = []

    def change(step):
        if step == LAST and not refused:
            tables.add(other, added="int")
            other.sync()
            tables.add(table, added="int")
            with pytest.raises(RefusedChange, match=r"“Event” is being carried out .* cancel it") as refusal:
                table.sync()
            refused.append(str(refusal.value))
            table.fields.filter(name="added").delete()

    with at_step(change):
        revision = convert(table)
    assert refused
    assert SchemaRevision.objects.get(pk=revision.pk).base == revision.pk - 1
    assert [row["size"] for row in rows_of(table)] == list(range(ROWS))
    assert "added" in rows_of(other)[0]


def test_a_rule_killed_while_it_is_built_is_built_to_its_end(tables, at_step, settings):
    table = tables.make("event", size=("char", {"max_length": 20}), number="int")
    fill(table, ROWS, lambda n: {"size": str(n), "number": n})
    add_rule(table, "unique", "number", "size")
    add_rule(table, "check", "number", operator=">=", value="0")
    for number in range(2, 5):
        with at_step(kill_at(number)), pytest.raises(Killed):
            table.sync()
        change = SchemaChange.objects.first()
        if number < 4:
            assert change.request_cancel()
            with pytest.raises(ChangeCancelled):
                take_over(settings)
    take_over(settings)
    assert SchemaChange.objects.first().state == "done"
    assert traces() == []
    assert sum(row.count("dyn_k") for row in structure_of(table)[2]) == 2


@pytest.mark.parametrize("step", ["fill", "contract", "finish"])
def test_flush_takes_along_what_a_killed_change_had_built(tables, at_step, step):
    def kill(now):
        if now == step:
            raise Killed

    with at_step(kill), pytest.raises(Killed):
        convert(make(tables))
    assert traces() != []

    call_command("flush", interactive=False, verbosity=0)

    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []
