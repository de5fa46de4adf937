"""Undoing one revision: what it means beside all that was done since."""

from dataclasses import replace

import pytest

from dynadmin.plan import Undoing
from dynadmin.schema import ConstraintSchema
from tests.revision_chain import ISBN, NAME, OTHER, PAGES, RULE, TITLE, Chain, book, field

# What the second revision made of a book with title and pages; and the undoing of that, in words.
EFFECTS = {
    "a field added": (book(TITLE, PAGES, ISBN), ["Retire field “isbn”"]),
    "a field retired": (book(TITLE), ["Restore field “pages” of “Book” with its values"]),
    "the first field retired": (book(PAGES), ["Restore field “title”"]),
    "a field renamed": (book(NAME, PAGES), ["Rename field “name” of “Book” to “title”"]),
    "a field labelled": (book(field(1, "title", label="T"), PAGES), ["Label field “T” of “Book” as “title”"]),
    "a longer field": (
        book(field(1, "title", max_length=300), PAGES),
        ["Change max_length of field “title” of “Book”"],
    ),
    "another type": (
        book(TITLE, field(2, "pages", "text")),
        ["Change the type of field “pages” of “Book” from Text, several lines to Whole number"],
    ),
    "another order": (book(PAGES, TITLE), ["Reorder the fields of “Book”"]),
    "the table renamed": (book(TITLE, PAGES, name="books"), ["Rename table “books” to “book”"]),
    "the table labelled": (book(TITLE, PAGES, label="Books"), ["Label table “Books” as “Book”"]),
    "the table described": (
        book(TITLE, PAGES, description="All", folder="Library"),
        ["Describe table “Book” anew"],
    ),
    "names swapped": (
        book(field(1, "pages", label="title"), field(2, "title", "int", label="pages")),
        ["Rename field “pages” of “Book” to “title”", "Rename field “title” of “Book” to “pages”"],
    ),
    "one field for another of its name": (
        book(TITLE, field(3, "pages")),
        ["Restore field “pages”", "Retire field “pages”"],
    ),
}


def begins(sentences, beginnings):
    return len(sentences) == len(beginnings) and all(map(str.startswith, sentences, beginnings))


@pytest.mark.parametrize("case", EFFECTS)
def test_an_effect_is_undone(case):
    made, expected = EFFECTS[case]
    chain = Chain(book(TITLE, PAGES))
    chain.do(made)

    assert begins(chain.undo(2), expected)
    assert chain.now.tables[1].live_fields == (TITLE, PAGES)


@pytest.mark.parametrize("case", EFFECTS)
def test_an_undo_can_be_undone(case):
    chain = Chain(book(TITLE, PAGES))
    chain.do(EFFECTS[case][0])
    made = chain.now.tables[1]
    chain.undo(2)

    chain.undo(3)

    assert chain.now.tables[1].live_fields == made.live_fields


@pytest.mark.parametrize("case", EFFECTS)
def test_what_was_undone_already_leaves_nothing_to_do(case):
    chain = Chain(book(TITLE, PAGES))
    chain.do(EFFECTS[case][0])
    chain.undo(2)

    assert chain.undoing(2) == Undoing()


@pytest.mark.parametrize("case", EFFECTS)
def test_what_was_done_since_elsewhere_stays(case):
    chain = Chain(book(TITLE, PAGES))
    chain.do(EFFECTS[case][0])
    now = chain.now.tables[1]
    chain.do(replace(now, fields=(field(8, "year", "int"), *now.live_fields)), OTHER)

    chain.undo(2)

    assert [f.name for f in chain.now.tables[1].live_fields] == ["year", "title", "pages"]
    assert chain.now.tables[2] == OTHER


# --- Tables ---


def test_a_table_that_was_created_is_retired():
    chain = Chain(book(TITLE))
    chain.do(OTHER)

    assert begins(chain.undo(2), ["Retire table “Other”"])
    assert chain.now.tables[2].retired


def test_a_table_that_was_retired_is_restored_as_it_was():
    chain = Chain(book(TITLE, PAGES))
    chain.do(gone=[1])

    assert chain.undo(2) == ["Restore table “Book” with its rows"]
    assert chain.now.tables[1] == book(TITLE, PAGES)


def test_a_table_that_was_restored_is_retired_again():
    chain = Chain(book(TITLE, PAGES))
    chain.do(gone=[1])
    chain.do(book(TITLE, PAGES))

    assert begins(chain.undo(3), ["Retire table “Book”"])


