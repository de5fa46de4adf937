"""One rule, three judges: what files are checked by, what a form asks, and what the database enforces."""

from itertools import product

import pytest
from django.core.exceptions import ValidationError

from dynadmin.constraints import KINDS, OPERATORS, build_constraint, parts_of
from dynadmin.executor.violations import violations
from tests.test_rules import add_rule

# Values near each other and at the ends, as the fields store them; None and "" are none.
NUMBERS = ["-2147483648", "-1", "0", "1", "7", "2147483647"]
EXACT = ["-0.01", "0", "0.10", "0.11", "1", "7", "9999999999999.99"]
FLOATS = ["-1e300", "-1", "0", "0.1", "0.11", "1", "7", "1e300"]
MOMENTS = [
    "0001-01-02T00:00:00Z",
    "2024-03-31 02:30Z",
    "2024-03-31 03:30+01:00",
    "2024-03-31 02:30:00.000001Z",
]
TEXTS = ["a", "A", "ä", "a\u0308", "b", "ab", "it's", "100%", "\\", '"']
PAIRS = {
    "whole": ("int", NUMBERS, "bigint", [*NUMBERS, "9223372036854775807"]),
    "whole and exact": ("int", NUMBERS, ("decimal", {"max_digits": 15}), EXACT),
    "exact of two scales": (
        ("decimal", {"max_digits": 15}),
        EXACT,
        ("decimal", {"decimal_places": 4}),
        EXACT[:-1],
    ),
    "exact and floating": (("decimal", {"max_digits": 15}), EXACT, "float", FLOATS),
    "whole and floating": ("int", NUMBERS, "float", FLOATS),
    "dates": ("date", ["0001-01-01", "2024-02-29", "2024-03-01", "9999-12-31"], "date", ["2024-02-29"]),
    "moments": ("datetime", MOMENTS, "datetime", MOMENTS),
    "times": ("time", ["00:00", "08:00", "08:00:00.5", "23:59:59"], "time", ["08:00", "08:00:00.5"]),
    "durations": ("duration", ["-1 00:00:00", "0:00:01", "36:00:00"], "duration", ["1 12:00:00", "0:00:01"]),
    "texts": ("char", TEXTS, "text", TEXTS),
    "answers": ("bool", ["yes", "no"], "bool", ["yes", "no"]),
    "addresses": ("ip", ["::1", "127.0.0.1"], "ip", ["127.0.0.1", "::2"]),
}


@pytest.mark.parametrize("case", PAIRS)
def test_files_forms_and_the_database_agree(tables, case):
    low, lows, high, highs = PAIRS[case]
    table = tables.make("pairs", low=low, high=high)
    model = table.django_model
    fields = [model._meta.get_field(name) for name in ("low", "high")]
    values = [
        [field.clean(text, None) for text in texts]
        for field, texts in zip(fields, (lows, highs), strict=True)
    ]
    empty = ["" if field.empty_strings_allowed else None for field in fields]
    pairs = list(product([*values[0], empty[0]], [*values[1], empty[1]]))
    model.objects.bulk_create(model(low=left, high=right) for left, right in pairs)
    rows = list(model.objects.order_by("pk"))

    is_ordered = all(part.family.is_ordered for part in parts_of_pair(table))
    for operator in (slug for slug, op in OPERATORS.items() if is_ordered or not op.needs_order):
        assert_agreement(table, rows, pairs, operator)


def parts_of_pair(table):
    rule = add_rule(table, "check", "low", operator="==", other="high")
    schema = table.to_schema()
    rule.delete()
    return parts_of(schema.constraints[0], schema).values()


def assert_agreement(table, rows, pairs, operator):
    draft = add_rule(table, "check", "low", operator=operator, other="high")
    schema = table.to_schema()
    draft.delete()
    [rule] = schema.constraints
    model = table.django_model
    constraint = build_constraint(rule, schema)
    by_database = set(violations(constraint, model.objects.all()).values_list("pk", flat=True))
    is_kept = KINDS[rule.kind].test(rule, parts_of(rule, schema))
    by_file = {row.pk for row, pair in zip(rows, pairs, strict=True) if not is_kept(*pair)}
    by_form = {row.pk for row in rows if not passes(constraint, model, row)}

    assert by_database == by_file == by_form


def passes(constraint, model, row):
    try:
        constraint.validate(model, row)
    except ValidationError:
        return False
    return True
