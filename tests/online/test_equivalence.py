"""A change made while people work ends as in one transaction: rows, columns, indexes, views, drafts."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicModel, SchemaChange, undo
from dynadmin.registry import registry
from tests.online.support import add, alter, fill, rows_of, structure_of, traces
from tests.test_rules import add_rule

IN_BACKGROUND, AT_ONCE = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0}, {"ONLINE_ROWS": 1000}


def convert(type, on_failure=None, **options):
    return lambda table: alter(table, "value", type, on_failure=on_failure, **options)


def change(**options):
    return lambda table: alter(table, "value", **options)


def new(type, **options):
    return lambda table: add(table, "added", type, **options)


def and_back(action):
    def act(table):
        revision = action(table)
        model = table.django_model
        for row in model.objects.order_by("pk")[:3]:
            row.value = (row.value or 0) + 1
            row.save()
        undo(revision)

    return act


def without_and_with(table):
    table.fields.get(name="value").delete()
    table.sync(allow_destructive=True)
    undo(registry_revision())


def registry_revision():
    from dynadmin.models import SchemaRevision

    return SchemaRevision.objects.first()


def rule(kind, *names, **parts):
    """Add a rule on whole rows."""

    def act(table):
        add_rule(table, kind, *names, **parts)
        return table.sync()

    return act


def with_rule(kind, *names, then, **parts):
    """Add a rule, then make another change, which takes the rule along."""

    def act(table):
        rule(kind, *names, **parts)(table)
        return then(table)

    return act


def at_once(kind, *names, change, **parts):
    """Add a rule and change a field in one revision."""

    def act(table):
        add_rule(table, kind, *names, **parts)
        return change(table)

    return act


@dataclass(frozen=True)
class Case:
    type: str
    options: dict[str, Any]
    values: Any
    action: Any
    changes: int = 1
    more: dict = field(default_factory=dict)


CHAR, INT, DECIMAL = "char", "int", "decimal"
NUMBERED = [str(n) for n in range(20)]
CASES = {
    "text to number": Case(CHAR, {}, NUMBERED, convert(INT)),
    "text to required number": Case(CHAR, {}, NUMBERED, convert(INT, null=False)),
    "text to required number with default": Case(CHAR, {}, NUMBERED, convert(INT, null=False, default=3)),
    "text to unique number": Case(CHAR, {}, NUMBERED, convert(INT, unique=True)),
    "text to required unique number": Case(CHAR, {}, NUMBERED, convert(INT, unique=True, null=False)),
    "text to indexed number": Case(CHAR, {}, NUMBERED, convert(INT, db_index=True)),
    "indexed text to number": Case(CHAR, {"db_index": True}, NUMBERED, convert(INT)),
    "unique text to number": Case(CHAR, {"unique": True}, NUMBERED, convert(INT)),
    "number to indexed text": Case(INT, {}, [*range(9), None], convert(CHAR, db_index=True)),
    "number to unique text": Case(INT, {}, range(9), convert(CHAR, unique=True)),
    "misfits emptied": Case(CHAR, {}, ["1", "x", "", "y", "5"], convert(INT, "empty")),
    "misfits replaced": Case(CHAR, {}, ["1", "x", "", "y", "5"], convert(INT, {"value": "7"})),
    "misfits kept": Case(CHAR, {}, ["1", "x", "", "y", "5"], convert(INT, "keep")),
    "shorter": Case(CHAR, {}, NUMBERED, change(max_length=3)),
    "shorter with misfits": Case(
        CHAR, {}, ["a", "bb", "ccc", "dddd"], change(max_length=2, on_failure="keep")
    ),
    "longer": Case(CHAR, {"max_length": 5}, NUMBERED, change(max_length=9), changes=0),
    "other scale": Case(DECIMAL, {"max_digits": 9}, range(5), change(decimal_places=3), changes=1),
    "more digits": Case(DECIMAL, {"max_digits": 9}, range(5), change(max_digits=12), changes=0),
    "text gets NULL": Case(CHAR, {}, ["a", "", "b", "", "c"], change(null=True)),
    "text loses NULL": Case(CHAR, {"null": True}, ["a", None, "b", None, "c"], change(null=False)),
    "text loses NULL, is indexed": Case(
        CHAR, {"null": True}, ["a", None, "b", None, "c"], change(null=False, db_index=True)
    ),
    "required": Case(INT, {}, range(5), change(null=False, blank=False)),
    "required with default": Case(INT, {}, range(5), change(null=False, blank=False, default=3)),
    "no longer required": Case(INT, {"null": False, "blank": False}, range(5), change(null=True), changes=0),
    "narrower range": Case(INT, {}, range(5), change(max_value=9)),
    "unique number": Case(INT, {}, [*range(5), None, None], change(unique=True)),
    "unique text": Case(CHAR, {"null": True}, [*"abc", None, None], change(unique=True)),
    "indexed text that becomes unique": Case(
        CHAR, {"null": True, "db_index": True}, [*"abc", None, None], change(unique=True)
    ),
    "no longer unique": Case(CHAR, {"unique": True}, NUMBERED, change(unique=False, null=True), changes=0),
    "index": Case(INT, {}, range(5), change(db_index=True)),
    "index on text": Case(CHAR, {}, NUMBERED, change(db_index=True)),
    "new with index": Case(INT, {}, range(5), new(INT, db_index=True)),
    "new with index and default": Case(INT, {}, range(5), new(INT, db_index=True, null=False, default=4)),
    "new unique": Case(INT, {}, range(5), new(CHAR, unique=True, null=True)),
    "new without index": Case(INT, {}, range(5), new(INT, null=False, default=4), changes=0),
    "converted and back": Case(CHAR, {}, NUMBERED, and_back(convert(INT)), changes=2),
    "converted and back, required": Case(
        CHAR, {"blank": False, "db_index": True}, NUMBERED, and_back(convert(INT, null=False)), changes=2
    ),
    "two fields without repetition": Case(INT, {}, range(9), rule("unique", "value", "other")),
    "a comparison": Case(INT, {}, range(9), rule("check", "value", operator=">=", value="0")),
    "an index of two fields": Case(INT, {}, range(9), rule("index", "value", "other")),
    "a rule on a field that is converted": Case(
        CHAR,
        {"max_length": 30},
        NUMBERED,
        with_rule("unique", "value", "other", then=convert(INT)),
        changes=2,
    ),
    "a comparison of a field that is converted": Case(
        CHAR, {}, NUMBERED, at_once("check", "value", operator=">=", value="0", change=convert(INT))
    ),
    "a rule on a field that is written anew": Case(
        CHAR,
        {"null": True, "max_length": 30},
        [*"abc", None],
        with_rule("index", "other", "value", then=change(null=False)),
        changes=2,
    ),
    "a unique rule on a text that is shortened": Case(
        CHAR,
        {"max_length": 30},
        NUMBERED,
        with_rule("unique", "other", "value", then=change(max_length=9)),
        changes=2,
    ),
    "an index on a text that is shortened": Case(
        CHAR,
        {"max_length": 30},
        NUMBERED,
        with_rule("index", "value", "other", then=change(max_length=9)),
        changes=2,
    ),
    "a comparison of a number with other digits": Case(
        DECIMAL,
        {"max_digits": 9},
        range(5),
        with_rule("check", "value", operator=">=", value="0", then=change(decimal_places=3)),
        changes=2,
    ),
    "retired and restored": Case(INT, {"null": False, "blank": False}, range(5), without_and_with),
}


def carried_out(tables, name, case):
    table = tables.make(name, other=("char", {"max_length": 30}), value=(case.type, dict(case.options)))
    fill(table, len(case.values), lambda n: {"value": case.values[n]})
    case.action(table)
    return DynamicModel.objects.get(pk=table.pk)


def drafts_of(table):
    return [(f.name, f.type, f.options) for f in table.fields.all()]


def values_of(table):
    return [{name: value for name, value in row.items() if name != "id"} for row in rows_of(table)]


@pytest.mark.parametrize("name", CASES)
def test_the_end_is_that_of_one_transaction(tables, settings, name):
    case = CASES[name]
    settings.DYNADMIN = AT_ONCE
    expected = carried_out(tables, "expected", case)
    assert not SchemaChange.objects.exists()

    settings.DYNADMIN = IN_BACKGROUND
    found = carried_out(tables, "found", case)
    assert [change.state for change in SchemaChange.objects.all()] == ["done"] * case.changes
    assert values_of(found) == values_of(expected)
    assert structure_of(found) == structure_of(expected)
    assert drafts_of(found) == drafts_of(expected)
    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []
