"""The registry of field types, and types that others register."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models

from dynadmin.exceptions import UnknownFieldType
from dynadmin.fieldtypes import FieldType, field_types, get_field

SCALAR_SLUGS = {
    *("char", "text", "email", "url", "slug", "int", "bigint", "float", "decimal", "bool", "choice"),
    *("multichoice", "date", "time", "datetime", "duration", "uuid", "ip", "json", "file", "image"),
}


class Mood(FieldType):
    slug = "mood"
    label = "Mood"

    def model_field(self, options):
        return models.CharField(max_length=10)


def test_every_scalar_type_is_there():
    assert {field_type.slug for field_type in field_types} >= SCALAR_SLUGS
    assert {slug for slug, _label in field_types.choices()} >= SCALAR_SLUGS
    assert len(field_types) == len(field_types.choices())


@pytest.mark.parametrize("slug", ["chra", "", None, 5, ["char"], {"a": 1}])
def test_an_unknown_type_is_refused(slug):
    assert slug not in field_types
    with pytest.raises(UnknownFieldType, match="no field type"):
        get_field(slug)


def test_the_nearest_type_is_named():
    with pytest.raises(UnknownFieldType, match="Did you mean “char”"):
        get_field("chra")


def test_options_are_checked_when_a_field_is_asked_for():
    with pytest.raises(ValidationError) as refusal:
        get_field("char", {"max_length": "abc"})

    assert refusal.value.message_dict == {"max_length": ["Enter a whole number."]}
    assert get_field("char", {"max_length": 3}).max_length == 3


def test_a_type_can_be_registered_for_a_while():
    with field_types.register_temporarily(Mood):
        assert field_types["mood"].label == "Mood"
    assert "mood" not in field_types


def test_one_slug_has_one_type():
    class Impostor(Mood):
        slug = "char"

    with pytest.raises(ImproperlyConfigured, match="registered already"):
        field_types.register(Impostor)


def test_the_same_class_may_be_registered_twice():
    with field_types.register_temporarily(Mood):
        field_types.register(Mood)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"slug": ""}, "no slug"),
        ({"label": ""}, "no label"),
        ({"options_form": dict}, "subclass of OptionsForm"),
    ],
)
def test_a_type_that_is_not_finished_is_refused(attributes, message):
    with pytest.raises(ImproperlyConfigured, match=message):
        field_types.register(type("Broken", (Mood,), attributes))


def test_an_app_brings_a_type_in_its_module_fieldtypes(third_party, tables):
    assert apps.is_installed("tests.thirdparty")

    model = tables.make("cars", plate=("plate", {"country": "de"})).django_model
    car = model(plate="B-AB 1234")
    car.full_clean()
    car.save()

    assert model.objects.get().plate == "B-AB 1234"
    with pytest.raises(ValidationError):
        model(plate="WA 12345").full_clean()
