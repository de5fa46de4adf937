"""Numbers as people write them."""

from decimal import Decimal

import pytest

from tests.conversion.conversions import asked, conversion, converted, field

EXACT = field("decimal", max_digits=15, decimal_places=4)

# A text that is clear by itself, and the number it means.
CLEAR = {
    "5": "5",
    " 5 ": "5",
    "+5": "5",
    "007": "7",
    "-5": "-5",
    "\u22125": "-5",
    "\u20135": "-5",
    "5-": "-5",
    "- 5": "-5",
    "(5)": "-5",
    "(1,234.50)": "-1234.50",
    "$(5)": "-5",
    "($5)": "-5",
    "-$5": "-5",
    "$-5": "-5",
    "$ 1,200.50": "1200.50",
    "1.200,50 €": "1200.50",
    "1 234,5": "1234.5",
    "1\u00a0234\u00a0567": "1234567",
    "1\u202f234,5": "1234.5",
    "1'234.50": "1234.50",
    "1\u2019234": "1234",
    "CHF 5.50": "5.50",
    "Fr. 5": "5",
    "Fr.5": "5",
    "Rs.500": "500",
    "Fr. 5.-": "5",
    "5,-": "5",
    "5.\u2013": "5",
    "usd 7.5": "7.5",
    "12,50 zł": "12.50",
    "12.5": "12.5",
    "0.125": "0.125",
    "0,125": "0.125",
    "1234,567": "1234.567",
    ".5": "0.5",
    "-,5": "-0.5",
    "5.": "5",
    "1,234,567": "1234567",
    "1.234.567": "1234567",
    "1,00,000": "100000",
    "1,00,000.25": "100000.25",
    "1e3": "1000",
    "1.5E-3": "0.0015",
    "١٬٢٣٤٫٥": "1234.5",
    "٣": "3",
    "１２": "12",
    "１，２３４．５": "1234.5",
}

NOT_NUMBERS = [
    *(
        "N/A",
        "-",
        "null",
        "none",
        "abc",
        "5 apples",
        "1 2",
        "12:30",
        "5-10",
        "--5",
        "(-5)",
        "(5",
        "5)",
        "+5-",
    ),
    *(
        "1_000",
        "0x10",
        "²",
        "½",
        "Infinity",
        "NaN",
        "1,2,3",
        "1,23,4",
        "1 234 56",
        "$5€",
        "$$5",
        "5 %%",
        "$5%",
    ),
    *("1.234.567,8.9", "1,234 567", "1e", "1e5e5", "1 e5", "5+", ".", ",", "$", "%", "1e99999", "EUR.5"),
    *("9" * 2000, "1;5", "#5", "=1+1", "1/2", "二"),
]


@pytest.mark.parametrize("text", CLEAR)
def test_a_clear_text_is_the_number_it_means(text):
    assert converted(conversion("char", EXACT), [text]) == [Decimal(CLEAR[text])]


@pytest.mark.parametrize("text", NOT_NUMBERS)
@pytest.mark.parametrize("new", ["int", "float", "decimal"])
def test_anything_else_is_no_number_and_never_empty(text, new):
    assert converted(conversion("text", new), [text, "1"])[0] == "!number"


def test_white_space_alone_is_empty():
    assert converted(conversion("char", "int"), ["", "  ", None, "\u00a0"]) == [None, None, None, None]


@pytest.mark.parametrize("new", ["int", "bigint", "float", "decimal"])
def test_a_mark_that_may_be_either_is_asked_about(new):
    assert asked(conversion("char", new), ["1,234", "5"]) == {"decimal": (".", ",")}
    assert asked(conversion("char", new), ["1.234", "5"]) == {"decimal": (".", ",")}


def test_the_answer_says_what_the_mark_is():
    values = ["1,234", "1.234"]

    assert converted(conversion("char", "float"), values, decimal=".") == [1234.0, 1.234]
    assert converted(conversion("char", "float"), values, decimal=",") == [1.234, 1234.0]
    assert converted(conversion("char", "int"), values, decimal=".") == [1234, "!rounded"]


