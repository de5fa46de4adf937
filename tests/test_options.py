"""Options of field types: what a form of them reads from JSON, and the schema made of it."""

import json

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import to_text
from dynadmin.options import OptionsForm, json_schema
from tests.fieldtypes.cases import CASES, DEFAULTS, RELATIONS

SLUGS = [field_type.slug for field_type in field_types]
COMPLETE = {case.slug: case.options for case in reversed(CASES)} | RELATIONS

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


class SizeOptions(OptionsForm):
    size = forms.IntegerField(min_value=1, max_value=9, initial=3, help_text="How large")
    mood = forms.ChoiceField(choices=[("a", gettext_lazy("Yes")), ("b", "B")], initial="a")
    note = forms.CharField(required=False, max_length=5, widget=forms.Textarea)
    ready = forms.BooleanField(required=False, initial=True)
    weight = forms.FloatField(required=False, min_value=0.5)
    share = forms.DecimalField(required=False)
    day = forms.DateField(required=False)
    default = forms.CharField(required=False)
    length = forms.IntegerField(required=False)


def errors_of(options) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        SizeOptions.clean_options(options)
    return refusal.value.message_dict


# --- Reading JSON ---


def test_an_absent_key_means_its_default():
    assert SizeOptions.clean_options({}) == {"size": 3, "mood": "a", "ready": True}
    assert SizeOptions.clean_options(None) == SizeOptions.clean_options({})


def test_options_left_empty_are_left_out():
    assert "note" not in SizeOptions.clean_options({"note": "", "weight": None})


def test_a_checkbox_that_nobody_touched_means_its_default():
    assert SizeOptions.clean_options({"ready": None})["ready"] is True


def test_a_required_option_cannot_be_emptied():
    assert errors_of({"size": None}) == {"size": ["This field is required."]}


def test_cleaned_values_are_json():
    options = SizeOptions.clean_options({"share": "1.50", "day": "2024-01-31", "weight": "2"})

    assert options["share"] == 1.5
    assert options["day"] == "2024-01-31"
    assert SizeOptions.clean_options(json.loads(json.dumps(options))) == options


@pytest.mark.parametrize(
    ("options", "option", "message"),
    [
        ([], "__all__", "not a list"),
        ("size", "__all__", "not a text"),
        (5, "__all__", "not a number"),
        (True, "__all__", "not true or false"),
        ({"size": "abc"}, "size", "whole number"),
        ({"size": [1]}, "size", "not a list"),
        ({"size": {"a": 1}}, "size", "not an object"),
        ({"size": True}, "size", "not true or false"),
        ({"size": 10**4000}, "size", "too large"),
        ({"size": 10}, "size", "less than or equal to 9"),
        ({"ready": "maybe"}, "ready", "true or false, not a text"),
        ({"ready": 1}, "ready", "true or false, not a number"),
        ({"note": 5}, "note", "a text, not a number"),
        ({"note": ["a"]}, "note", "a text, not a list"),
        ({"note": "a\x00"}, "note", "NUL"),
        ({"note": "\ud800"}, "note", "broken character"),
        ({"mood": "c"}, "mood", "valid choice"),
        ({"mood": ["a"]}, "mood", "a text, not a list"),
        ({"day": 20240131}, "day", "a text, not a number"),
        ({"weight": float("inf")}, "weight", "number"),
    ],
)
def test_json_of_the_wrong_shape_is_refused_by_option(options, option, message):
    errors = errors_of(options)

    assert list(errors) == [option]
    assert message in errors[option][0]


def test_an_unknown_option_is_refused_with_the_nearest_that_exists():
    assert "Did you mean “size”?" in errors_of({"sise": 1})["sise"][0]
    assert "Known are: size, mood" in errors_of({"zzz": 1})["zzz"][0]


def test_all_wrong_options_are_told_at_once():
    assert set(errors_of({"size": 0, "note": 5, "colour": 1})) == {"size", "note", "colour"}


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_json_crashes_a_type(slug, data):
    names = list(field_types[slug].options_form.base_fields)
    options = data.draw(st.dictionaries(st.sampled_from(names), anything, max_size=4) | anything)
    try:
        canonical = field_types[slug].clean_options(options)
    except ValidationError:
        return

    assert field_types[slug].clean_options(json.loads(json.dumps(canonical))) == canonical
    field_types[slug].model_field(canonical)


# --- The schema for the browser ---


