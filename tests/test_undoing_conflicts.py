"""Undoing one revision: when it is refused, and which sentence says why."""

from dataclasses import replace

import pytest

from dynadmin.plan import Release, Undoing, make_release_plan
from tests.revision_chain import NAME, OTHER, PAGES, TITLE, Chain, book, field

YEAR = field(4, "year", "int")
AGAIN = "was changed again by revision 3; undo that first."
# What the second and the third revision made; and why the second cannot be undone.
CONFLICTS = {
    "renamed again": (
        book(NAME, PAGES),
        book(field(1, "n", label="title"), PAGES),
        "The name of field “title”",
    ),
    "labelled again": (
        book(field(1, "title", label="T"), PAGES),
        book(field(1, "title", label="TT"), PAGES),
        "The label of field “TT” of “Book”",
    ),
    "an option changed again": (
        book(field(1, "title", max_length=300), PAGES),
        book(field(1, "title", max_length=400), PAGES),
        "The option max_length of field “title” of “Book”",
    ),
    "converted after its options changed": (
        book(field(1, "title", max_length=300), PAGES),
        book(field(1, "title", "text"), PAGES),
        "The type of field “title” of “Book”",
    ),
    "converted again": (
        book(TITLE, field(2, "pages", "text")),
        book(TITLE, field(2, "pages", "char")),
        "The type of field “pages” of “Book”",
    ),
    "options changed after a conversion": (
        book(TITLE, field(2, "pages", "text")),
        book(TITLE, field(2, "pages", "text", help_text="?")),
        "The type of field “pages” of “Book”",
    ),
    "renamed and retired": (book(NAME, PAGES), book(PAGES), "Field “title” of “Book”"),
    "added and changed": (
        book(TITLE, PAGES, YEAR),
        book(TITLE, PAGES, replace(YEAR, name="y")),
        "Field “year” of “Book”",
    ),
    "the table renamed again": (
        book(TITLE, PAGES, name="books"),
        book(TITLE, PAGES, name="volumes"),
        "The name of table “Book”",
    ),
    "the table filed again": (
        book(TITLE, PAGES, folder="A"),
        book(TITLE, PAGES, folder="B"),
        "The folder of table “Book”",
    ),
    "ordered again": (
        book(YEAR, PAGES, TITLE),
        book(PAGES, YEAR, TITLE),
        "The order of the fields of table “Book”",
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_what_was_changed_again_is_a_conflict_that_names_the_revision(case):
    second, third, subject = CONFLICTS[case]
    base = book(TITLE, PAGES, YEAR) if case == "ordered again" else book(TITLE, PAGES)
    chain = Chain(base)
    chain.do(second)
    chain.do(third)

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message.startswith(subject)
    assert conflict.message.endswith(AGAIN)
    assert (conflict.table, conflict.revision) == (1, 3)


@pytest.mark.parametrize("case", CONFLICTS)
def test_undoing_first_what_stands_in_the_way_helps(case):
    second, third, _subject = CONFLICTS[case]
    base = book(TITLE, PAGES, YEAR) if case == "ordered again" else book(TITLE, PAGES)
    chain = Chain(base)
    chain.do(second)
    chain.do(third)

    chain.undo(3)
    chain.undo(2)

    assert chain.now.tables[1].live_fields == base.fields
    assert chain.now.tables[1].name == "book"


def test_the_last_of_several_changes_is_named():
    chain = Chain(book(TITLE))
    for name in ("a", "b", "c"):
        chain.do(book(field(1, name, label="title")))
    chain.do(book(field(1, "c", label="New")))

    assert [conflict.revision for conflict in chain.undoing(2).conflicts] == [4]


def test_one_conflict_forbids_the_whole():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(NAME, PAGES, folder="Library"))
    chain.do(book(field(1, "n", label="title"), PAGES, folder="Library"))

    undoing = chain.undoing(2)

    assert undoing.conflicts
    assert (undoing.wanted, undoing.gone) == ((), ())


def test_a_table_that_was_changed_since_it_was_created_is_a_conflict():
    chain = Chain(book(TITLE))
    chain.do(OTHER)
    chain.do(replace(OTHER, label="Others"))

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "Table “Others” was changed again by revision 3; undo that first."


def test_a_table_that_was_retired_since_has_to_be_restored_first():
    chain = Chain(book(TITLE))
    chain.do(book(NAME))
    chain.do(gone=[1])

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "Table “Book” was changed again by revision 3; undo that first."


def test_a_field_cannot_have_a_name_again_that_another_has():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(NAME, PAGES))
    chain.do(book(NAME, field(2, "title", "int", label="pages")))

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == (
        "Field “title” of “Book” cannot be called “title” again: another one is by now."
    )


def test_a_restored_field_cannot_have_a_name_that_another_has():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(TITLE))
    chain.do(book(TITLE, field(3, "pages", label="New")))

    (conflict,) = chain.undoing(2).conflicts

    assert "“pages” of “Book” cannot be called “pages” again" in conflict.message


@pytest.mark.parametrize("do", [{"gone": [1]}, {"wanted": book(TITLE, name="books")}])
def test_a_table_cannot_have_a_name_again_that_another_has(do):
    chain = Chain(book(TITLE))
    chain.do(*[do["wanted"]] if "wanted" in do else [], gone=do.get("gone", ()))
    chain.do(replace(OTHER, name="book"))

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "Table “Book” cannot be called “book” again: another one is by now."


# --- What is gone for good ---


def test_what_was_deleted_for_good_is_not_brought_back():
    chain = Chain(book(TITLE, PAGES), OTHER)
    chain.do(book(TITLE), gone=[2])
    chain.purge(columns=["c2"], tables=[2])

    assert [conflict.message for conflict in chain.undoing(2).conflicts] == [
        "Field “pages” of “Book” was deleted for good; its values are gone.",
        "Table “Other” was deleted for good; its rows are gone.",
    ]
    assert [conflict.message for conflict in chain.undoing(3).conflicts] == [
        "What was deleted for good in table “Book” cannot be brought back.",
        "What was deleted for good in table “Other” cannot be brought back.",
    ]


def test_a_field_that_was_deleted_for_good_keeps_what_was_done_to_it():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(TITLE, field(2, "sheets", "int")))
    chain.do(book(TITLE))
    chain.purge(columns=["c2"])

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "Field “sheets” of “Book” was deleted for good; its values are gone."


def test_a_field_added_and_deleted_for_good_is_undone_already():
    chain = Chain(book(TITLE))
    chain.do(book(TITLE, PAGES))
    chain.do(book(TITLE))
    chain.purge(columns=["c2"])

    assert chain.undoing(2) == Undoing()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_table_that_became_a_models_is_left_to_its_code(number):
    chain = Chain(book(TITLE))
    chain.do(book(NAME))
    releases = [Release(table=chain.now.tables[1], model="library.Book")]
    plan = make_release_plan(chain.now, base_revision=chain.newest, releases=releases)
    chain.schemas.append(plan.target)

    (conflict,) = chain.undoing(number).conflicts

    assert conflict.message == "Table “Book” was handed over to library.Book and is no longer here."


def test_a_revision_that_changed_nothing_cannot_be_undone():
    chain = Chain(book(TITLE))
    chain.schemas.append(chain.now)

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "This revision did nothing that could be undone."
