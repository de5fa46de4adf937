"""Which changes of options every stored value survives, told without looking at the values."""

import pytest

from dynadmin.fieldtypes import field_types

WIDER = [
    ("char", {"max_length": 5}, {"max_length": 6}),
    ("char", {"min_length": 5}, {}),
    ("char", {"unique": True}, {"unique": False, "null": True}),
    ("char", {"regex": "[a-z]+"}, {"regex": ""}),
    ("char", {"regex": "[a-z]+", "regex_message": "a"}, {"regex": "[a-z]+", "regex_message": "b"}),
    ("char", {"help_text": "a"}, {"help_text": "b", "default": "x", "db_index": True}),
    ("int", {"max_value": 5}, {"max_value": 6}),
    ("int", {"null": False}, {}),
    ("decimal", {"max_digits": 5, "decimal_places": 2}, {"max_digits": 7, "decimal_places": 3}),
    ("choice", {"choices": ["a"]}, {"choices": [{"value": "a", "label": "A"}, "b"]}),
    ("json", {"max_depth": 5}, {"max_depth": 6}),
    ("ip", {"unpack_ipv4": True}, {}),
    ("file", {"extensions": ["pdf"], "max_size": 9}, {"extensions": ["txt"], "max_size": 1}),
    ("date", {}, {"auto_now": True}),
]
STRICTER = [
    ("char", {"max_length": 6}, {"max_length": 5}),
    ("char", {}, {"unique": True}),
    ("char", {}, {"blank": False}),
    ("char", {}, {"regex": "[a-z]+"}),
    ("int", {}, {"min_value": 0}),
    ("int", {}, {"null": False}),
    ("decimal", {"max_digits": 5, "decimal_places": 2}, {"max_digits": 5, "decimal_places": 3}),
    ("decimal", {"max_digits": 5, "decimal_places": 2}, {"max_digits": 5, "decimal_places": 1}),
    ("choice", {"choices": ["a", "b"]}, {"choices": ["b", "c"]}),
    ("ip", {}, {"protocol": "IPv4"}),
]


@pytest.mark.parametrize(("slug", "old", "new"), WIDER)
def test_every_value_fits_wider_options(slug, old, new):
    field_type = field_types[slug]

    assert field_type.is_widening(field_type.clean_options(old), field_type.clean_options(new))


@pytest.mark.parametrize(("slug", "old", "new"), STRICTER)
def test_a_value_may_not_fit_stricter_options(slug, old, new):
    field_type = field_types[slug]

    assert not field_type.is_widening(field_type.clean_options(old), field_type.clean_options(new))
