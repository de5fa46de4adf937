"""Dates and times as people write them."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from django.utils import timezone as django_timezone

from tests.conversion.conversions import asked, conversion, converted

JANUARY_31 = [
    *(
        "2024-01-31",
        "2024/1/31",
        "2024.01.31",
        "2024. 01. 31.",
        "20240131",
        "31.01.2024",
        "31/1/2024",
    ),
    *(
        "01/31/2024",
        "1/31/24",
        "31 January 2024",
        "31. Jan 2024",
        "31-Jan-24",
        "31jan2024",
        "January 31, 2024",
    ),
    *("Jan 31 2024", "Jan. 31st, 2024", "Wed, 31 Jan 2024", "Wednesday, January 31, 2024", "2024-Jan-31"),
    *(
        "31st of January 2024",
        "31 Jan '24",
        "2024年1月31日",
        "٣١/٠١/٢٠٢٤",
        "31 janvier 2024",
        "31. Januar 2024",
    ),
    *(
        "31 stycznia 2024",
        "31 de enero de 2024",
        "31 января 2024",
        "31 Ιανουαρίου 2024",
        "31 ledna 2024",
        "Mi, 31.01.2024",
        "mercredi 31 janvier 2024 14:30",
    ),
    *("2024-01-31 00:00", "2024-01-31T23:59:59", "2024-01-31T12:00:00Z", "31.01.2024 14:30 Uhr"),
    *(
        "20240131T143000",
        "20240131143000",
        "1/31/2024, 2:30:00 PM",
        "1706711400",
        "1706711400123",
        "1706711400000000",
    ),
]

NOT_DATES = {
    "2024-02-30": "no_such_date",
    "31/31/2024": "no_such_date",
    "30 Feb 2024": "no_such_date",
    "2024-01-31 24:00": "no_such_time",
    "2024-01-31 14:30:60": "no_such_time",
    "2024-01-31 13:00 pm": "no_such_time",
    "2024-01-31 14:30 CET": "zone",
    "2024-01-31 14:30 +25:00": "zone",
    "0000-01-01": "no_such_date",
    "2024": "date",
    "14:30": "date",
    "today": "date",
    "2024-W05-3": "date",
    "infinity": "date",
    "10000-01-01": "date",
    "5 apples 20": "date",
    "party 31 Jan 2024": "date",
    "Wed, Wed, 31 Jan 2024": "date",
    "31 Jan 2024 or later": "date",
    "x" * 5000: "date",
    "1" * 5000: "date",
    "12": "date",
}


@pytest.mark.parametrize("text", JANUARY_31)
def test_a_date_is_read_in_the_format_it_is_written_in(text):
    assert converted(conversion("char", "date"), [text], order="") == [date(2024, 1, 31)]


@pytest.mark.parametrize("text", NOT_DATES)
def test_what_is_no_date_says_why(text):
    assert converted(conversion("char", "date"), [text]) == [f"!{NOT_DATES[text]}"]


@pytest.mark.parametrize(
    ("values", "orders"),
    [
        (["01/02/2024", "5/6/2023"], ("dmy", "mdy")),
        (["01.02.24"], ("dmy", "mdy", "ymd")),
        (["31.12.24"], ("dmy", "ymd")),
        (["31/12/2024", "12/31/2024"], ("dmy", "mdy")),
    ],
)
@pytest.mark.parametrize("new", ["date", "datetime"])
def test_an_order_that_is_not_clear_is_asked_about(values, orders, new):
    assert asked(conversion("char", new), values) == {"order": orders}


@pytest.mark.parametrize(
    ("clear", "order"),
    [("31/12/2024", "dmy"), ("12/31/2024", "mdy"), ("99/12/31", "ymd"), ("12/31/99", "mdy")],
)
def test_one_clear_date_decides_for_all(clear, order):
    survey = conversion("char", "date").survey(["01/02/03", clear, "2024-02-01", "nonsense", "40/40/2024"])

    assert survey.reading({})["order"] == order


def test_the_answer_says_the_order_and_misfits_fail():
    values = ["01/02/2024", "31/12/2024", "12/31/2024", "2024-03-04"]

    assert converted(conversion("char", "date"), values, order="dmy") == [
        *(date(2024, 2, 1), date(2024, 12, 31), "!order", date(2024, 3, 4)),
    ]
    assert converted(conversion("char", "date"), values, order="mdy") == [
        *(date(2024, 1, 2), "!order", date(2024, 12, 31), date(2024, 3, 4)),
    ]


def test_a_date_that_came_after_the_survey_is_not_guessed():
    pair = conversion("char", "date")
    convert = pair.converter(pair.survey(["2024-01-31"]).reading({}))

    assert convert("31/01/2024") == convert("01/31/2024") == date(2024, 1, 31)
    assert convert("02/02/2024") == date(2024, 2, 2)
    with pytest.raises(ValueError, match="two ways"):
        convert("01/02/2024")


def test_two_digits_of_a_year_are_of_the_century_of_posix():
    values = ["31/12/68", "31/12/69", "31 Dec 68", "31 Dec 69"]

    assert converted(conversion("char", "date"), values, order="dmy") == [
        *(date(2068, 12, 31), date(1969, 12, 31), date(2068, 12, 31), date(1969, 12, 31)),
    ]


def test_a_month_that_languages_understand_differently_is_asked_about():
    question = conversion("char", "date").survey(["3 listopad 2024"]).questions({})[0]
    assert [label for _code, label in question.choices] == [
        "listopad = November (cs, pl)",
        "listopad = October (hr)",
    ]
    languages = asked(conversion("char", "date"), ["3 listopad 2024"])["language"]

    found = {
        code: converted(conversion("char", "date"), ["3 listopad 2024"], language=code) for code in languages
    }
    assert {day.month for (day,) in found.values()} == {10, 11}


def test_other_months_of_the_column_tell_the_language():
    values = ["3 listopad 2024", "3 października 2024"]

    assert converted(conversion("char", "date"), values) == [date(2024, 11, 3), date(2024, 10, 3)]


MOMENTS = {
    "2024-01-31 14:30": datetime(2024, 1, 31, 13, 30, tzinfo=UTC),
    "2024-01-31T14:30:15.25Z": datetime(2024, 1, 31, 14, 30, 15, 250000, tzinfo=UTC),
    "2024-01-31 14:30:00+05:30": datetime(2024, 1, 31, 9, 0, tzinfo=UTC),
    "2024-01-31 14:30 GMT": datetime(2024, 1, 31, 14, 30, tzinfo=UTC),
    "31.01.2024, 14.30": datetime(2024, 1, 31, 13, 30, tzinfo=UTC),
    "1/31/2024 2:30 PM": datetime(2024, 1, 31, 13, 30, tzinfo=UTC),
    "Wed, 31 Jan 2024 14:30:00 +0100": datetime(2024, 1, 31, 13, 30, tzinfo=UTC),
    "31 Jan 2024 at 2 pm": datetime(2024, 1, 31, 13, 0, tzinfo=UTC),
    "20240131T143000Z": datetime(2024, 1, 31, 14, 30, tzinfo=UTC),
    "2024-01-31": datetime(2024, 1, 30, 23, 0, tzinfo=UTC),
    "1706711400": datetime(2024, 1, 31, 14, 30, tzinfo=UTC),
    "1706711400.5": datetime(2024, 1, 31, 14, 30, 0, 500000, tzinfo=UTC),
    "2024-07-31 14:30": datetime(2024, 7, 31, 12, 30, tzinfo=UTC),
    "2024-03-31 02:30": "!clocks",
    "2024-10-27 02:30": "!clocks",
    "2024-10-27 02:30+01:00": datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    "0001-01-01": "!calendar",
    "9999-12-31T23:59-14:00": "!calendar",
    "0001-01-01T00:00+14:00": "!calendar",
    "2024-01-31 14:30:00.1234567": "!micro",
    "14:30": "!datetime",
    "now": "!datetime",
}


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_without_a_zone_is_meant_in_the_zone_of_the_answer(text):
    assert converted(conversion("char", "datetime"), [text], zone="Europe/Warsaw") == [MOMENTS[text]]


def test_the_zone_in_force_is_written_into_the_reading():
    pair = conversion("char", "datetime")
    with django_timezone.override("Asia/Tokyo"):
        reading = pair.survey(["2024-01-31 09:00"]).reading({})

    assert reading["zone"] == "Asia/Tokyo"
    assert pair.converter(reading)("2024-01-31 09:00") == datetime(2024, 1, 31, tzinfo=UTC)


def test_a_zone_may_be_a_distance_from_utc():
    pair = conversion("char", "datetime")
    with django_timezone.override(timezone(timedelta(hours=-5, minutes=-30))):
        reading = pair.survey([]).reading({})

    assert reading["zone"] == "-05:30"
    assert pair.converter(reading)("2024-01-31 00:00") == datetime(2024, 1, 31, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "/etc/passwd", "../UTC", "+99:00", "x" * 300, "a\x00b"])
def test_a_zone_that_does_not_exist_is_asked_about(zone):
    assert set(asked(conversion("char", "datetime"), [], zone=zone)) == {"zone"}


TIMES = {
    "14:30": time(14, 30),
    "9:05": time(9, 5),
    "14.30": time(14, 30),
    "14h30": time(14, 30),
    "2:30 pm": time(14, 30),
    "2:30:15 P.M.": time(14, 30, 15),
    "12 am": time(0, 0),
    "12:15pm": time(12, 15),
    "23:59:59.999999": time.max,
    "23:59:59.9999990": time.max,
    "2024-01-31 14:30": time(14, 30),
    "2024-01-31T14:30Z": time(15, 30),
    "24:00": "!no_such_time",
    "13 pm": "!no_such_time",
    "0:30 am": "!no_such_time",
    "14:30:15.1234567": "!micro",
    "14:30+01:00": "!zone",
    "2024-01-31": "!no_time",
    "noon": "!time",
    "1430": "!time",
}


@pytest.mark.parametrize("text", TIMES)
def test_times_of_day(text):
    assert converted(conversion("char", "time"), [text], zone="Europe/Warsaw") == [TIMES[text]]


DURATIONS = {
    "1:30:00": timedelta(hours=1, minutes=30),
    "3 12:00:00": timedelta(days=3, hours=12),
    "P3DT12H": timedelta(days=3, hours=12),
    "90": timedelta(seconds=90),
    "90.5": timedelta(seconds=90.5),
    "1h 30m": timedelta(minutes=90),
    "1 hour, 30 minutes and 5 seconds": timedelta(minutes=90, seconds=5),
    "2 days 3 hours": timedelta(days=2, hours=3),
    "1.5 h": timedelta(minutes=90),
    "- 90 min": timedelta(minutes=-90),
    "2w": timedelta(weeks=2),
    "0.0000001 s": "!rounded",
    "5 apples": "!duration",
    "999999999999 weeks": "!range",
    "soon": "!duration",
}


@pytest.mark.parametrize("text", DURATIONS)
def test_durations(text):
    assert converted(conversion("char", "duration"), [text]) == [DURATIONS[text]]


def test_two_numbers_with_a_colon_are_asked_about():
    values = ["1:30", "-0:45", "1:75"]

    assert asked(conversion("char", "duration"), values) == {"parts": ("hours", "minutes")}
    assert converted(conversion("char", "duration"), values, parts="hours") == [
        *(timedelta(minutes=90), timedelta(minutes=-45), "!no_such_time"),
    ]
    assert converted(conversion("char", "duration"), values, parts="minutes")[0] == timedelta(seconds=90)
