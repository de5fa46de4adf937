"""Values of dates and times."""

from datetime import UTC, date, datetime, time, timedelta

from tests.fieldtypes.cases.case import Case

DATE_CASES = (
    Case(
        slug="date",
        valid=(
            ("2024-02-29", date(2024, 2, 29), "2024-02-29"),
            ("2024-01-31T00:00:00", date(2024, 1, 31), "2024-01-31"),
            ("0001-01-01", date.min, "0001-01-01"),
            ("9999-12-31", date.max, "9999-12-31"),
            ("", None, ""),
        ),
        invalid=(
            ("2023-02-29", "does not exist"),
            ("2024-13-01", "does not exist"),
            ("0000-01-01", "does not exist"),
            ("31.01.2024", "not a date"),
            ("01/02/2024", "not a date"),
            ("20240131", "not a date"),
            ("2024-W05-3", "not a date"),
            ("2024-01-31T10:00", "not a date"),
            ("٢٠٢٤-٠١-٣١", "not a date"),
            ("infinity", "not a date"),
            (20240131, "not a date"),
            (["2024-01-31"], "not a date"),
        ),
        rendered='type="date"',
    ),
    Case(
        slug="date",
        options={"min_value": "2000-01-01", "max_value": "2030-12-31"},
        valid=(("2000-01-01", date(2000, 1, 1), "2000-01-01"),),
        invalid=(("1999-12-31", "2000-01-01"), ("2031-01-01", "2030-12-31")),
        rendered='min="2000-01-01" max="2030-12-31"',
    ),
    Case(
        slug="time",
        valid=(
            ("14:30", time(14, 30), "14:30:00"),
            ("23:59:59.999999", time.max, "23:59:59.999999"),
            ("00:00:00,5", time(0, 0, 0, 500000), "00:00:00.500000"),
        ),
        invalid=(
            ("24:00", "does not exist"),
            ("23:59:60", "does not exist"),
            ("14:30+01:00", "not a time"),
            ("2 pm", "not a time"),
            ("1:30", "not a time"),
            (1430, "not a time"),
        ),
        rendered='type="time"',
    ),
    Case(
        slug="datetime",
        valid=(
            (
                "2024-01-31T14:30:00Z",
                datetime(2024, 1, 31, 14, 30, tzinfo=UTC),
                "2024-01-31T14:30:00+00:00",
            ),
            (
                "2024-01-31 14:30:00.123456+0130",
                datetime(2024, 1, 31, 13, 0, 0, 123456, tzinfo=UTC),
                "2024-01-31T13:00:00.123456+00:00",
            ),
            ("0001-01-02T00:00Z", datetime(1, 1, 2, tzinfo=UTC), "0001-01-02T00:00:00+00:00"),
            (
                "9999-12-30T23:59:59-00:00",
                datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC),
                "9999-12-30T23:59:59+00:00",
            ),
        ),
        invalid=(
            ("9999-12-31T23:59-14:00", "end of the calendar"),
            ("0001-01-01T00:00+14:00", "end of the calendar"),
            ("2024-01-31T24:00Z", "does not exist"),
            ("2024-02-30 10:00Z", "does not exist"),
            ("2024-01-31T14:30+25:00", "does not exist"),
            ("now", "not a date and time"),
            ("infinity", "not a date and time"),
            ("31.01.2024 14:30", "not a date and time"),
            ("1706711400", "not a date and time"),
            (1706711400, "not a date and time"),
            ({"year": 2024}, "not a date and time"),
        ),
        rendered='type="datetime-local"',
    ),
    Case(
        slug="duration",
        valid=(
            ("1:30:00", timedelta(hours=1, minutes=30), "01:30:00"),
            ("P3DT12H", timedelta(days=3, hours=12), "3 12:00:00"),
            (90, timedelta(seconds=90), "00:01:30"),
            ("-1 23:59:59.000001", timedelta(days=-1, seconds=86399, microseconds=1), "-1 23:59:59.000001"),
            ("99999999 23:59:59.999999", timedelta(days=10**8, microseconds=-1), "99999999 23:59:59.999999"),
        ),
        invalid=(
            ("100000000 00:00:00", "100 million days"),
            ("999999999999999999 00:00:00", "not a duration"),
            ("soon", "not a duration"),
            ("٣", "not a duration"),
            (True, "not a duration"),
            (1e300, "not a duration"),
        ),
        rendered='type="text"',
    ),
)