@pytest.mark.parametrize(
    ("clear", "mark"), [("5,5", ","), ("1.234.567", ","), ("5.5", "."), ("1,234.5", ".")]
)
def test_one_clear_value_decides_for_all(clear, mark):
    survey = conversion("char", "float").survey(["1,234", clear, "17"])

    assert survey.reading({})["decimal"] == mark


def test_clear_values_that_contradict_each_other_are_asked_about_and_misfits_fail():
    values = ["12.5", "13.5", "12,5", "1,234"]

    question = conversion("char", "float").survey(values).questions({})[0]

    counts = {mark: label[-20:] for mark, label in question.choices}
    assert counts == {".": "(fits 3 of 4 values)", ",": "(fits 2 of 4 values)"}
    assert converted(conversion("char", "float"), values, decimal=".") == [12.5, 13.5, "!mark", 1234.0]
    assert converted(conversion("char", "float"), values, decimal=",") == ["!mark", "!mark", 12.5, 1.234]


def test_a_value_that_came_after_the_survey_is_not_guessed():
    pair = conversion("char", "float")
    convert = pair.converter(pair.survey(["5", "6"]).reading({}))

    assert convert("7,5") == 7.5
    for text, reason in {"1,234": "two ways", "5%": "percent", "$5": "currency"}.items():
        with pytest.raises(ValueError, match=reason):
            convert(text)


def test_percent_signs_are_asked_about():
    values = ["12%", "12,5 %", "-3%", "7"]

    assert asked(conversion("char", EXACT), values) == {"percent": ("number", "fraction")}
    assert converted(conversion("char", EXACT), values, percent="number") == [12, Decimal("12.5"), -3, 7]
    assert converted(conversion("char", EXACT), values, percent="fraction") == [
        *(Decimal("0.12"), Decimal("0.125"), Decimal("-0.03")),
        7,
    ]


def test_several_currencies_are_asked_about():
    values = ["$5", "USD 6", "€ 7", "8"]

    assert asked(conversion("char", "int"), values) == {"currency": ("EUR", "USD", "any")}
    assert converted(conversion("char", "int"), values, currency="any") == [5, 6, 7, 8]
    assert converted(conversion("char", "int"), values, currency="USD") == [5, 6, "!other_currency", 8]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        *(("2.0", 2), ("2.50", "!rounded"), ("1e2", 100), ("1e-2", "!rounded"), ("2147483647", 2147483647)),
        *(("2147483648", "!range"), ("-2147483649", "!range"), ("1e99", "!range"), ("9" * 900, "!range")),
    ],
)
def test_whole_numbers_are_never_rounded_nor_clamped(text, result):
    assert converted(conversion("text", "int"), [text]) == [result]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        *(
            ("0.1", 0.1),
            ("0.30000000000000004", 0.30000000000000004),
            ("1e400", "!range"),
            ("1e-400", "!rounded"),
        ),
        ("0.1000000000000000055511151231257827", "!rounded"),
        ("12345678901234567890", "!rounded"),
    ],
)
def test_floating_point_numbers_have_the_digits_of_their_text(text, result):
    assert converted(conversion("text", "float"), [text]) == [result]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1.5", Decimal("1.50")),
        ("1.500", Decimal("1.50")),
        ("1.555", "!places"),
        ("1234.5", "!range"),
        ("1e9999", "!digits"),
    ],
)
def test_exact_numbers_have_their_places_and_digits(text, result):
    new = field("decimal", max_digits=5, decimal_places=2)

    assert converted(conversion("text", new), [text, "0.1"])[0] == result


def test_the_rules_of_the_new_field_hold():
    new = field("int", min_value=1, max_value=10)

    assert converted(conversion("char", new), ["0", "1", "10", "11", "$11"]) == [
        "!low",
        1,
        10,
        "!high",
        "!high",
    ]
