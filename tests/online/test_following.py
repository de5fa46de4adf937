"""Restoring, loading and undoing on large tables: any worker ends them, and the definitions follow."""

import json

import pytest

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import ChangeCancelled, StalePlan
from dynadmin.executor.drift import find_drift
from dynadmin.jobs import holding
from dynadmin.models import (
    DynamicField,
    DynamicModel,
    SchemaLoad,
    SchemaRevision,
    dump_schema,
    plan_all,
    restore_field,
    resume_change,
    trash,
    undo,
)
from dynadmin.registry import registry
from dynadmin.schemafile import read_schema
from tests.online.support import fill, rows_of, structure_of, traces
from tests.online.test_interruptions import Killed, cancel_at, small_batches, take_over
from tests.test_rules import add_rule
from tests.trash.retiring import retire

pytestmark = pytest.mark.usefixtures("everything_is_large")

ROWS = 40


class Restoring:
    """A field comes back that must have a value, with its rules; half of the rows were made without it."""

    def __init__(self, tables):
        needed = ("int", {"null": False, "blank": False})
        self.table = tables.make("event", note="char", size=needed)
        add_rule(self.table, "unique", "note", "size")
        add_rule(self.table, "check", "size", operator="<", value="1000")
        self.table.sync()
        self.rules = registry.newest.schema.tables[self.table.pk].constraints
        fill(self.table, ROWS // 2, lambda n: {"note": f"row {n}", "size": n})
        [self.field] = retire(self.table, "size")
        fill(self.table, ROWS // 2, lambda n: {"note": f"late {n}"})

    def order(self, **options):
        return restore_field(self.table.pk, self.field, value="7", **options)

    def assert_done(self):
        sizes = [*range(ROWS // 2), *[7] * (ROWS // 2)]
        assert [row["size"] for row in rows_of(self.table)] == sizes
        assert trash() == ()
        assert registry.newest.schema.tables[self.table.pk].constraints == self.rules


class Loading:
    """A file makes numbers of texts in two large tables, in its order and not ours, and brings a third."""

    def __init__(self, tables):
        self.table = tables.make("event", note="text", size=("char", {"max_length": 9}))
        fill(self.table, ROWS, lambda n: {"note": f"row {n}", "size": str(n)})
        self.other = tables.make("other", note="text", number=("char", {"max_length": 9}))
        fill(self.other, ROWS, lambda n: {"note": f"row {n}", "number": f"{n},0"})
        content = json.loads(dump_schema(registry.newest.schema.live_tables))
        for table in content["tables"]:
            table["fields"][1] |= {"type": "int", "options": {}}
        new = {"name": "place", "fields": [{"name": "city", "type": "char", "options": {}}]}
        content["tables"] = [new, *reversed(content["tables"])]
        self.load = SchemaLoad(tables=read_schema(json.dumps(content)))

    def order(self, **options):
        return self.load.apply(**options)

    def assert_done(self):
        assert [row["size"] for row in rows_of(self.table)] == list(range(ROWS))
        assert [row["number"] for row in rows_of(self.other)] == list(range(ROWS))
        assert DynamicModel.objects.get(name="place").django_model.objects.create(city="Warsaw")


class Undoing:
    """Texts come back that were made numbers."""

    def __init__(self, tables):
        self.table = tables.make("event", note="text", size=("char", {"max_length": 9}))
        fill(self.table, ROWS, lambda n: {"note": f"row {n}", "size": f"0{n}"})
        self.table.fields.filter(name="size").update(type="int", options={})
        self.revision = self.table.sync()

    def order(self, **options):
        return undo(self.revision, **options)

    def assert_done(self):
        assert [row["size"] for row in rows_of(self.table)] == [f"0{n}" for n in range(ROWS)]


CASES = (Restoring, Loading, Undoing)


@pytest.fixture
def _quick(monkeypatch):
    small_batches(monkeypatch)
    monkeypatch.setattr(holding, "BEAT_S", 0.01)


def kill_first(name):
    def act(step):
        if step == name:
            raise Killed

    return act


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("step", ["expand", "fill", "contract", "commit"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_killed_is_ended_by_another_worker(tables, case, step, at_step, settings):
    changing = case(tables)
    with at_step(kill_first(step)), pytest.raises(Killed):
        changing.order()

    take_over(settings)
    changing.assert_done()
    assert SchemaChange.objects.first().state == "done"
    assert_all_agrees()


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("case", CASES)
def test_what_is_cancelled_leaves_tables_and_definitions_as_they_were(tables, case, at_step):
    changing = case(tables)
    before, revision = state(changing.table), SchemaRevision.objects.count()
    with at_step(cancel_at(4)), pytest.raises(ChangeCancelled):
        changing.order()

    assert state(changing.table) == before
    assert SchemaRevision.objects.count() == revision
    assert_all_agrees()
    changing.order()
    changing.assert_done()


@pytest.mark.parametrize("case", CASES)
def test_a_worker_ends_what_was_only_ordered(tables, case):
    changing = case(tables)
    change = changing.order(in_background=True)
    assert change.state == "waiting"

    assert resume_change(change)
    changing.assert_done()
    assert_all_agrees()


@pytest.mark.parametrize("case", CASES)
def test_a_definition_that_is_edited_meanwhile_is_not_overwritten(tables, case):
    changing = case(tables)
    before = structure_of(changing.table)
    change = changing.order(in_background=True)
    changing.table.fields.filter(name="note").update(label="Remark")

    with pytest.raises(StalePlan, match="“Event” was changed meanwhile"):
        resume_change(change)
    assert changing.table.fields.get(name="note").label == "Remark"
    assert structure_of(changing.table) == before
    assert traces() == []


def test_a_file_overrides_what_was_drafted_before_it_was_loaded(tables):
    changing = Loading(tables)
    changing.table.fields.filter(name="note").update(label="Remark")
    resume_change(changing.order(in_background=True))

    changing.assert_done()
    assert changing.table.fields.get(name="note").label == "Note"
    assert_all_agrees()


def state(table):
    definitions = [list(DynamicField.objects.order_by("pk").values()), list(DynamicModel.objects.values())]
    return definitions, structure_of(table), rows_of(table), trash()


def assert_all_agrees():
    assert plan_all().is_empty
    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []
