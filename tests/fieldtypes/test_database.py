"""Values of every type, stored and read back by the engine of the session."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import connection

from dynadmin.fieldtypes.cells import from_text, to_text
from tests.fieldtypes.cases import CASES, COLORS, DEFAULTS
from tests.fieldtypes.test_values import with_type

STORED = [case for case in CASES if case.valid]
OPTIONS = {"choice": {"choices": COLORS}, "multichoice": {"choices": COLORS}}


@pytest.fixture
def every_type(tables):
    """A model with one field a case, f0, f1, ..."""
    fields = {
        f"f{number}": (
            case.slug,
            {**case.options, "null": True, "blank": True} if has_null(case) else case.options,
        )
        for number, case in enumerate(STORED)
    }
    return tables.make("values", **fields).django_model


def has_null(case) -> bool:
    return case.slug not in {"multichoice"} and not case.options.get("default") and "null" in case.options


def test_every_value_comes_back_as_it_went_in(every_type):
    for number, case in enumerate(STORED):
        name = f"f{number}"
        field = every_type._meta.get_field(name)
        for given, value, text in case.valid:
            row = every_type(**{name: field.clean(given, None)})
            row.full_clean(exclude=[f.name for f in every_type._meta.fields if f.name != name])
            row.save()
            back = getattr(every_type.objects.get(pk=row.pk), name)
            expected = None if field.null and value == "" else value
            assert with_type(back) == with_type(expected), (str(case), given)
            assert to_text(field, back) == text


def test_every_value_is_found_by_itself(every_type):
    for number, case in enumerate(STORED):
        name = f"f{number}"
        for _given, value, _text in case.valid:
            if value not in (None, "") and case.slug not in {"json", "multichoice"}:
                row = every_type.objects.create(**{name: value})
                assert every_type.objects.filter(**{name: value}).latest("pk") == row, (str(case), value)


def test_rows_written_in_bulk_come_back_as_they_went_in(every_type):
    names = [f"f{number}" for number in range(len(STORED))]
    fields = [every_type._meta.get_field(name) for name in names]
    values = {
        name: from_text(field, case.valid[0][2])
        for name, field, case in zip(names, fields, STORED, strict=True)
    }
    every_type.objects.bulk_create([every_type(**values)])

    assert every_type.objects.values(*names).get() == values


@pytest.mark.parametrize("slug", DEFAULTS)
def test_a_constant_default_is_given_to_rows_that_exist_and_by_the_database(tables, slug):
    table = tables.make("things", note="char")
    before = table.django_model.objects.create(note="before")
    tables.add(table, value=(slug, {**OPTIONS.get(slug, {}), "default": DEFAULTS[slug]}))
    table.sync()
    model = table.django_model
    field = model._meta.get_field("value")
    expected = field.clean(DEFAULTS[slug], None)

    note_column = model._meta.get_field("note").column
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({note_column}) VALUES ('by a process that is behind')"
        )

    assert [with_type(row.value) for row in model.objects.all()] == [with_type(expected)] * 2
    assert with_type(model().value) == with_type(expected)
    assert model.objects.get(pk=before.pk).value == expected


@pytest.mark.parametrize(
    ("slug", "options", "kind"),
    [
        ("uuid", {"default": "random", "unique": True}, uuid.UUID),
        ("date", {"default": "today"}, datetime.date),
        ("datetime", {"default": "now"}, datetime.datetime),
        ("time", {"default": "now"}, datetime.time),
    ],
)
def test_a_default_made_anew_leaves_rows_that_exist_without_a_value(tables, slug, options, kind):
    table = tables.make("things", note="char")
    before = table.django_model.objects.create(note="before")
    tables.add(table, value=(slug, options))
    table.sync()
    model = table.django_model

    assert model.objects.get(pk=before.pk).value is None
    assert isinstance(model.objects.create(note="after").value, kind)


def test_stamps_note_when_a_row_was_made_and_changed(tables):
    stamps = {"made": ("datetime", {"auto_now_add": True}), "changed": ("datetime", {"auto_now": True})}
    model = tables.make("things", **stamps).django_model
    row = model.objects.create()
    made, changed = row.made, row.changed

    row.save()
    row.refresh_from_db()

    assert row.made == made
    assert row.changed > changed


def test_an_empty_text_is_stored_in_one_way_only(tables):
    model = tables.make("things", plain="char", nullable=("char", {"null": True})).django_model

    model.objects.create(plain=None, nullable="")
    model.objects.bulk_create([model(plain=None, nullable="")])
    model.objects.update(nullable="")

    assert set(model.objects.values_list("plain", "nullable")) == {("", None)}


def test_unique_texts_may_be_empty_more_than_once(tables):
    model = tables.make("things", code=("char", {"unique": True})).django_model

    model.objects.bulk_create([model(code=""), model(code="")])

    assert model.objects.filter(code__isnull=True).count() == 2


def test_rows_are_found_by_one_of_their_choices(tables):
    model = tables.make("things", tags=("multichoice", {"choices": COLORS})).django_model
    red = model.objects.create(tags=["red", "sky"])
    model.objects.create(tags=["sky"])
    model.objects.create(tags=None)

    assert model.objects.filter(tags__has="red").get() == red
    assert model.objects.filter(tags__has="sky").count() == 2
    assert model.objects.filter(tags__has="' OR 1=1 --").count() == 0
    assert model.objects.exclude(tags__has="sky").count() == 1


def test_decimals_add_up_exactly_within_their_digits(tables):
    model = tables.make("things", sum=("decimal", {"max_digits": 15, "decimal_places": 4})).django_model
    model.objects.create(sum=Decimal("99999999999.9999"))

    assert model.objects.get().sum == Decimal("99999999999.9999")
    assert model.objects.filter(sum__gt=Decimal("99999999999.9998")).exists()