def test_the_schema_says_what_the_form_knows():
    properties = json_schema(SizeOptions)["properties"]

    assert properties["size"] == {
        "title": "Size",
        "type": "integer",
        "minimum": 1,
        "maximum": 9,
        "helpText": "How large",
        "required": True,
        "default": 3,
    }
    assert properties["mood"]["choices"] == [{"value": "a", "title": "Yes"}, {"value": "b", "title": "B"}]
    assert properties["note"] == {"title": "Note", "type": "string", "maxLength": 5, "widget": "textarea"}
    assert properties["ready"] == {"title": "Ready", "type": "boolean", "default": True}
    assert properties["weight"] == {"title": "Weight", "type": "number", "minimum": 0.5}
    assert json_schema(SizeOptions)["required"] == ["size", "mood"]


def test_options_of_all_types_come_last():
    assert list(json_schema(SizeOptions)["properties"])[-2:] == ["length", "default"]


def test_labels_are_in_the_language_in_force():
    with translation.override("de"):
        assert json_schema(SizeOptions)["properties"]["mood"]["choices"][0]["title"] == "Ja"


def keywords(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from keywords(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from keywords(item)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_the_schema_of_a_type_has_every_option_and_nothing_the_editor_trips_over(slug):
    form_class = field_types[slug].options_form
    schema = json_schema(form_class)

    assert set(schema["properties"]) == set(form_class.base_fields)
    assert json.loads(json.dumps(schema)) == schema
    assert not {"oneOf", "anyOf", "$ref"} & set(keywords(schema))
    assert all(option["title"] for option in schema["properties"].values())


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_what_the_editor_starts_with_is_valid(slug):
    schema = json_schema(field_types[slug].options_form)
    empty = {"string": "", "boolean": False, "array": [], "integer": None, "number": None}
    start = {
        name: option.get("default", empty[option["type"]]) for name, option in schema["properties"].items()
    }
    # Choices have no default: only people know theirs.
    start |= {
        name: value for name, value in COMPLETE[slug].items() if name in {"choices", "target", "source"}
    }

    field_types[slug].clean_options(start)


# --- Options that all types share ---

WITH_NULL = [slug for slug in SLUGS if "null" in field_types[slug].options_form.base_fields]
WITH_UNIQUE = [slug for slug in SLUGS if "unique" in field_types[slug].options_form.base_fields]


def options_of(slug: str, **options) -> dict:
    return {
        **{name: value for name, value in COMPLETE[slug].items() if name in {"choices", "target", "source"}},
        **options,
    }


@pytest.mark.parametrize("slug", WITH_NULL)
def test_a_field_that_may_be_empty_can_store_that(slug):
    field = field_types[slug].model_field(field_types[slug].clean_options(options_of(slug)))

    assert field.blank
    assert field.null or field.has_db_default()


@pytest.mark.parametrize("slug", WITH_NULL)
def test_a_column_without_null_has_a_required_field_or_an_empty_text(slug):
    options = field_types[slug].clean_options(options_of(slug, null=False))

    assert options["blank"] is field_types[slug].model_field(options).empty_strings_allowed
    if not options["blank"]:
        with pytest.raises(ValidationError, match="allow NULL"):
            field_types[slug].clean_options(options_of(slug, null=False, blank=True))


@pytest.mark.parametrize("slug", [slug for slug in WITH_UNIQUE if slug not in RELATIONS])
def test_a_unique_field_has_no_constant_default(slug):
    case = next(case for case in CASES if case.slug == slug)
    text = to_text(case.make_field(), next(value for _given, value, _text in case.valid if value))

    with pytest.raises(ValidationError) as refusal:
        field_types[slug].clean_options(options_of(slug, unique=True, default=text))

    assert list(refusal.value.message_dict) == ["default"]


@pytest.mark.parametrize("slug", DEFAULTS)
def test_a_default_is_cleaned_to_json_that_cleans_to_itself(slug):
    options = field_types[slug].clean_options(options_of(slug, default=DEFAULTS[slug]))

    assert field_types[slug].clean_options(json.loads(json.dumps(options))) == options
    assert field_types[slug].model_field(options).has_default()


def test_a_default_of_json_may_be_given_as_json_or_as_its_text():
    options = {
        json.dumps(field_types["json"].clean_options({"default": given})) for given in ({"a": 1}, '{"a":1}')
    }

    assert len(options) == 1
    assert "default" not in field_types["json"].clean_options({"default": "null"})


@pytest.mark.parametrize("slug", DEFAULTS)
def test_a_default_that_its_field_refuses_is_an_error_of_the_default(slug):
    case = next(case for case in CASES if case.slug == slug)
    poison = next(value for value, _message in case.invalid)

    with pytest.raises(ValidationError) as refusal:
        field_types[slug].clean_options({**case.options, "default": poison})

    assert list(refusal.value.message_dict) == ["default"]
