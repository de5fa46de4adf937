"""Texts of cells for the fields of any model, also of one that is not ours."""

import datetime
import decimal
import uuid

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.db import models

from dynadmin.fieldtypes import get_field
from dynadmin.fieldtypes.cells import from_text, text_reader, text_writer, to_text

STATIC = [
    (models.CharField(max_length=9), "a; b", "a; b"),
    (models.BooleanField(), True, "true"),
    (models.IntegerField(), -5, "-5"),
    (models.FloatField(), 0.1, "0.1"),
    (models.DecimalField(max_digits=9, decimal_places=7), decimal.Decimal("0.0000001"), "0.0000001"),
    (models.DateField(), datetime.date(987, 6, 5), "0987-06-05"),
    (models.TimeField(), datetime.time(1, 2, 3, 4), "01:02:03.000004"),
    (models.DurationField(), datetime.timedelta(days=-1, microseconds=1), "-1 00:00:00.000001"),
    (models.UUIDField(), uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (models.JSONField(), {"a": ["5", 5, None]}, '{"a":["5",5,null]}'),
    (models.JSONField(), "5", '"5"'),
    (
        models.DateTimeField(),
        datetime.datetime(2024, 1, 31, 14, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
        "2024-01-31T13:30:00+00:00",
    ),
]


@pytest.mark.parametrize(("field", "value", "text"), STATIC, ids=[type(case[0]).__name__ for case in STATIC])
def test_values_of_djangos_own_fields_come_back(field, value, text):
    assert to_text(field, value) == text
    assert from_text(field, text) == value


@pytest.mark.parametrize("text", ["{", "[" * 100_000])
def test_json_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValidationError, match="not JSON"):
        from_text(models.JSONField(), text)


def test_none_is_an_empty_cell():
    assert to_text(models.IntegerField(null=True), None) == ""


@pytest.mark.parametrize("text", ["", " ", "\t"])
def test_an_empty_cell_is_the_fields_empty_value(text):
    assert from_text(models.IntegerField(null=True, blank=True), text) is None
    assert from_text(models.CharField(null=True, blank=True), text) is None
    assert from_text(models.CharField(blank=True), text) == ""
    assert from_text(get_field("char"), text) == ""
    assert from_text(get_field("bool"), text) is None


@pytest.mark.parametrize(
    "field", [models.IntegerField(), models.IntegerField(blank=True), models.CharField()]
)
def test_an_empty_cell_is_refused_where_a_value_is_needed(field):
    with pytest.raises(ValidationError):
        from_text(field, "")


@pytest.mark.django_db
def test_a_relation_is_the_key_of_the_other_row():
    permission = Permission.objects.first()
    field = Permission._meta.get_field("content_type")

    text = to_text(field, permission.content_type_id)

    assert text == str(permission.content_type_id)
    assert from_text(field, text) == permission.content_type_id
    with pytest.raises(ValidationError):
        from_text(field, "-1")


def test_reader_and_writer_are_made_once_for_many_rows():
    field = User._meta.get_field("is_active")
    read, write = text_reader(field), text_writer(field)

    assert [write(read(text)) for text in ("True", "0")] == ["true", "false"]
