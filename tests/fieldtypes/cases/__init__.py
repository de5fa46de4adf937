"""What each field type accepts, refuses and writes: one table of data for every door of a value.

The tests of the types, the forms, the API and the files all read it, so that the doors cannot drift apart::

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_...(case): ...
"""

from tests.fieldtypes.cases.case import HALF_A_PAIR, NUL, Case
from tests.fieldtypes.cases.choices import CHOICE_CASES, COLORS
from tests.fieldtypes.cases.dates import DATE_CASES
from tests.fieldtypes.cases.numbers import NUMBER_CASES
from tests.fieldtypes.cases.structured import FILE_CASES, STRUCTURED_CASES
from tests.fieldtypes.cases.text import TEXT_CASES

__all__ = ["CASES", "COLORS", "DEFAULTS", "HALF_A_PAIR", "NUL", "RELATIONS", "Case"]

CASES = (*TEXT_CASES, *NUMBER_CASES, *CHOICE_CASES, *DATE_CASES, *STRUCTURED_CASES, *FILE_CASES)

# What a relation takes depends on rows: tests/test_relations.py. These are its least options.
RELATIONS = {
    **{slug: {"target": "auth.User"} for slug in ("foreignkey", "onetoone", "manytomany")},
    "lookup": {"source": "1.2"},
    "rollup": {"source": "1"},
}

# A default of each type that can have one, awkward for SQL.
DEFAULTS = {
    "char": 'it\'s 5% {} \\ "x"',
    "text": "one\ntwo",
    "email": "a@example.com",
    "url": "https://example.com/?a=%20",
    "slug": "a-b",
    "int": -5,
    "bigint": 2**62,
    "float": 1e-7,
    "decimal": "0.10",
    "bool": False,
    "choice": "sky",
    "multichoice": ["sky", "red"],
    "date": "2024-02-29",
    "time": "23:59:59.999999",
    "datetime": "2024-01-31T14:30:00.000001+01:00",
    "duration": "-1 00:00:01.000001",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "ip": "2001:db8::1",
    "json": '{"a": ["it\'s", 5, null, "%s"]}',
}
