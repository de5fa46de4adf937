"""Which type the texts of a column are said to have, and what is said about it."""

import pytest
from django.utils import timezone

from dynadmin.inference import Wish

FEW = [
    # texts, type, some of the options
    (["1", "20", "-3"], "int", {"null": False, "blank": False}),
    (["1", "", "3"], "int", {"null": True, "blank": True}),
    (["5.0", "7.0", ""], "int", {}),
    (["2147483648", "1"], "bigint", {}),
    (["9223372036854775808", "1"], "char", {}),
    (["12345678901234567890123"], "char", {"max_length": 50}),
    (["1.5", "12.25"], "decimal", {"max_digits": 6, "decimal_places": 2}),
    (["0.000001", "123.5"], "decimal", {"decimal_places": 6}),
    (["0.12345678901", "1e-7", "3.5e20"], "float", {}),
    (["1.2345678901234567", "2.5"], "float", {}),
    (["1.23456789012345678901", "2.5"], "char", {}),
    (["1 234 567,5", "2,25"], "decimal", {"max_digits": 11, "decimal_places": 2}),
    (["1,234,567", "1,234.5"], "decimal", {}),
    (["$5", "$1,250.50"], "decimal", {"decimal_places": 2}),
    (["12,50 zł", "1 200,00 zł"], "decimal", {"decimal_places": 2}),
    (["(12.50)", "3.75"], "decimal", {}),
    (["+5", "-3"], "int", {}),
    (["02134", "10001"], "char", {"max_length": 10}),
    (["007"], "char", {}),
    (["+48 601 100 200", "+1 (555) 010-9999"], "char", {}),
    (["yes", "no", "Yes"], "bool", {}),
    (["tak", "nie", ""], "bool", {"null": True}),
    (["0", "1", "1"], "int", {}),
    (["2013-01-31", "2012-02-29"], "date", {}),
    (["2013-02-30", "2012-02-29"], "char", {}),
    (["31.12.2013", "1.2.2013"], "date", {}),
    (["12/31/2013", "1/2/2013"], "date", {}),
    (["3 maja 2013", "12 grudnia 2014"], "date", {}),
    (["3. März 2013", "1. Oktober 2013"], "date", {}),
    (["May 3, 2013", "December 12, 2014"], "date", {}),
    (["2013-01-31T10:00:00Z", "2013-01-31T10:00:00+02:00"], "datetime", {}),
    (["2013-01-31 10:00", "2013-02-01"], "datetime", {}),
    (["2013-01-31 00:00:00", "2013-02-01 00:00:00"], "date", {}),
    (["31.12.2013 14:30", "1.2.2013 2:05"], "datetime", {}),
    (["10:30", "23:59:59"], "time", {}),
    (["2:30 pm", "11:00 am"], "time", {}),
    (["26:30:00", "1:00:00"], "duration", {}),
    (["3d 4h", "30 min"], "duration", {}),
    (["20130131", "20130201"], "int", {}),
    (["41275", "41276"], "int", {}),
    (["550e8400-e29b-41d4-a716-446655440000"], "uuid", {}),
    (["550E8400E29B41D4A716446655440000"], "uuid", {}),
    (["192.168.1.10", "10.100.100.100"], "ip", {}),
    (["::1", "fe80::1"], "ip", {}),
    (["a@example.org", "b.c@example.com"], "email", {}),
    (["https://example.org/a?b=1", "http://example.com"], "url", {}),
    (['{"a": 1}', "[1, 2]"], "json", {}),
    (["red", "green", "blue"], "char", {"max_length": 10}),
    (["red", "green", "blue"] * 5, "choice", {}),
    (["first\nsecond", "x"], "text", {}),
    (["x" * 600], "text", {}),
    (["7E10", "8A22"], "char", {}),
    (["N725MQ", "3 items"], "char", {}),
    (["", ""], "char", {"blank": True}),
    ([], "char", {"blank": True}),
]


@pytest.mark.parametrize(("texts", "type", "options"), FEW)
def test_a_column_has_the_type_that_takes_all_of_its_values(propose, texts, type, options):
    column = propose(texts)

    assert (column.type, column.misfits) == (type, 0)
    assert column.options.items() >= options.items()


READINGS = [
    (["1.234,56", "12,5"], {"decimal": ","}),
    (["1,234.56", "12.5"], {}),
    (["12 €", "13 €"], {"currency": "EUR"}),
    (["31.12.2013", "1.2.2013"], {"order": "dmy"}),
    (["12/31/2013", "1/2/2013"], {"order": "mdy"}),
    (["3 maja 2013", "12 grudnia 2014", "1 lutego 2013"], {"kind": "date"}),
    (["1", "20"], {}),
]


@pytest.mark.parametrize(("texts", "reading"), READINGS)
def test_how_texts_are_written_is_found_out_from_all_of_them(propose, texts, reading):
    column = propose(texts)

    assert column.open_questions == ()
    assert column.reading.items() >= reading.items()


