"""Rules as values: which are possible, what they say, and what a plan does with them."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db.models import UniqueConstraint
from django.utils import translation

from dynadmin.constraints import KINDS, OPERATORS, clean_constraint
from dynadmin.factory import build_models
from dynadmin.fieldtypes import field_types
from dynadmin.plan import make_plan
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema


def field(id, name, type, **options):
    return FieldSchema(
        id=id, name=name, label=name.capitalize(), type=type, options=field_types[type].clean_options(options)
    )


def rule(kind, *fields, id=1, label="", **rule):
    return ConstraintSchema(id=id, kind=kind, fields=fields, label=label, rule=rule)


CARRIER, FLIGHT, SEATS, DEPARTURE, ARRIVAL, DAY, NOTE, TAGS, MADE = FIELDS = (
    field(1, "carrier", "char", max_length=5),
    field(2, "flight", "int"),
    field(3, "seats", "decimal"),
    field(4, "departure", "datetime"),
    field(5, "arrival", "datetime"),
    field(6, "day", "date"),
    field(7, "note", "text"),
    field(8, "tags", "json"),
    field(9, "made", "datetime", auto_now_add=True),
)
TABLE = TableSchema(id=1, name="flights", label="Flights", fields=FIELDS)

REFUSED = {
    "unknown kind": (rule("trigger", 1), "kind", "no kind of rule “trigger”"),
    "one field only": (rule("unique", 1), "fields", "two fields or more"),
    "one field twice": (rule("unique", 1, 1), "fields", "two fields or more"),
    "no field": (rule("index"), "fields", "Choose a field"),
    "two fields to compare": (rule("check", 1, 2, operator="<", value="3"), "fields", "one field only"),
    "too many fields": (rule("index", *range(1, 20)), "fields", "at most 16"),
    "field of another table": (rule("unique", 1, 99), "fields", "any more"),
    "other field is gone": (rule("check", 2, operator="<", other=99), "other", "any more"),
    "text too long for an index": (rule("index", 7), "fields", "100000 characters"),
    "JSON in an index": (rule("unique", 1, 8), "fields", "“Tags”"),
    "filled by the program": (rule("check", 4, operator=">", other=9), "fields", "“Made” is filled in"),
    "no operator": (rule("check", 2, value="3"), "operator", "< <= > >= == !="),
    "unknown operator": (rule("check", 2, operator="LIKE", value="3"), "operator", "Choose one of"),
    "JSON compared": (rule("check", 8, operator="==", value="3"), "fields", "cannot be compared"),
    "JSON on the right": (rule("check", 2, operator="==", other=8), "other", "cannot be compared"),
    "texts in order": (rule("check", 1, operator="<", value="UA"), "operator", "“Carrier” is a text"),
    "with itself": (rule("check", 2, operator="<", other=2), "other", "itself"),
    "another family": (
        rule("check", 4, operator="<", other=6),
        "other",
        "“Departure” is a date and time and “Day” is a date",
    ),
    "nothing to compare with": (rule("check", 2, operator="<"), "value", "give a value"),
    "empty value": (rule("check", 2, operator="<", value="  "), "value", "give a value"),
    "value of another type": (rule("check", 2, operator="<", value="ten"), "value", "“ten” is not a whole"),
    "value too long": (rule("check", 1, operator="==", value="x" * 501), "value", "at most 500"),
    "value the field refuses": (rule("check", 1, operator="==", value="United"), "value", "at most 5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_impossible_rule_is_refused_where_it_is_wrong(case):
    wrong, where, words = REFUSED[case]

    with pytest.raises(ValidationError) as caught:
        clean_constraint(wrong, TABLE)

    assert list(caught.value.message_dict) == [where]
    assert words in caught.value.message_dict[where][0]


CANONICAL = {
    "fields once": (rule("unique", 2, 1, 2), rule("unique", 2, 1)),
    "nothing but fields": (rule("index", 2, other=1, value="x"), rule("index", 2)),
    "value as text": (
        rule("check", 3, operator="<", value=" 10 "),
        rule("check", 3, operator="<", value="10.00"),
    ),
    "a field before a value": (
        rule("check", 2, operator="<", value="x", other=3),
        rule("check", 2, operator="<", other=3),
    ),
}


@pytest.mark.parametrize("case", CANONICAL)
def test_a_rule_has_one_canonical_form(case):
    given, canonical = CANONICAL[case]

    assert clean_constraint(given, TABLE) == canonical
    assert clean_constraint(canonical, TABLE) == canonical


MOMENTS = rule("check", 4, operator="<", other=5)
PAIR = rule("unique", 1, 2, id=2)
INDEX = rule("index", 2, 4, id=3)

IN_WORDS = {
    "unique": (
        PAIR,
        "Allow each combination of Carrier and Flight only once in “Flights”",
        "Allow combinations of Carrier and Flight more than once in “Flights”",
    ),
    "check": (
        MOMENTS,
        "Require Departure < Arrival in “Flights”",
        "Require Departure < Arrival in “Flights” no longer",
    ),
    "value": (
        rule("check", 2, operator="!=", value="0"),
        "Require Flight ≠ 0 in “Flights”",
        "Require Flight ≠ 0 in “Flights” no longer",
    ),
    "index": (
        INDEX,
        "Make an index of “Flights” by Flight and Departure",
        "Drop the index of “Flights” by Flight and Departure",
    ),
}


@pytest.mark.parametrize("case", IN_WORDS)
def test_plans_tell_of_rules_in_words(case):
    wanted, added, removed = IN_WORDS[case]
    base, with_rule = Schema.of([TABLE]), replace(TABLE, constraints=(wanted,))

    assert make_plan(base, wanted=[with_rule]).descriptions == [added]
    assert make_plan(Schema.of([with_rule]), wanted=[TABLE]).descriptions == [removed]
    assert make_plan(Schema.of([with_rule]), wanted=[with_rule]).is_empty


def names(plan):
    return [type(op).__name__ for op in plan.operations]


RULED = replace(TABLE, constraints=(MOMENTS, PAIR, INDEX))


def ruled_with(changed, **rest):
    return replace(RULED.with_field(changed), **rest)


STEPS = {
    "converted": (
        ruled_with(replace(FLIGHT, type="char", options=CARRIER.options)),
        ["RemoveConstraint", "RemoveConstraint", "ConvertField", "AddConstraint", "AddConstraint"],
    ),
    "retired": (
        replace(RULED, fields=tuple(f for f in FIELDS if f is not FLIGHT)),
        ["RemoveConstraint", "RemoveConstraint", "RetireField"],
    ),
    "renamed": (ruled_with(replace(FLIGHT, name="number")), ["RelabelField"]),
    "other options": (ruled_with(field(2, "flight", "int", max_value=9)), ["AlterField"]),
    "other order of rules": (replace(RULED, constraints=(INDEX, MOMENTS, PAIR)), []),
    "other message": (
        replace(RULED, constraints=(replace(MOMENTS, label="x"), PAIR, INDEX)),
        ["RelabelConstraint"],
    ),
    "other fields": (
        replace(RULED, constraints=(MOMENTS, replace(PAIR, fields=(2, 1)), INDEX)),
        ["RemoveConstraint", "AddConstraint"],
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_rules_make_way_for_what_happens_to_their_fields(case):
    wanted, expected = STEPS[case]

    plan = make_plan(Schema.of([RULED]), wanted=[wanted])

    assert names(plan) == expected


def test_a_rule_that_goes_with_its_field_says_so():
    wanted = replace(RULED, fields=tuple(f for f in FIELDS if f is not ARRIVAL))
    plan = make_plan(Schema.of([RULED]), base_revision=7, wanted=[wanted])

    assert plan.descriptions[0] == (
        "Require Departure < Arrival in “Flights” no longer, as “Arrival” is retired"
    )
    assert plan.target.tables[1].constraints == (PAIR, INDEX)


def test_restoring_a_field_does_not_bring_its_rules_back():
    without = replace(RULED, fields=tuple(f for f in FIELDS if f is not ARRIVAL))
    retired = make_plan(Schema.of([RULED]), base_revision=7, wanted=[without]).target

    assert names(make_plan(retired, wanted=[replace(TABLE, constraints=(PAIR, INDEX))])) == ["RestoreField"]


@pytest.mark.parametrize("kind", KINDS)
def test_only_an_index_asks_nothing_of_the_rows(kind):
    added = next(c for c in RULED.constraints if c.kind == kind)
    [operation] = make_plan(Schema.of([TABLE]), wanted=[replace(TABLE, constraints=(added,))]).operations

    assert operation.can_fail == (kind != "index")


def message_of(rule):
    model = build_models([replace(TABLE, constraints=(rule,))])[1]
    return str(model._meta.constraints[0].get_violation_error_message())


MESSAGES = {
    "unique": (PAIR, "Another row has the same “Carrier” and “Flight”."),
    "moments": (MOMENTS, "“Departure” must be earlier than “Arrival”."),
    "numbers": (rule("check", 2, operator=">=", other=3), "“Flight” must be at least “Seats”."),
    "value": (rule("check", 2, operator="==", value="7"), "“Flight” must be equal to 7."),
    "text": (rule("check", 1, operator="!=", value="5%"), "“Carrier” must be different from 5%."),
    "own": (replace(PAIR, label="100% once: %(name)s"), "100% once: %(name)s"),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_who_breaks_a_rule_reads_what_it_is(case):
    broken, words = MESSAGES[case]

    assert message_of(broken) == words


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_words_for_numbers_and_for_moments(operator):
    numbers = message_of(rule("check", 2, operator=operator, other=3))
    moments = message_of(rule("check", 4, operator=operator, other=5))

    assert numbers.startswith("“Flight” must be ")
    assert (numbers[18:-10] == moments[21:-12]) == (operator in ("==", "!="))


def test_names_in_the_database_and_attributes_are_made_of_ids_and_names():
    live, physical = (build_models([RULED], physical=physical)[1]._meta for physical in (False, True))

    assert [c.name for c in live.constraints] == ["dyn_k1", "dyn_k2"]
    assert [i.name for i in physical.indexes] == ["dyn_k3"]
    [unique] = [c for c in live.constraints if isinstance(c, UniqueConstraint)]
    assert unique.fields == ("carrier", "flight")
    assert physical.constraints[1].fields == ("c1", "c2")


def test_the_message_is_in_the_language_of_who_reads_it():
    model = build_models([replace(TABLE, constraints=(PAIR,))])[1]
    [constraint] = model._meta.constraints
    with translation.override("de"):
        german = str(constraint.get_violation_error_message())

    assert "und" in german
    assert "und" not in str(constraint.get_violation_error_message())
