"""How long a change is said to take, and what is said to be locked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.executor.estimates import estimate, writing_cost
from tests.online.support import fill


@pytest.fixture
def event(tables):
    table = tables.make("event", size=("char", {"max_length": 20}), note="text")
    fill(table, 3000, lambda n: {"size": str(n)})
    return table


def changed(table, **fields):
    for name, (type, options) in fields.items():
        table.fields.filter(name=name).update(type=type, options=options)
    return table.plan()


def test_what_touches_no_row_takes_no_time(event, tables):
    event.label = "Events"
    tables.add(event, added="int", more=("int", {"null": False, "default": 3}))
    found = estimate(event.plan())
    assert found.seconds == 0
    assert "Nobody will notice" in found.locks


def test_a_conversion_takes_time_for_each_row(event):
    plan = changed(event, size=("int", {}))
    few = estimate(plan).seconds
    fill(event, 9000, lambda n: {"size": str(n)})
    assert 0 < few < estimate(plan).seconds < 60


def test_the_rows_of_a_table_are_counted_once_however_many_fields_change(event):
    plan = changed(event, size=("int", {}), note=("char", {"max_length": 20}))
    assert len(plan.conversions) == 2
    with CaptureQueriesContext(connection) as asked:
        estimate(plan)
    assert len([query for query in asked if "COUNT(*)" in query["sql"]]) == 1


@pytest.mark.parametrize("options", [{"db_index": True}, {"unique": True, "null": True}, {"max_length": 5}])
def test_other_options_take_time_where_rows_are_read_or_written(event, options):
    assert estimate(changed(event, size=("char", {"max_length": 20, **options}))).seconds > 0


def test_it_says_who_has_to_wait(event, monkeypatch):
    monkeypatch.setattr("dynadmin.executor.estimates.AN_INSTANT", 0)
    found = estimate(changed(event, size=("int", {})))
    assert not found.is_online
    if connection.vendor == "sqlite":
        assert "everybody can read, but nobody can write" in found.locks
    else:
        assert "nobody can read or write the table" in found.locks


def test_a_large_table_stays_in_use(event, settings):
    settings.DYNADMIN = {"ONLINE_ROWS": 1000}
    found = estimate(changed(event, size=("int", {})))
    assert found.is_online
    assert "read and write the table as ever" in found.locks


@pytest.mark.django_db
def test_the_speed_of_writing_is_measured():
    writing_cost.cache_clear()
    assert 0 < writing_cost() < 0.001
