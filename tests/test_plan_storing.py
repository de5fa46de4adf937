"""A plan that is written down and read again, also on a revision that came after the one it was made on."""

import json
from dataclasses import replace

import pytest

from dynadmin.conversion import Choices
from dynadmin.exceptions import StalePlan
from dynadmin.plan import make_plan, plan_from_json, plan_to_json
from dynadmin.schema import ConstraintSchema, Schema, TableSchema
from tests.test_plan import CASES, PAGES, TITLE, book, field

OTHER = TableSchema(id=2, name="other", label="Other", fields=(field(9, "a"),))
UNIQUE = ConstraintSchema(id=4, kind="unique", fields=(1, 2))
BASE = Schema.of([book(TITLE, PAGES, replace(field(3, "isbn"), retired_after=2, place=1)), OTHER])

WANTED = {name: wanted for name, (wanted, _words) in CASES.items() if name != "nothing changed"} | {
    "rule": book(TITLE, PAGES, constraints=(UNIQUE,)),
    "restored": book(TITLE, PAGES, field(3, "isbn")),
    "many": book(field(2, "pages", "char"), field(5, "b"), field(6, "c", "int", unique=True), folder="x"),
}
MISFITS = {2: Choices(on_failure="keep", answers={"order": "dmy"})}


def planned(wanted, **arguments):
    return make_plan(BASE, base_revision=7, wanted=[wanted], **arguments)


def stored(plan):
    return json.loads(json.dumps(plan_to_json(plan)))


@pytest.mark.parametrize("name", WANTED)
def test_a_plan_is_read_as_it_was_written(name):
    plan = planned(WANTED[name], choices=MISFITS, new_ids={2: 10})
    assert plan.operations
    assert plan_from_json(stored(plan), base=BASE, base_revision=7) == plan


def test_a_plan_that_retires_or_undoes_is_read_as_it_was_written():
    plan = replace(make_plan(BASE, base_revision=7, gone=[1]), undoes=5, overrides={1: "said"})
    assert plan_from_json(stored(plan), base=BASE, base_revision=7) == plan


def test_operations_keep_their_places_whatever_the_order_of_tables():
    changed = replace(OTHER, fields=(field(9, "b"), field(10, "c")))
    plan = make_plan(BASE, base_revision=7, wanted=[changed, WANTED["many"]])
    assert plan_from_json(stored(plan), base=BASE, base_revision=7).operations == plan.operations


def test_what_was_decided_about_reading_is_kept():
    plan = planned(WANTED["other type"]).with_readings({"c2": {"mark": ","}})
    read = plan_from_json(stored(plan), base=BASE, base_revision=7)
    assert read.target == plan.target
    assert read.conversions[0].reading == {"mark": ","}


@pytest.mark.parametrize("name", WANTED)
def test_on_a_later_revision_it_is_the_plan_that_would_be_made_there(name):
    later = BASE.with_tables([replace(OTHER, label="Changed")])
    arguments = {"wanted": [WANTED[name]], "choices": MISFITS, "new_ids": {2: 10}}
    read = plan_from_json(stored(make_plan(BASE, base_revision=7, **arguments)), base=later, base_revision=9)
    assert read == make_plan(later, base_revision=9, **arguments)


def test_a_plan_is_stale_when_its_table_is_another():
    later = BASE.with_tables([replace(BASE.tables[1], label="Changed")])
    with pytest.raises(StalePlan, match="was changed since"):
        plan_from_json(stored(planned(WANTED["new field"])), base=later, base_revision=8)
