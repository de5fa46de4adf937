"""Plans: which operations lead from one schema to another, in words."""

from dataclasses import replace

import pytest

from dynadmin.fieldtypes import field_types
from dynadmin.plan import make_plan
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema


def field(id, name, type="char", *, label="", **options):
    return FieldSchema(
        id=id, name=name, label=label or name, type=type, options=field_types[type].clean_options(options)
    )


def book(*fields, name="book", label="Book", **rest):
    return TableSchema(id=1, name=name, label=label, fields=fields, **rest)


TITLE, PAGES = field(1, "title"), field(2, "pages", "int")
BASE = Schema.of([book(TITLE, PAGES)])

CASES = {
    "nothing changed": (book(TITLE, PAGES), []),
    "new field": (book(TITLE, PAGES, field(3, "isbn")), ["Add field “isbn” to “Book”"]),
    "new name": (book(field(1, "name", label="title"), PAGES), ["Rename field “title” of “Book” to “name”"]),
    "new label": (
        book(field(1, "title", label="Title"), PAGES),
        ["Label field “title” of “Book” as “Title”"],
    ),
    "longer": (
        book(field(1, "title", max_length=300), PAGES),
        ["Change max_length of field “title” of “Book”"],
    ),
    "other type": (
        book(TITLE, field(2, "pages", "char")),
        ["Change the type of field “pages” of “Book” from Whole number to Text"],
    ),
    "field left out": (
        book(TITLE),
        ["Retire field “pages” of “Book”: nobody sees it any more, its values are kept"],
    ),
    "other order": (book(PAGES, TITLE), ["Reorder the fields of “Book”"]),
    "table renamed": (book(TITLE, PAGES, name="books"), ["Rename table “book” to “books”"]),
    "table described": (book(TITLE, PAGES, folder="Library"), ["Describe table “Book” anew"]),
    "names swapped": (
        book(field(1, "pages", label="title"), field(2, "title", "int", label="pages")),
        ["Rename field “title” of “Book” to “pages”", "Rename field “pages” of “Book” to “title”"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_operations_in_words(case):
    wanted, expected = CASES[case]

    assert make_plan(BASE, wanted=[wanted]).descriptions == expected


@pytest.mark.parametrize(
    "case", ["new field", "new name", "new label", "longer", "other order", "table renamed"]
)
def test_what_loses_nothing_is_harmless(case):
    plan = make_plan(BASE, wanted=[CASES[case][0]])

    assert not plan.is_destructive
    assert not plan.can_fail


def test_a_new_table_is_one_operation():
    plan = make_plan(Schema(), wanted=[book(TITLE, PAGES)])

    assert plan.descriptions == ["Create table “Book” with the fields title, pages"]


def test_a_field_left_out_stays_in_the_schema_as_retired():
    plan = make_plan(BASE, wanted=[book(TITLE)])

    assert plan.is_destructive
    assert plan.target.tables[1].live_fields == (TITLE,)
    assert plan.target.tables[1].retired_fields == (replace(PAGES, retired_after=0, place=1),)


def test_a_retired_field_is_not_retired_again():
    once = make_plan(BASE, wanted=[book(TITLE)]).target

    assert make_plan(once, wanted=[book(TITLE)]).is_empty


def test_a_name_used_again_is_another_field():
    plan = make_plan(BASE, wanted=[book(TITLE, field(9, "pages", "text"))])

    assert [type(op).__name__ for op in plan.operations] == ["AddField", "RetireField"]


def test_a_table_that_is_gone_is_retired_with_its_fields_untouched():
    plan = make_plan(BASE, gone=[1])

    assert plan.is_destructive
    assert plan.target.live_tables == ()
    assert plan.target.tables[1].fields == (TITLE, PAGES)


def test_tables_nobody_names_stay_as_they_are():
    base = BASE.with_tables([TableSchema(id=2, name="other", fields=(field(5, "x"),))])

    assert make_plan(base, wanted=[book(TITLE, PAGES)]).is_empty


FIT_ALL = {
    "longer": ({"max_length": 10}, {"max_length": 20}),
    "optional": ({"blank": False}, {"blank": True}),
}
MAY_FAIL = {
    "shorter": ({"max_length": 20}, {"max_length": 10}),
    "required": ({"blank": True}, {"blank": False}),
    "unique": ({"null": True}, {"null": True, "unique": True}),
    "expression": ({}, {"regex": "[a-z]+"}),
    "longest": ({}, {"min_length": 3}),
}


@pytest.mark.parametrize("case", FIT_ALL)
def test_wider_options_cannot_fail(case):
    old, new = FIT_ALL[case]

    assert not _alter(old, new).can_fail


@pytest.mark.parametrize("case", MAY_FAIL)
def test_narrower_options_depend_on_the_rows(case):
    old, new = MAY_FAIL[case]

    assert _alter(old, new).can_fail


def _alter(old, new):
    base = Schema.of([book(field(1, "title", **old))])
    return make_plan(base, wanted=[book(field(1, "title", **new))])


def test_ids_of_what_is_new_are_no_part_of_what_a_person_agrees_to():
    def digest(id, key, name="isbn"):
        new = replace(field(id, name), key=key)
        rule = ConstraintSchema(id=id, kind="index", key=key, fields=(id, 1))
        other = TableSchema(id=id, name="shelf", label="Shelf", key=key, fields=(replace(new, id=id + 1),))
        return make_plan(
            BASE, base_revision=7, wanted=[book(TITLE, PAGES, new, constraints=(rule,)), other]
        ).digest

    assert digest(30, "a") == digest(77, "b")
    assert digest(30, "a") != digest(30, "a", name="issn")


def test_other_keys_of_the_same_fields_are_a_change_of_their_table():
    before = Schema.of([replace(book(replace(TITLE, key="a"), PAGES), key="t")])

    plan = make_plan(before, wanted=[replace(book(replace(TITLE, key="b"), PAGES), key="t")])

    assert plan.descriptions == ["Know “Book” and its fields by the keys of the file"]
    assert plan.target.tables[1].field(1).key == "b"


def test_a_key_where_there_was_none_needs_no_step():
    assert make_plan(BASE, wanted=[replace(book(replace(TITLE, key="a"), PAGES), key="t")]).is_empty
