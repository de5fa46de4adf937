"""Rules on whole rows in the database: made, kept over changes, tried against the rows first."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from dynadmin import executor
from dynadmin.constraints import KINDS
from dynadmin.exceptions import Obstructed, RefusedChange
from dynadmin.models import DynamicConstraint, DynamicModel, SchemaLoad, dump_schema
from dynadmin.registry import registry
from dynadmin.schemafile import read_schema
from tests.support import drop_everything


def add_rule(table, kind, *names, label="", **rule):
    """Add a rule to a definition; ``other`` is the name of a field."""
    ids = dict(table.fields.values_list("name", "pk"))
    if "other" in rule:
        rule["other"] = ids[rule["other"]]
    return DynamicConstraint.objects.create(
        model=table, kind=kind, fields=[ids[name] for name in names], label=label, rule=rule
    )


@pytest.fixture
def flights(tables):
    """Flights with one rule of each kind."""
    table = tables.define(
        "flights",
        label="Flights",
        carrier=("char", {"max_length": 5}),
        flight="int",
        departure="datetime",
        arrival="datetime",
    )
    add_rule(table, "unique", "carrier", "flight")
    add_rule(table, "check", "departure", operator="<", other="arrival")
    add_rule(table, "index", "flight", "departure")
    table.sync()
    return table


def rules_in_database(table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"dyn_t{table.pk}")
    return sorted(
        "unique" if rule["unique"] else "check" if rule["check"] else "index"
        for name, rule in found.items()
        if name.startswith("dyn_k")
    )


def refuses(model, **values):
    try:
        with transaction.atomic():
            model.objects.create(**values)
    except IntegrityError:
        return True
    return False


UA = {"carrier": "UA", "flight": 1545}
LATE = {"departure": "2024-01-01 10:00Z", "arrival": "2024-01-01 09:00Z"}


def test_the_database_refuses_what_breaks_a_rule(flights):
    model = flights.django_model
    model.objects.create(**UA)

    assert refuses(model, **UA)
    assert refuses(model, **LATE)
    assert not refuses(model, carrier="UA", flight=1546)


@pytest.mark.parametrize(
    "values",
    [{"carrier": "UA", "flight": None}, {"departure": LATE["departure"]}, {"arrival": LATE["arrival"]}],
)
def test_a_row_without_one_of_the_values_keeps_every_rule(flights, values):
    model = flights.django_model

    assert [refuses(model, **values) for _ in range(2)] == [False, False]


CHANGES = {
    "longer text": ("carrier", {"max_length": 30}),
    "unique value": ("flight", {"unique": True}),
    "range": ("flight", {"max_value": 9000}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_rules_survive_changes_of_fields(flights, case):
    name, options = CHANGES[case]
    field = flights.fields.get(name=name)
    field.options = {**field.options, **options}
    field.save()
    flights.sync()
    model = flights.django_model
    model.objects.create(**UA)

    assert refuses(model, **UA)
    assert refuses(model, **LATE)
    assert rules_in_database(flights) == ["check", "index", "unique"]


def test_rules_survive_renaming_and_new_fields(flights, tables):
    flights.fields.filter(name="carrier").update(name="airline")
    tables.add(flights, note="text", seen=("int", {"default": 3, "unique": False}))
    flights.sync()
    model = flights.django_model
    model.objects.create(airline="UA", flight=1)

    assert refuses(model, airline="UA", flight=1)
    assert refuses(model, **LATE)


def test_a_rule_that_is_taken_away_holds_no_longer(flights):
    flights.constraints.all().delete()

    assert [type(op).__name__ for op in flights.plan().operations] == ["RemoveConstraint"] * 3
    flights.sync()

    model = flights.django_model
    model.objects.create(**UA)
    assert not refuses(model, **UA)
    assert not refuses(model, **LATE)
    assert rules_in_database(flights) == []


def test_a_rule_goes_with_a_field_that_is_retired_and_does_not_come_back_by_itself(flights):
    arrival = flights.fields.get(name="arrival")
    arrival_id = arrival.pk
    arrival.delete()
    revision = flights.sync(allow_destructive=True)

    assert revision.operations[0] == (
        "Require Departure < Arrival in “Flights” no longer, as “Arrival” is retired"
    )
    assert [rule.kind for rule in flights.constraints.all()] == ["unique", "index"]

    flights.fields.create(pk=arrival_id, name="arrival", type="datetime", position=9)
    flights.sync()
    assert not refuses(flights.django_model, **LATE)


def test_a_table_can_be_born_with_rules(tables):
    table = tables.define("flights", label="Flights", carrier=("char", {"max_length": 5}), flight="int")
    add_rule(table, "unique", "carrier", "flight")
    revision = table.sync()

    assert revision.operations == [
        "Create table “Flights” with the fields Carrier, Flight. "
        "Allow each combination of Carrier and Flight only once in “Flights”"
    ]
    assert rules_in_database(table) == ["unique"]


def test_a_rule_that_rows_break_is_refused_with_the_rows_and_nothing_changes(tables):
    table = tables.make("flights", label="Flights", carrier=("char", {"max_length": 5}), flight="int")
    model = table.django_model
    first, _other, second = (model.objects.create(carrier="UA", flight=n) for n in (1, 2, 1))
    add_rule(table, "unique", "carrier", "flight")

    words = (
        "2 rows of “Flights” break the rule “each combination of Carrier and Flight only once”. "
        f"Rows: {first.pk}, {second.pk}."
    )
    assert executor.preview(table.plan()).obstacles == (words,)
    with pytest.raises(Obstructed, match="2 rows of “Flights”"):
        table.sync()
    assert not refuses(table.django_model, carrier="UA", flight=3)

    second.delete()
    table.sync()
    assert refuses(table.django_model, carrier="UA", flight=2)


def test_many_rows_that_break_a_rule_are_counted_and_the_first_named(tables):
    table = tables.make("flights", label="Flights", low="int", high="int")
    model = table.django_model
    model.objects.bulk_create(model(low=5, high=n) for n in range(20))
    add_rule(table, "check", "low", operator="<", other="high")

    [words] = executor.preview(table.plan()).obstacles

    pks = [str(row.pk) for row in model.objects.order_by("pk")[:5]]
    assert words == f"6 rows of “Flights” break the rule “Low < High”. Rows: {', '.join(pks)} …."


@pytest.mark.parametrize("rows", [1, 2])
def test_a_rule_on_a_field_that_is_added_with_it_is_tried_with_its_default(tables, rows):
    table = tables.make("flights", carrier=("char", {"max_length": 5}))
    model = table.django_model
    model.objects.bulk_create(model(carrier="UA") for _ in range(rows))
    tables.add(table, terminal=("char", {"max_length": 5, "default": "A"}), note=("int", {"default": 4}))
    add_rule(table, "unique", "carrier", "terminal", "note")

    assert len(executor.preview(table.plan()).obstacles) == rows - 1


def test_a_rule_that_is_changed_is_tried_anew(tables):
    table = tables.make("flights", low="int", high="int")
    rule = add_rule(table, "check", "low", operator="<=", other="high")
    table.sync()
    table.django_model.objects.create(low=3, high=3)
    rule.rule = {**rule.rule, "operator": "<"}
    rule.save()

    assert [type(op).__name__ for op in table.plan().operations] == ["RemoveConstraint", "AddConstraint"]
    with pytest.raises(Obstructed):
        table.sync()
    assert not refuses(table.django_model, low=3, high=3)


# What a rule compares with, a value that keeps it, one that breaks it.
VALUES = {
    "less": ("int", "<", "10", 9, 10),
    "at most": ("bigint", "<=", "9223372036854775806", 2**63 - 2, 2**63 - 1),
    "different": ("int", "!=", "0", 1, 0),
    "decimal": (("decimal", {"decimal_places": 2}), ">=", "0.10", "0.10", "0.09"),
    "float": ("float", ">", "0.1", 0.2, 0.1),
    "date": ("date", ">=", "2024-02-29", "2024-02-29", "2024-02-28"),
    "moment": ("datetime", "<", "2024-01-01 10:00Z", "2024-01-01 11:59:59.5+02:00", "2024-01-01 12:00+02:00"),
    "time": ("time", ">", "08:00", "08:00:00.5", "08:00"),
    "duration": ("duration", "<=", "1:00:00", "1:00:00", "1:00:01"),
    "text": ("char", "!=", 'it\'s 100%s "x" --', "it's 100%s", 'it\'s 100%s "x" --'),
    "equal text": ("char", "==", "50% off\\", "50% off\\", "50%"),
    "long text": ("text", "!=", "%(x)s", "", "%(x)s"),
    "empty text": ("char", "==", "yes", "", "no"),
    "yes or no": ("bool", "==", "yes", True, False),
    "uuid": ("uuid", "!=", "00000000-0000-0000-0000-000000000001", None, uuid.UUID(int=1)),
    "address": ("ip", "!=", "::1", "::2", "::1"),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_comparison_with_a_value_means_the_same_in_forms_and_in_the_database(tables, case):
    spec, operator, value, kept, broken = VALUES[case]
    table = tables.make("things", label="Things", amount=spec, note=("text", {"default": "5%"}))
    model = table.django_model
    field = model._meta.get_field("amount")
    [kept, broken] = [field.clean(raw, None) for raw in (kept, broken)]
    for raw in (kept, broken):
        model.objects.create(amount=raw)
    add_rule(table, "check", "amount", operator=operator, value=value)

    assert executor.preview(table.plan()).obstacles[0].startswith("1 row of “Things” breaks the rule “Amount")
    model.objects.filter(amount=broken).delete()
    table.sync()
    model = table.django_model
    tables.add(table, size="int")
    table.sync()  # SQLite makes the table anew

    assert not refuses(model, amount=kept)
    assert refuses(model, amount=broken)
    model(amount=kept).full_clean()
    with pytest.raises(ValidationError, match="must be"):
        model(amount=broken).full_clean()


def test_another_message_changes_nothing_in_the_database(flights):
    flights.constraints.filter(kind="check").update(label="Flights arrive after they depart: 100%.")

    assert [type(op).__name__ for op in flights.plan().operations] == ["RelabelConstraint"]
    flights.sync()

    row = flights.django_model(**UA, **LATE)
    with pytest.raises(ValidationError, match="Flights arrive after they depart: 100%"):
        row.full_clean()


def test_texts_that_become_empty_rather_than_null_are_tried_first(tables):
    table = tables.make("flights", carrier=("char", {"max_length": 5, "null": True}), flight="int")
    add_rule(table, "unique", "carrier", "flight")
    table.sync()
    for _ in range(2):
        table.django_model.objects.create(carrier=None, flight=1)
    field = table.fields.get(name="carrier")
    field.options = {**field.options, "null": False}
    field.save()

    with pytest.raises(RefusedChange, match="2 rows of"):
        table.sync()
    assert table.django_model.objects.filter(carrier=None).count() == 2


@pytest.mark.parametrize(("high", "count"), [("12", 0), ("9", 1), ("", 0), ("n/a", 0)])
def test_a_rule_is_tried_on_what_a_conversion_makes_of_values(tables, high, count):
    """As texts 9 is more than 12, and 10 less than 9."""
    table = tables.make("spans", label="Spans", low="char", high="char")
    table.django_model.objects.create(low="10", high=high)
    table.fields.update(type="int", options={})
    add_rule(table, "check", "low", operator="<", other="high")
    on_failure = {"high": "empty"}

    assert len(executor.preview(table.plan(on_failure=on_failure)).obstacles) == count
    if count:
        with pytest.raises(RefusedChange, match="1 row of “Spans” breaks the rule “Low < High”"):
            table.sync(on_failure=on_failure)
    else:
        table.sync(on_failure=on_failure)
        assert refuses(table.django_model, low=2, high=1)


def test_rules_make_way_for_a_conversion_and_hold_for_the_new_values(flights):
    flights.django_model.objects.create(**UA)
    flights.fields.filter(name="flight").update(type="char", options={"max_length": 10})
    revision = flights.sync()

    words = [words.partition(" “")[0] for words in revision.operations]
    assert words == [
        "Allow combinations of Carrier and Flight more than once in",
        "Drop the index of",
        "Change the type of field",
        "Allow each combination of Carrier and Flight only once in",
        "Make an index of",
    ]
    assert revision.operations[0].endswith("until “Flight” is changed")
    assert refuses(flights.django_model, carrier="UA", flight="1545")
    assert rules_in_database(flights) == ["check", "index", "unique"]


def test_reverting_brings_rules_back(flights):
    before = flights.to_schema()
    flights.constraints.all().delete()
    flights.revert()

    assert flights.to_schema() == before
    assert flights.plan().is_empty


def test_retiring_a_table_takes_the_drafts_of_its_rules_along(flights):
    flights.retire()

    assert not DynamicConstraint.objects.exists()


def test_rules_travel_in_a_file_of_definitions(flights):
    before = flights.to_schema()
    text = dump_schema(registry.newest.schema.live_tables)
    drop_everything()

    SchemaLoad(tables=read_schema(text)).apply()

    table = DynamicModel.objects.get()
    words = [KINDS[c.kind].demand(c, t) for t in (before, table.to_schema()) for c in t.constraints]
    assert words[:3] == words[3:]
    model = table.django_model
    model.objects.create(**UA)
    assert refuses(model, **UA)
