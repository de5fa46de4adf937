"""Each kind of difference is found and repaired, and no row is lost by it."""

import os

import pytest
from django.db import DatabaseError, connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dynadmin.executor.drift import all_kinds, find_drift, repair
from dynadmin.executor.inspection import fetch_copies
from dynadmin.models import DynamicConstraint
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.drift.damages import DAMAGES, HERE
from tests.drift.victim import execute, victim
from tests.support import Tables, drop_everything

EXAMPLES = int(os.environ.get("DRIFT_EXAMPLES", "8"))
FIELDS = {
    "carrier": ("char", {"max_length": 2}),
    "note": ("char", {"max_length": 50}),
    "code": ("char", {"max_length": 9, "unique": True, "null": True}),
    "distance": ("int", {"db_index": True}),
    "stops": ("int", {"default": 7}),
    "size": "int",
    "data": "json",
    "seen": "datetime",
    "gate": ("char", {"max_length": 4}),
    "weight": "int",
    "price": "char",
    "old": "char",
}
RELATIONS = {
    "author": ("foreignkey", {"target": "auth.User"}),
    "pilot": ("foreignkey", {"target": "auth.User"}),
    "crew": ("manytomany", {"target": "auth.User"}),
}
ROWS = [
    {"carrier": "AA", "note": "fine", "code": "x1", "distance": 5, "stops": 1, "size": 2, "data": {"a": [1]}},
    {"carrier": "UA", "note": "100%", "code": "x2", "distance": 5, "stops": 2, "size": 3, "data": None},
    {"carrier": "B6", "note": "", "code": None, "distance": None, "stops": 3, "size": 4, "data": []},
]


def make_flights(tables: Tables):
    """Make a table with rows, rules and relations, retired fields and a converted one."""
    flights = tables.define("flights", **FIELDS, **RELATIONS)
    ids = {field.name: field.pk for field in flights.fields.all()}
    rules = [
        ("unique", ["carrier", "note"], {}),
        ("check", ["stops"], {"operator": "<", "value": "1000"}),
        ("index", ["seen", "size"], {}),
    ]
    for kind, fields, rule in rules:
        fields = [ids[name] for name in fields]
        DynamicConstraint.objects.create(model=flights, kind=kind, fields=fields, rule=rule)
    flights.sync()
    for row in ROWS:
        flights.django_model.objects.create(old="kept", price=f"{row['size']}.0", gate="A1", weight=9, **row)
    flights.fields.filter(name="price").update(type="decimal", options={})
    flights.fields.filter(name__in=["old", "pilot"]).delete()
    flights.sync(allow_destructive=True)
    return flights


@pytest.fixture
def flights(tables):
    yield make_flights(tables)
    drop_copies()


def drop_copies() -> None:
    execute(*(f"DROP TABLE {name}" for name in fetch_copies()))


def found() -> list[str]:
    registry.refresh()
    return [drift.id for drift in find_drift(registry.newest.schema, notes=True)]


def stored(fields) -> list[tuple]:
    """Return the rows as they are in the database, of these fields, retired ones among them."""
    columns = ", ".join(column for field in fields for column in victim().columns(field))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {columns} FROM {victim().name} ORDER BY id")
        return cursor.fetchall()


def kept_by(damages) -> list[str]:
    """Return the fields whose values the damages leave alone."""
    taken = {field for damage in damages for field in damage.takes}
    return [] if "*" in taken else [field for field in FIELDS if field not in taken]


def test_a_healthy_database_has_no_drift_and_repairing_it_does_nothing(flights):
    before = stored(FIELDS), latest_revision_id()

    assert found() == []
    assert repair().done == ()
    assert (stored(FIELDS), latest_revision_id()) == before


@pytest.mark.parametrize("damage", HERE, ids=lambda damage: f"{damage.id[-4:]} {damage.name}")
def test_damage_is_found_and_repaired_once_and_for_all(flights, damage):
    fields = kept_by([damage])
    rows = stored(fields) if fields else []
    damage.inflict()
    assert damage.id in found()

    repaired = repair()

    assert (damage.id not in found()) == damage.is_repaired, repaired.reasons
    if fields:
        assert stored(fields) == rows
    if damage.is_repaired:
        assert found() == list(damage.leaves), repaired.left
    assert repair().done == ()


@pytest.mark.only_on("sqlite")
def test_a_copy_takes_the_place_of_its_table_though_a_view_shows_what_is_not_there(flights):
    rows = stored(["carrier"])
    for name in ("only its copy is left", "the view is changed"):
        next(damage for damage in DAMAGES if damage.name == name).inflict()

    repaired = repair()

    assert repaired.left == (), repaired.reasons
    assert stored(["carrier"]) == rows


def test_every_kind_is_damaged_here():
    elsewhere = {"dynadmin.W104", "dynadmin.I152"}

    assert {damage.id for damage in DAMAGES} | elsewhere == {kind.id for kind in all_kinds()}


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(damages=st.lists(st.sampled_from(HERE), min_size=2, max_size=6, unique_by=lambda d: d.name))
def test_any_damages_together_are_repaired_without_losing_a_row(transactional_db, damages):
    try:
        make_flights(Tables())
        fields = kept_by(damages)
        rows = stored(fields) if fields else []
        done = []
        for damage in damages:
            try:
                damage.inflict()
            except (DatabaseError, AssertionError, StopIteration, LookupError):
                continue  # there is nothing left to damage in this way
            done.append(damage)

        repaired = repair()

        blocked = [d for d in repaired.left if d.repair is not None and d not in repaired.reasons]
        assert blocked == []
        assert repair().done == ()
        if fields:
            assert stored(fields) == rows
        if all(damage.is_repaired and not damage.leaves and not damage.takes for damage in done):
            assert repaired.left == (), repaired.reasons
    finally:
        drop_everything()
        drop_copies()


def test_a_default_of_a_decimal_is_the_same_however_the_column_was_made(tables):
    table = tables.make("prices", price=("int", {"default": 0, "null": False}), note="char")
    table.fields.filter(name="price").update(type="decimal", options={"default": 0, "null": False})
    table.sync()
    assert [drift for drift in find_drift(registry.newest.schema) if not drift.is_note] == []
    tables.add(table, cost=("decimal", {"default": 1, "null": False}))
    table.sync()

    assert [drift for drift in find_drift(registry.newest.schema) if not drift.is_note] == []
