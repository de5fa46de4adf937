"""Every type's values, by the table of cases."""

import json

import pytest
from django import forms
from django.core.exceptions import ValidationError

from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import from_text, to_text
from tests.fieldtypes.cases import CASES, RELATIONS, Case

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def with_type(value):
    """Return the value beside its type, as 1 == True == 1.0."""
    return type(value), value


def is_typed(form_field) -> bool:
    """Whether people type the value, rather than choose it."""
    return not isinstance(form_field, forms.ChoiceField | forms.BooleanField)


def test_every_type_has_a_case():
    assert {case.slug for case in CASES} | set(RELATIONS) == {field_type.slug for field_type in field_types}


@every_case
def test_valid_values_are_read(case: Case):
    field = case.make_field()

    for given, value, _text in case.valid:
        assert with_type(field.clean(given, None)) == with_type(value), given


@every_case
def test_invalid_values_are_refused_in_words(case: Case):
    field = case.make_field()

    for given, message in case.invalid:
        with pytest.raises(ValidationError) as refusal:
            field.clean(given, None)
        text = " ".join(refusal.value.messages)
        assert message in text, given
        assert len(text.encode()) < 400, "the message can be read and sent"


@every_case
def test_a_clean_value_stays_as_it_is(case: Case):
    field = case.make_field()

    for _given, value, _text in case.valid:
        assert with_type(field.clean(value, None)) == with_type(value)


@every_case
def test_what_is_written_to_a_file_reads_back_as_the_same_value(case: Case):
    field = case.make_field()

    for _given, value, text in case.valid:
        assert to_text(field, value) == text
        assert with_type(from_text(field, text)) == with_type(value)


@every_case
def test_a_form_reads_texts_as_a_file_does(case: Case):
    field = case.make_field()
    form_field = field.formfield()

    if is_typed(form_field):
        for given, value, _text in case.valid:
            if isinstance(given, str):
                assert form_field.clean(given) == value, given
        for given, _message in case.invalid:
            if isinstance(given, str):
                with pytest.raises(ValidationError):
                    field.clean(form_field.clean(given), None)


@every_case
def test_the_form_shows_a_value_so_that_saving_it_changes_nothing(case: Case):
    form_field = case.make_field().formfield()

    if is_typed(form_field):
        for _given, value, _text in case.valid:
            shown = form_field.widget.format_value(form_field.prepare_value(value))
            assert with_type(form_field.clean(shown or "")) == with_type(value)
            assert not form_field.has_changed(value, shown or "")


@every_case
def test_the_form_has_the_box_that_suits(case: Case):
    form_field = case.make_field().formfield()

    assert case.rendered in form_field.widget.render("x", None, form_field.widget_attrs(form_field.widget))


@every_case
def test_options_are_canonical_json(case: Case):
    field_type = field_types[case.slug]

    options = field_type.clean_options(case.options)

    assert json.loads(json.dumps(options)) == options
    assert field_type.clean_options(options) == options


@every_case
def test_the_field_can_be_made_again_from_what_it_says_of_itself(case: Case):
    field = case.make_field(help_text="<b>")

    _name, path, args, kwargs = field.deconstruct()
    again = type(field)(*args, **kwargs)

    assert path.startswith("dynadmin.fieldtypes.fields")
    assert again.deconstruct()[2:] == (args, kwargs)


@every_case
def test_help_text_is_escaped(case: Case):
    assert case.make_field(help_text="<script>&").help_text == "&lt;script&gt;&amp;"


@every_case
def test_a_required_field_refuses_to_be_empty(case: Case):
    field = case.make_field(blank=False)

    for empty in ("", None):
        with pytest.raises(ValidationError):
            field.clean(empty, None)
