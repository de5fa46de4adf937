"""What a page says is different between two states of a table."""

from dataclasses import replace

import pytest

from dynadmin.admin.revisions.diffs import MOST_LINES, diff_of
from tests.revision_chain import ISBN, PAGES, RULE, TITLE, book, field

STATUS = field(7, "status", "choice", choices=[{"value": "a", "label": "Ay"}, {"value": "b", "label": ""}])
TEXT = field(2, "pages", "text")

CASES = {
    "nothing": (book(TITLE), book(TITLE), []),
    "a field added": (book(TITLE), book(TITLE, PAGES), [("added", "Field “pages”", "", "Whole number")]),
    "a field removed": (
        book(TITLE, STATUS),
        book(TITLE, replace(STATUS, retired_after=1)),
        [("removed", "Field “status”", "Choice; Choices: a (Ay), b", "")],
    ),
    "a field renamed": (
        book(TITLE),
        book(field(1, "name", label="Name")),
        [
            ("changed", "Field “Name”: name", "title", "name"),
            ("changed", "Field “Name”: label", "title", "Name"),
        ],
    ),
    "options": (
        book(TITLE),
        book(field(1, "title", max_length=300, unique=True, null=True, help_text="?")),
        [
            ("changed", "Field “title”: Longest", "255", "300"),
            ("changed", "Field “title”: Store empty as NULL", "no", "yes"),
            ("changed", "Field “title”: No value twice", "no", "yes"),
            ("added", "Field “title”: Help text", "", "?"),
        ],
    ),
    "a conversion from a type with other options": (
        book(field(1, "title", "text")),
        book(replace(PAGES, id=1, name="title", label="title", generation=1)),
        [
            ("changed", "Field “title”: type", "Text, several lines", "Whole number"),
            ("changed", "Field “title”: Allow NULL", "no", "yes"),
        ],
    ),
    "a conversion": (
        book(PAGES),
        book(replace(field(2, "pages", "decimal", max_digits=5, decimal_places=3), generation=1)),
        [
            ("changed", "Field “pages”: type", "Whole number", "Number, exact"),
            ("added", "Field “pages”: Digits", "", "5"),
            ("added", "Field “pages”: Decimal places", "", "3"),
        ],
    ),
    "the table": (
        book(TITLE, folder="Old"),
        book(TITLE, name="books", description="All"),
        [
            ("changed", "Name", "book", "books"),
            ("added", "Description", "", "All"),
            ("removed", "Folder", "Old", ""),
        ],
    ),
    "the order": (
        book(TITLE, PAGES, STATUS),
        book(PAGES, TITLE, ISBN),
        [
            ("added", "Field “isbn”", "", "Text"),
            ("removed", "Field “status”", "Choice; Choices: a (Ay), b", ""),
            ("changed", "Order of the fields", "title, pages", "pages, title"),
        ],
    ),
    "a rule": (
        book(TITLE, PAGES),
        book(TITLE, PAGES, constraints=(RULE,)),
        [("added", "Rule", "", "each combination of title and pages only once (Once)")],
    ),
    "originals deleted": (
        book(TITLE, originals=(replace(TEXT, conversion={"into": 1}),)),
        book(TITLE),
        [("removed", "Original values of field “pages”", "", "deleted for good")],
    ),
    "a field of a type that is not installed": (
        book(),
        book(replace(TITLE, type="gone", options={"x": 1})),
        [("added", "Field “title”", "", "gone; x: 1")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_difference_is_a_line(case):
    before, after, expected = CASES[case]

    lines = diff_of(before, after).lines

    assert [(line.kind, line.what, line.before, line.after) for line in lines] == expected


LIVE, GONE = book(TITLE), book(TITLE, retired_after=1)
FATES = {
    "created": (None, LIVE, "added", 3),
    "changed": (LIVE, book(PAGES), "changed", 2),
    "deleted; its rows are kept": (LIVE, GONE, "removed", 0),
    "restored": (GONE, LIVE, "added", 0),
    "handed over to library.Book": (
        LIVE,
        book(retired_after=1, purged=True, released="library.Book"),
        "removed",
        0,
    ),
    "deleted for good": (GONE, book(retired_after=1, purged=True), "removed", 0),
}


@pytest.mark.parametrize("words", FATES)
def test_what_became_of_the_table_is_said(words):
    before, after, kind, lines = FATES[words]

    diff = diff_of(before, after)

    assert (diff.words, diff.kind, len(diff.lines)) == (words, kind, lines)


def test_a_page_does_not_grow_beyond_reading():
    diff = diff_of(book(), book(*(field(number, f"f{number}") for number in range(MOST_LINES + 7))))

    assert (len(diff.lines), diff.more) == (MOST_LINES, 7)


def test_a_value_is_cut_to_what_fits():
    (line,) = diff_of(book(TITLE), book(TITLE, description="x" * 5000)).lines

    assert len(line.after) == 300
