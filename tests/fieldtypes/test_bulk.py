"""Texts read all at once are read as the field reads each of them: same values, same refusals, same words."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from hypothesis import example, given
from hypothesis import strategies as st

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.bulk import bulk_reader, bulk_readers, read_singly
from dynadmin.loading import load_columns
from dynadmin.transfer.cells import Judge, Refusal

RANGE = [MinValueValidator(-5), MaxValueValidator(500)]

FIELDS = [
    fields.IntegerField(),
    fields.IntegerField(validators=RANGE),
    fields.BigIntegerField(),
    fields.FloatField(),
    fields.FloatField(validators=RANGE),
    fields.DecimalField(max_digits=6, decimal_places=2),
    fields.DecimalField(max_digits=4, decimal_places=0, validators=RANGE),
    fields.DateField(),
    fields.TimeField(),
    fields.DateTimeField(),
    fields.UUIDField(),
    fields.CharField(max_length=5),
    fields.TextField(),
    fields.TextField(max_length=3),
    models.IntegerField(),
    models.PositiveSmallIntegerField(),
    models.FloatField(),
    models.DecimalField(max_digits=6, decimal_places=2),
    models.DateField(),
    models.TimeField(),
    models.DateTimeField(),
    models.UUIDField(),
    models.CharField(max_length=5),
    models.TextField(),
]

PLAIN = st.one_of(
    st.integers().map(str),
    st.integers(-600, 600).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.decimals(-600, 600, places=3).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.dates().map(str),
    st.times().map(str),
    st.times().map(lambda moment: moment.replace(microsecond=0).isoformat()),
    st.datetimes(timezones=st.timezones()).map(str),
    st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    st.uuids().map(str),
)
ODD = st.sampled_from(
    ["-0", "-0.00", "007", "+5", "1_0", "1\n2", "1\n", " 1", "1 ", "١", "1e5", "NaN", "inf", "1.", ".5",
     "0000-01-01", "0001-01-01", "9999-12-31", "2013-02-29", "2013-1-1", "24:00:00", "23:59:60", "10:00",
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2013-01-01T10:00:00+13:00", "2013-01-01T10:00:00-00:00",
     "a\x00b", "\ud800", "a\rb", "a\nb", "\ta", "a\\b", "\\N", "'=1", "é\u0301", "abcdef", "\u2003", "\x1f",
     "99999999999999999999", "2147483648", "-2147483648", "1" * 50]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PLAIN, ODD, st.text(min_size=1, max_size=8)), min_size=1, max_size=4)


def named(field):
    return f"{type(field).__module__.split('.')[0]}-{type(field).__name__}"


def cleaned(field, text):
    try:
        return field.clean(text, None)
    except (ValidationError, ArithmeticError, ValueError) as error:
        return error


@pytest.mark.parametrize("field", FIELDS, ids=named)
@given(texts=TEXTS)
@example(texts=["1\n2"])
def test_texts_that_fit_have_the_values_that_clean_gives(field, texts):
    reader = bulk_reader(field)
    assert reader is not None

    if reader.fits(texts):
        wanted = [cleaned(field, text) for text in texts]
        assert [(type(value), str(value)) for value in reader.values(texts)] == [
            (type(value), str(value)) for value in wanted
        ]


@pytest.mark.parametrize("field", FIELDS, ids=named)
@given(texts=TEXTS)
def test_a_text_of_the_shape_that_is_taken_as_it_stands_is_plain_and_legal(field, texts):
    reader = bulk_reader(field)
    shape = reader.plain_shape()

    for text in texts if shape else ():
        if re.fullmatch(shape, text):
            assert reader.fits([text])
            assert not set(text) & set('"\\\r\n\t,;|')
            assert not text.startswith("'")


PLAINLY_WRITTEN = [
    (fields.IntegerField(), "-5"),
    (models.BigIntegerField(), "5"),
    (fields.FloatField(), "0.25"),
    (fields.DecimalField(max_digits=6, decimal_places=2), "-1.50"),
    (fields.DateField(), "2013-01-31"),
    (fields.TimeField(), "23:59:01"),
    (fields.DateTimeField(), "2013-01-31T10:00:00Z"),
    (models.DateTimeField(), "2013-01-31 10:00:00+02:00"),
    (fields.UUIDField(), "12345678-0000-4000-8000-00000000000f"),
    (fields.CharField(max_length=5), "a\\b"),
    (fields.TextField(), "a\nb"),
]


@pytest.mark.parametrize(("field", "text"), PLAINLY_WRITTEN)
def test_what_is_plainly_written_is_read_in_bulk(field, text):
    assert bulk_reader(field).fits([text] * 3)


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=5, choices=[("a", "A")]),
        models.CharField(max_length=5, validators=[RegexValidator("a")]),
        type("Own", (models.IntegerField,), {"__module__": __name__})(),
        fields.EmailField(),
    ],
)
def test_fields_that_may_mean_something_else_are_read_text_by_text(field):
    assert bulk_reader(field) is None


class Tint(models.IntegerField):
    """A field of another app."""


def test_fields_of_other_apps_are_told_unless_they_have_a_reader(monkeypatch):
    columns = [Tint("tint"), models.IntegerField("size"), fields.EmailField("mail")]

    assert read_singly(columns) == ["Tint"]
    monkeypatch.setitem(bulk_readers, Tint, bulk_readers[models.IntegerField])
    assert read_singly(columns) == []


def judge(field, *, in_bulk):
    made = Judge(field, connection, escaped=True, typed=False, remembered=100)
    made._is_varied = in_bulk
    return made


MANY = {
    fields.IntegerField(null=True): [*map(str, range(40)), "", "x", "007", "-3", "99999999999"],
    fields.FloatField(null=True): [*(f"{n}.{n}" for n in range(40)), "", "x", "-0.0", "1e3"],
    fields.DecimalField(max_digits=8, decimal_places=2, null=True): [
        *(f"{n}.5" for n in range(40)), "", "-0.00", "1.234"
    ],
    fields.DateField(null=True): [*(f"2013-01-{n:02}" for n in range(1, 40)), ""],
    fields.TimeField(null=True): [*(f"10:{n:02}:00" for n in range(70)), "", "10:00"],
    fields.DateTimeField(null=True): [
        *(f"2013-01-{n:02}T10:00:00Z" for n in range(1, 40)), "", "2013-01-01T10:00:00.5+02:00"
    ],
    fields.UUIDField(null=True): [*(f"{n:08}-0000-4000-8000-000000000000" for n in range(40)), "", "F" * 32],
    fields.CharField(max_length=9, null=True): [
        *(f"t{n}" for n in range(40)), "", " a ", "'=1", "a\\b", "\\N", "x" * 10
    ],
    fields.TextField(null=True): [*(f"t{n}\tx" for n in range(40)), "", "a\r\nb", "a\nb", "\x00"],
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("field", MANY, ids=named)
def test_both_ways_store_and_refuse_the_same(field):
    texts, stored = MANY[field], []
    columns = [judge(field, in_bulk=in_bulk).column(texts) for in_bulk in (True, False)]
    good = [[loaded for loaded in column if not isinstance(loaded, Refusal)] for column in columns]

    with connection.cursor() as cursor:
        for number, column in enumerate(good):
            cursor.execute(f"CREATE TEMPORARY TABLE way_{number} (v {field.db_type(connection)})")
            load_columns(connection, f"way_{number}", ["v"], [column])
            cursor.execute(f"SELECT v FROM way_{number}")
            stored.append(cursor.fetchall())
            cursor.execute(f"DROP TABLE way_{number}")

    assert stored[0] == stored[1]
    assert [one for one in columns[0] if isinstance(one, Refusal)] == [
        one for one in columns[1] if isinstance(one, Refusal)
    ]