ASKED = [
    (["1/2/2013", "3/4/2013"], {}, "order"),
    (["1/2/13", "3/4/13"], {}, "order"),
    (["1/31/2013", "31/1/2013"], {"type": "date"}, "order"),
    (["1,234", "5,678"], {}, "decimal"),
    (["12 %", "3.5 %"], {}, "percent"),
    (["5 €", "$ 7"], {}, "currency"),
    (["1:30:00", "1:30"] * 2 + ["30:00:00"], {}, "parts"),
    (["41275", "41276"], {"type": "date"}, "unit"),
]


@pytest.mark.parametrize(("texts", "wish", "id"), ASKED)
def test_what_texts_leave_open_is_asked_and_never_guessed(propose, texts, wish, id):
    column = propose(texts, wishes={0: Wish(**wish)})

    assert [question.id for question in column.open_questions] == [id]

    answer = column.open_questions[0].choices[0][0]
    answered = propose(texts, wishes={0: Wish(**wish, answers={id: answer})})

    assert answered.open_questions == ()
    assert answered.reading[id] == answer


MISFITS = [
    (["1"] * 30 + ["soon"], "int", 1, ("soon",)),
    (["31.12.2013"] * 20 + ["31.11.2013"], "date", 1, ("31.11.2013",)),
    (["1.5"] * 100 + ["1,5"] * 2, "decimal", 2, ("1,5",)),
    (["1"] * 10 + ["A"] * 10, "choice", 0, ()),
]


@pytest.mark.parametrize(("texts", "type", "misfits", "samples"), MISFITS)
def test_the_few_values_that_do_not_fit_are_counted_and_shown(propose, texts, type, misfits, samples):
    column = propose(texts)

    assert (column.type, column.misfits, column.misfit_samples[:1]) == (type, misfits, samples)


EMPTY = [
    (["1", "N/A", "3", "-"], "int", ("-", "N/A")),
    (["1.5", "NULL", "null", " NA "], "decimal", (" NA ", "NULL", "null")),
    (["2013-01-01", "?"], "date", ("?",)),
    # Among texts these may be meant.
    (["red", "NA", "-"], "char", ()),
    (["red", "NULL", "#N/A"], "char", ("#N/A", "NULL")),
]


@pytest.mark.parametrize(("texts", "type", "empty"), EMPTY)
def test_words_for_no_value_are_no_values_of_their_column(propose, texts, type, empty):
    column = propose(texts)

    assert (column.type, tuple(sorted(column.empty_texts)), column.misfits) == (type, empty, 0)
    assert sorted(column.reading.get("empty", [])) == list(empty)


def test_a_person_says_which_words_stand_for_no_value(propose):
    column = propose(["1"] * 20 + ["-"], wishes={0: Wish(type="int", empty=())})

    assert (column.misfits, column.misfit_samples, column.empty_texts) == (1, ("-",), ())


@pytest.mark.parametrize("header", ["ZIP", "zip_code", "Phone", "phoneNumber", "kod pocztowy", "PLZ", "NIP"])
def test_numbers_below_a_header_that_says_codes_stay_texts(propose, header):
    assert propose(["10001", "94110"], header=header).type == "char"
    assert propose(["10001", "94110"], header="population").type == "int"


def test_no_value_comes_twice_is_only_proposed_where_it_is_no_accident(propose):
    numbers = [str(number) for number in range(30)]

    assert propose(numbers, header="order_id").options["unique"] is True
    assert propose(numbers, header="amount").options["unique"] is False
    assert propose([*numbers, "3"], header="order_id").options["unique"] is False
    assert propose([f"{number:05}" for number in range(25_000)]).options["unique"] is True
    assert propose([f"{number:05}" for number in range(25_000)] + ["00003"]).options["unique"] is False


def test_the_reason_says_what_all_values_are(propose):
    months = [str(number % 12 + 1) for number in range(3000)]

    assert propose(months).reason == "All 3,000 values are whole numbers from 1 to 12."
    assert propose([*months, "N/A", ""]).reason == (
        "All 3,000 values are whole numbers from 1 to 12. 2 cells are empty or say so: “N/A”."
    )
    assert propose(["1.2.2013", "13.2.2013"]).reason == "All 2 values are dates, the day first."
    assert propose(["1.2.2013"] * 19 + ["x"]).reason.startswith("19 of 20 values are dates")


def test_choices_are_all_texts_that_there_are(propose):
    column = propose(["red", "green", " red"] * 5)

    assert [choice["value"] for choice in column.options["choices"]] == ["green", "red"]


def test_moments_without_a_zone_are_meant_in_the_zone_one_says(propose):
    naive, aware = ["2013-07-01 12:00", "2013-07-02"], ["2013-07-01 12:00Z", "2013-07-02 12:00Z"]

    assert "zone" not in propose(naive).reading
    assert propose(naive).reason.endswith("meant in the time zone UTC where none is written.")
    assert propose(aware).reason == "All 2 values are dates with a time."
    with timezone.override("Europe/Warsaw"):
        assert propose(naive).reading["zone"] == "Europe/Warsaw"
        # The clocks of that night skip this hour.
        assert propose(["2013-03-31 02:30", *naive * 10]).misfits == 1
