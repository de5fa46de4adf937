"""Regular expressions that people type."""

import time

import pytest
from django.core.exceptions import ValidationError

from dynadmin.fieldtypes import field_types, get_field
from dynadmin.fieldtypes.patterns import LONGEST_PATTERN, PatternValidator

# Each holds up a backtracking engine for minutes or longer.
EVIL = [
    (r"(a+)+$", "a" * 5000 + "!"),
    (r"(a|aa)+$", "a" * 5000 + "!"),
    (r"(.*a){20}", "a" * 3000 + "!"),
    (r"([a-zA-Z]+)*$", "a" * 5000 + "!"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 5000),
]


@pytest.mark.parametrize(
    "regex", ["(?=a)b", "(?<!a)b", r"(a)\1", "(?P<x>a)(?P=x)", "(", "[z-a]", "a{5000}", "*"]
)
def test_an_expression_that_cannot_be_run_safely_is_refused_in_words(regex, capfd):
    with pytest.raises(ValidationError) as refusal:
        field_types["char"].clean_options({"regex": regex})

    (message,) = refusal.value.message_dict["regex"]
    assert "cannot be used" in message
    assert capfd.readouterr().err == "", "the library does not write to the log by itself"


def test_an_expression_is_of_limited_length():
    with pytest.raises(ValidationError):
        field_types["char"].clean_options({"regex": "a" * (LONGEST_PATTERN + 1)})


@pytest.mark.parametrize(("regex", "text"), EVIL, ids=[regex for regex, _text in EVIL])
def test_no_expression_holds_up_the_server(regex, text):
    validate = PatternValidator(regex)
    start = time.perf_counter()

    with pytest.raises(ValidationError):
        validate(text)

    assert time.perf_counter() - start < 1


def test_the_whole_value_has_to_match():
    field = get_field("text", {"regex": "[a-z]+|[0-9]+"})

    assert field.clean("abc", None) == "abc"
    for value in ("abc1", "1abc", "abc\ndef"):
        with pytest.raises(ValidationError):
            field.clean(value, None)


def test_an_empty_value_needs_not_match():
    assert get_field("char", {"regex": "[a-z]+"}).clean("", None) == ""


def test_characters_count_not_bytes():
    assert get_field("char", {"regex": "."}).clean("🚀", None) == "🚀"
    assert get_field("char", {"regex": r"\pL+"}).clean("größe", None) == "größe"


def test_people_may_word_the_message_themselves():
    field = get_field("char", {"regex": "[a-z]+", "regex_message": "100% small %(letters)s, please"})

    with pytest.raises(ValidationError) as refusal:
        field.clean("A", None)

    assert refusal.value.messages == ["100% small %(letters)s, please"]


def test_equal_validators_are_equal():
    assert PatternValidator("a", "x") == PatternValidator("a", "x")
    assert PatternValidator("a") != PatternValidator("b")
    assert len({PatternValidator("a"), PatternValidator("a")}) == 1
