"""Undoing one revision: what it means beside all that was done since, and when it is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynadmin.fieldtypes import field_types
from dynadmin.plan import Revised, Undoing, make_plan, make_purge_plan, make_undoing
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema


class Chain:
    """Revisions one after the other. The first, number 1, made the tables given."""

    def __init__(self, *tables: TableSchema) -> None:
        self.schemas = [Schema(), Schema.of(tables)]

    @property
    def now(self) -> Schema:
        return self.schemas[-1]

    @property
    def newest(self) -> int:
        return len(self.schemas) - 1

    def do(self, *wanted: TableSchema, **more) -> None:
        plan = make_plan(self.now, base_revision=self.newest, wanted=wanted, **more)
        self.schemas.append(plan.target)

    def purge(self, **what) -> None:
        self.schemas.append(make_purge_plan(self.now, base_revision=self.newest, **what).target)

    def undoing(self, number: int) -> Undoing:
        before, after = self.schemas[number - 1 : number + 1]
        return make_undoing(
            [self._revised(table.id, number) for table in after.changed_since(before)], self.now
        )

    def _revised(self, id: int, number: int) -> Revised:
        def since():
            return [(n, schema.tables[id]) for n, schema in enumerate(self.schemas) if n > number]

        before, after = self.schemas[number - 1 : number + 1]
        return Revised(
            before=before.tables.get(id), after=after.tables[id], now=self.now.tables[id], since=since
        )

    def undo(self, number: int) -> list[str]:
        """Undo a revision, as the newest one; return what that did, in words."""
        undoing = self.undoing(number)
        assert not undoing.conflicts
        what = {"wanted": undoing.wanted, "gone": undoing.gone, "back": undoing.back}
        plan = make_plan(self.now, base_revision=self.newest, **what)
        self.schemas.append(plan.target)
        return plan.descriptions


def field(id, name, type="char", *, label="", **options):
    return FieldSchema(
        id=id, name=name, label=label or name, type=type, options=field_types[type].clean_options(options)
    )


def book(*fields, **more):
    return TableSchema(**{"id": 1, "name": "book", "label": "Book", "fields": fields, **more})


TITLE, PAGES, ISBN = field(1, "title"), field(2, "pages", "int"), field(3, "isbn")
NAME = field(1, "name", label="title")
OTHER = TableSchema(id=2, name="other", label="Other", fields=(field(9, "x"),))
RULE = ConstraintSchema(id=5, kind="unique", label="Once", fields=(1, 2))

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
        ["Change the type of field “pages” of “Book” from text to int"],
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


def test_a_constraint_keeps_its_fields():
    chain = Chain(book(TITLE))
    chain.do(book(TITLE, PAGES))
    chain.do(book(TITLE, PAGES, constraints=(RULE,)))

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "The constraint “Once” of “Book” uses a field that would not be there."


# --- Conflicts ---

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


def test_a_revision_that_changed_nothing_cannot_be_undone():
    chain = Chain(book(TITLE))
    chain.schemas.append(chain.now)

    (conflict,) = chain.undoing(2).conflicts

    assert conflict.message == "This revision did nothing that could be undone."


# --- Whatever is done ---

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
TYPES = st.sampled_from(["char", "text", "int", "bool", "date"])


@st.composite
def tables(draw, id: int, was: TableSchema | None):
    """A table as somebody may want it: known fields in any order, changed or left out, and new ones."""
    known = draw(st.permutations([f.id for f in was.live_fields])) if was else []
    kept = known[: draw(st.integers(0, len(known)))]
    new = [100 * id + draw(st.integers(0, 99)) for _ in range(draw(st.integers(0, 2)))]
    ids = list(dict.fromkeys([*kept, *(i for i in new if was is None or all(f.id != i for f in was.fields))]))
    names = draw(st.lists(NAMES, min_size=len(ids), max_size=len(ids), unique=True))
    fields = [
        field(i, name, draw(TYPES), help_text=draw(st.sampled_from(["", "?"])))
        for i, name in zip(ids, names, strict=True)
    ]
    folder = draw(st.sampled_from(["", "A"]))
    return TableSchema(id=id, name=f"t{id}", label=f"T{id}", folder=folder, fields=tuple(fields))


@st.composite
def chains(draw):
    """A few revisions of up to two tables."""
    chain = Chain()
    for _number in range(draw(st.integers(1, 4))):
        wanted = [draw(tables(id, chain.now.tables.get(id))) for id in draw(st.sets(st.integers(1, 2)))]
        gone = draw(st.sets(st.integers(1, 2))) - {table.id for table in wanted}
        chain.do(*wanted, gone=gone)
    return chain


def seen(schema: Schema) -> dict:
    """Return what people see of a schema, in which column too."""
    return {
        table.id: replace(table, fields=table.live_fields, originals=(), retired_after=None)
        for table in schema.live_tables
    }


@settings(max_examples=200, deadline=None)
@given(chains())
def test_undoing_the_newest_revision_leads_back_to_where_it_began(chain):
    before = chain.schemas[-2]
    if seen(before) == seen(chain.now):
        return

    chain.undo(chain.newest)

    assert seen(chain.now) == seen(before)


@settings(max_examples=200, deadline=None)
@given(chains(), st.data())
def test_undoing_any_revision_is_refused_with_a_reason_or_leaves_no_trace_of_it(chain, data):
    number = data.draw(st.integers(2, chain.newest))
    undoing = chain.undoing(number)
    assert all(conflict.message for conflict in undoing.conflicts)
    if undoing.conflicts:
        return

    chain.undo(number)

    assert not chain.undoing(number).wanted
    assert not chain.undoing(number).gone