def test_several_tables_of_one_revision_are_undone_together():
    chain = Chain(book(TITLE), OTHER)
    chain.do(book(NAME), replace(OTHER, label="Others"))

    assert chain.undo(2) == ["Rename field “name” of “Book” to “title”", "Label table “Others” as “Other”"]


def test_tables_may_have_their_names_swapped_back():
    chain = Chain(book(TITLE), OTHER)
    chain.do(book(TITLE, name="other"), replace(OTHER, name="book"))

    assert chain.undo(2) == ["Rename table “other” to “book”", "Rename table “book” to “other”"]


# --- Options are undone one by one ---


def test_options_that_others_changed_since_stay():
    chain = Chain(book(TITLE))
    chain.do(book(field(1, "title", max_length=300)))
    chain.do(book(field(1, "title", max_length=300, help_text="In full")))

    chain.undo(2)

    assert chain.now.tables[1].live_fields == (field(1, "title", help_text="In full"),)


def test_options_that_do_not_go_together_any_more_are_a_conflict():
    chain = Chain(book(field(2, "pages", "int", min_value=10, max_value=20)))
    chain.do(book(field(2, "pages", "int", min_value=10)))
    chain.do(book(field(2, "pages", "int", min_value=50)))

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message.startswith("The former options of field “pages” of “Book” do not fit any more:")


# --- Conversions ---


def test_a_conversion_is_undone_with_the_originals():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(TITLE, field(2, "pages", "text")))

    assert chain.undoing(2).back == {2: 0}
    chain.undo(2)
    (original,) = chain.now.tables[1].originals
    assert (original.type, original.generation) == ("text", 1)


def test_originals_that_were_purged_leave_a_conversion_of_the_values_of_today():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(TITLE, field(2, "pages", "text")))
    chain.purge(columns=["c2"])

    undoing = chain.undoing(2)

    assert undoing.back == {}
    assert "were deleted for good" in undoing.notes[0]
    chain.undo(2)
    assert (chain.now.tables[1].field(2).type, chain.now.tables[1].field(2).generation) == ("int", 2)


# --- Constraints ---


def test_constraints_come_and_go():
    chain = Chain(book(TITLE, PAGES))
    chain.do(book(TITLE, PAGES, constraints=(RULE,)))
    (added,) = chain.undoing(2).wanted
    assert added.constraints == ()

    chain.do(book(TITLE, PAGES))
    (removed,) = chain.undoing(3).wanted
    assert removed.constraints == (RULE,)


def test_constraints_that_the_revision_did_not_touch_stay_as_they_are():
    rules = (RULE, replace(RULE, id=3, kind="index"))
    chain = Chain(book(TITLE, PAGES, constraints=rules))
    chain.do(book(NAME, PAGES, constraints=rules))

    (wanted,) = chain.undoing(2).wanted
    chain.undo(2)

    assert wanted.constraints == rules
    assert chain.undoing(2) == Undoing()


ONCE = "The rule “each combination of title and pages only once” of “Book”"
PAGED = ConstraintSchema(id=6, kind="check", fields=(2,), rule={"operator": ">", "value": "0"})
RULES_IN_THE_WAY = {
    "its field would go": (
        [book(TITLE), book(TITLE, PAGES), book(TITLE, PAGES, constraints=(RULE,))],
        ONCE + " uses a field that would go: remove it first.",
    ),
    "its field is gone": (
        [book(TITLE, PAGES, constraints=(RULE,)), book(TITLE, PAGES), book(TITLE)],
        ONCE + " uses a field that is gone: restore that first.",
    ),
    "its field is another": (
        [
            book(PAGES, constraints=(PAGED,)),
            book(PAGES),
            book(field(2, "pages", "date")),
        ],
        "The rule “pages > 0” of “Book” does not fit the fields then:",
    ),
}


@pytest.mark.parametrize("case", RULES_IN_THE_WAY)
def test_a_rule_has_its_fields(case):
    (first, *states), message = RULES_IN_THE_WAY[case]
    chain = Chain(first)
    for state in states:
        chain.do(state)

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message.startswith(message)


def test_a_rule_goes_and_comes_with_its_field():
    chain = Chain(book(TITLE, PAGES, constraints=(RULE,)))
    chain.do(book(TITLE))

    assert begins(chain.undo(2), ["Restore field “pages”", "Allow each combination of title and pages"])
    assert chain.now.tables[1].constraints == (RULE,)
