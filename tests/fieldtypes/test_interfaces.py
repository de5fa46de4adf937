"""What Django and the libraries make of the model fields, by their classes alone."""

import datetime

import pytest
from django.core import checks
from django.db import models
from django.forms import modelform_factory
from rest_framework import serializers

from tests.fieldtypes.cases import CASES, COLORS

SERIALIZER_FIELDS = {
    "char": serializers.CharField,
    "text": serializers.CharField,
    "email": serializers.EmailField,
    "url": serializers.URLField,
    "slug": serializers.SlugField,
    "int": serializers.IntegerField,
    "bigint": serializers.BigIntegerField,
    "float": serializers.FloatField,
    "decimal": serializers.DecimalField,
    "bool": serializers.BooleanField,
    "choice": serializers.ChoiceField,
    "multichoice": serializers.JSONField,
    "date": serializers.DateField,
    "time": serializers.TimeField,
    "datetime": serializers.DateTimeField,
    "duration": serializers.DurationField,
    "uuid": serializers.UUIDField,
    "ip": serializers.IPAddressField,
    "json": serializers.JSONField,
    "file": serializers.FileField,
    "image": serializers.ImageField,
}
DJANGOS = {
    "char": models.CharField,
    "int": models.IntegerField,
    "bool": models.BooleanField,
    "datetime": models.DateTimeField,
    "choice": models.CharField,
    "json": models.JSONField,
    "file": models.FileField,
    "image": models.ImageField,
}
FIRST = {case.slug: case for case in reversed(CASES)}


@pytest.fixture
def model(tables):
    """A model with a field of each type, named for it."""
    fields = {f"a_{slug}": (slug, case.options) for slug, case in FIRST.items()}
    return tables.make("everything", **fields).django_model


def test_the_model_passes_djangos_checks(model):
    problems = [found for found in model.check() if found.level >= checks.WARNING]

    assert problems == []


@pytest.mark.parametrize(("slug", "field_class"), DJANGOS.items())
def test_every_field_is_one_of_djangos(slug, field_class):
    assert isinstance(FIRST[slug].make_field(), field_class)


def test_rest_framework_finds_the_serializer_field_by_class(model):
    meta = type("Meta", (), {"model": model, "fields": "__all__"})
    fields = type("RowSerializer", (serializers.ModelSerializer,), {"Meta": meta})().fields

    mapping = serializers.ModelSerializer.serializer_field_mapping
    for slug, expected in SERIALIZER_FIELDS.items():
        if expected in mapping.values() or slug == "choice":
            assert isinstance(fields[f"a_{slug}"], expected), slug


def test_an_empty_form_makes_an_empty_row(model):
    form = modelform_factory(model, fields="__all__")({})

    assert form.is_valid(), form.errors
    row = form.save()
    assert {f.name: f.value_from_object(row) or None for f in model._meta.fields if f.name != "id"} == {
        f"a_{slug}": None for slug in FIRST
    }


def as_a_browser_sends(bound):
    """Return what a box of a form holds as it is shown."""
    value = bound.field.widget.format_value(bound.value())
    is_single = isinstance(value, list) and not getattr(bound.field.widget, "allow_multiple_selected", False)
    return value[0] if is_single else value


def test_a_form_that_shows_a_row_saves_it_unchanged(model):
    row = model.objects.create(
        a_char="x",
        a_datetime="2024-01-31T14:30:00.000001Z",
        a_time="23:59:59.999999",
        a_json={"ä": [1, {"b": None}]},
        a_multichoice=["red"],
        a_decimal="1.5000",
        a_duration=datetime.timedelta(days=3, hours=12),
        a_bool=False,
    )
    row.refresh_from_db()
    form_class = modelform_factory(model, fields="__all__")
    sent = {bound.name: as_a_browser_sends(bound) for bound in form_class(instance=row)}

    form = form_class({name: value for name, value in sent.items() if value is not None}, instance=row)

    assert form.is_valid(), form.errors
    assert form.changed_data == []


def test_choices_have_labels_and_colours(model):
    choice, several = model._meta.get_field("a_choice"), model._meta.get_field("a_multichoice")
    pairs = [(choice["value"], choice["label"]) for choice in COLORS]

    assert choice.choices == pairs
    assert several.item_choices == pairs
    assert choice.choice_colors == several.choice_colors == {"red": "#f4b8b8", "sky": "#b5d6f7"}
    assert model(a_choice="sky").get_a_choice_display() == "Blue"
