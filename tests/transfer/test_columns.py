"""Columns find their fields by name or label, and what is not clear is asked, never guessed."""

import pytest

from dynadmin.exceptions import BadColumns
from dynadmin.transfer.columns import match_columns
from tests.staticapp.models import Flight, Item


def fields_of(plan):
    return [column.field for column in plan.columns]


@pytest.mark.parametrize(
    "header", ["code", "CODE", " code ", "article code", "Article Code", "article_code", "ARTICLE  CODE"]
)
def test_a_header_is_matched_by_name_or_label_whatever_its_case_and_spacing(header):
    assert fields_of(match_columns(Item, [header])) == ["code"]


def test_a_relation_is_matched_by_its_column_too():
    assert fields_of(match_columns(Item, ["code", "maker_id"])) == ["code", "maker"]


def test_unknown_headers_are_left_out_and_listed():
    plan = match_columns(Item, ["code", "colour"])

    assert [column.header for column in plan.unmatched] == ["colour"]
    assert plan.problems == ()


def test_a_name_is_stronger_than_a_label():
    names = [field.name for field in Item._meta.concrete_fields]
    assert fields_of(match_columns(Item, names)) == names


def test_two_headers_of_one_field_are_both_asked_about():
    plan = match_columns(Item, ["code", "Code", "label"])

    assert fields_of(plan) == [None, None, "label"]
    assert "Several columns fill the field code" in plan.problems[0]


def test_ids_of_the_file_are_not_taken_for_the_numbers_of_rows_unless_that_is_said(tables):
    wares = tables.define("wares", id_field="int", title="char")
    wares.fields.filter(name="id_field").update(label="Id")
    wares.sync()
    model = wares.django_model

    plan = match_columns(model, ["id", "title"])

    assert fields_of(plan) == [None, "title"]
    assert "The header id fits several fields (id, id_field): say which." in plan.problems
    assert fields_of(match_columns(model, ["id", "title"], by_hand={0: "id_field"})) == ["id_field", "title"]
    assert match_columns(model, ["id", "id_field", "title"]).key == ("id",)


def test_saying_by_hand_which_column_is_meant_settles_it():
    plan = match_columns(Item, ["code", "Code", "", "x"], by_hand={0: "code", 1: None, 2: None, 3: "note"})

    assert fields_of(plan) == ["code", None, None, "note"]
    assert plan.problems == ()


def test_the_key_is_the_primary_key_when_the_file_has_it():
    assert match_columns(Item, ["id", "code"]).key == ("id",)
    assert match_columns(Item, ["code"]).key == ()


def test_the_key_may_be_several_fields():
    assert match_columns(Flight, ["year", "flight", "dest"], key=["flight", "year"]).key == ("flight", "year")


@pytest.mark.parametrize("key", ["colour", "label"])
def test_a_key_that_is_no_column_of_the_file_is_refused(key):
    with pytest.raises(BadColumns, match=key):
        match_columns(Item, ["code"], key=[key])


def test_a_field_that_does_not_exist_cannot_be_chosen_by_hand():
    with pytest.raises(BadColumns, match="no field colour"):
        match_columns(Item, ["code"], by_hand={0: "colour"})


def test_what_a_new_row_needs_must_be_in_the_file_unless_all_rows_are_found_by_a_key():
    assert "Article code" in match_columns(Item, ["label"]).problems[0]
    assert match_columns(Item, ["id", "label"]).problems == ()


def test_only_the_fields_asked_for_are_filled():
    assert fields_of(match_columns(Item, ["code", "note"], only=["code"])) == ["code", None]
