"""Whatever call it goes through: what is written through a table's class is in the history of its rows."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from dynadmin.acting import acting
from dynadmin.models import RowChange
from dynadmin.rowhistory import changing
from tests.kinds.test_authors import by_form, by_save, by_session, by_token
from tests.rowhistory.told import mark, told


@pytest.fixture
def trip(tables):
    return tables.make("trip", code=("char", {"unique": True}), size="int", cost="decimal")


@pytest.fixture
def rows(trip):
    """Three rows, whose creation is not looked at."""
    made = trip.django_model.objects.bulk_create(trip.django_model(code=code, size=1) for code in "abc")
    RowChange.objects.all().delete()
    return made


# --- New rows ---


def test_saving_a_new_row_notes_its_number(trip):
    row = trip.django_model.objects.create(code="a")

    assert told(trip) == [("created", row.pk, None, None)]


def test_a_row_with_a_number_of_its_own_is_new_as_well(trip):
    trip.django_model(pk=77, code="a").save()
    trip.django_model(pk=77, code="b").save()

    assert told(trip) == [("created", 77, None, None), ("changed", 77, {"code": "a"}, {"code": "b"})]


def test_rows_made_in_bulk_are_one_note(trip):
    made = trip.django_model.objects.bulk_create(trip.django_model(code=str(n)) for n in range(30))

    assert told(trip) == [("created", (made[0].pk, made[-1].pk), None, None)]


def test_rows_that_are_there_already_are_not_new(trip, rows):
    model = trip.django_model
    made = model.objects.bulk_create(
        [
            model(code="a", size=9),
            model(code="d", size=9),
            model(pk=rows[1].pk, code="e"),
            model(pk=99, code="f"),
        ],
        ignore_conflicts=True,
    )

    new = dict(model.objects.filter(code__in="df").values_list("code", "pk"))
    assert new["f"] == 99
    assert {row for _action, row, *_ in told(trip)} == set(new.values())
    assert made[0].pk is None


def test_rows_that_an_insert_updates_are_changed(trip, rows):
    model = trip.django_model
    model.objects.bulk_create(
        [model(code="a", size=1), model(code="b", size=2), model(code="d", size=3)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["size"],
    )

    new = model.objects.get(code="d").pk
    assert told(trip) == [
        ("created", new, None, None),
        ("changed", rows[1].pk, {"size": 1}, {"size": 2}),
    ]


# --- Changed rows ---


def test_saving_notes_what_became_different(trip, rows):
    row = trip.django_model.objects.get(code="a")
    row.size, row.cost = 1, "1.5"
    row.save()

    assert told(trip) == [("changed", row.pk, {"cost": None}, {"cost": "1.50"})]


def test_a_saved_row_is_read_again_only_for_what_the_database_makes_of_a_new_value(
    trip, rows, django_assert_num_queries
):
    trip.django_model.objects.filter(code="a").update(cost="1.5")
    row = trip.django_model.objects.get(code="a")
    row.size = 2
    with transaction.atomic(), django_assert_num_queries(3):  # read, update, note
        row.save()
    row.cost = Decimal("2.5")
    with transaction.atomic(), django_assert_num_queries(4):
        row.save()

    assert [note[3] for note in told(trip)] == [{"cost": "1.50"}, {"size": 2}, {"cost": "2.50"}]


def test_saving_what_is_there_already_notes_nothing(trip, rows):
    rows[0].save()
    trip.django_model.objects.update(size=1)

    assert told(trip) == []


def test_an_update_notes_each_row_that_is_different(trip, rows, django_assert_max_num_queries):
    rows[1].size = 5
    rows[1].save()
    since = mark()
    with django_assert_max_num_queries(7):
        assert trip.django_model.objects.filter(code__in="abc").update(size=5) == 3

    assert told(trip, since=since) == [
        ("changed", rows[0].pk, {"size": 1}, {"size": 5}),
        ("changed", rows[2].pk, {"size": 1}, {"size": 5}),
    ]


def test_an_update_by_an_expression_notes_what_came_of_it(trip, rows):
    rows = trip.django_model.objects.exclude(code="c")
    rows.update(size=F("size") + 2, code=Concat("code", Value("x")))

    assert [note[2:] for note in told(trip)] == [
        ({"code": code, "size": 1}, {"code": f"{code}x", "size": 3}) for code in "ab"
    ]


def test_a_change_of_what_the_rows_were_chosen_by_is_noted(trip, rows, monkeypatch):
    monkeypatch.setattr("dynadmin.rowhistory.statements.BATCH", 2)
    monkeypatch.setattr("dynadmin.rowhistory.notary.BATCH", 2)
    assert trip.django_model.objects.filter(size=1).update(size=2) == 3
    assert trip.django_model.objects.filter(size=2).update(size=F("size") * 2) == 3

    assert [note[2:] for note in told(trip)] == [({"size": 1}, {"size": 2})] * 3 + [
        ({"size": 2}, {"size": 4})
    ] * 3


def test_a_bulk_update_notes_what_became_different(trip, rows):
    for size, row in enumerate(rows):
        row.size, row.cost = size, Decimal(1)
    trip.django_model.objects.bulk_update(rows, ["size"])

    assert told(trip) == [
        ("changed", rows[0].pk, {"size": 1}, {"size": 0}),
        ("changed", rows[2].pk, {"size": 1}, {"size": 2}),
    ]


def test_who_changed_a_row_last_is_no_change_of_it(tables):
    trip = tables.make("trip", of_kind="record", size="int")
    row = trip.django_model.objects.create(size=1)
    since = mark()
    with acting(User.objects.create_user("ada")):
        row.save()
        trip.django_model.objects.update(size=2)

    assert told(trip, since=since) == [("changed", row.pk, {"size": 1}, {"size": 2})]
    assert RowChange.objects.latest("pk").author_name == "ada"


# --- Deleted rows ---


@pytest.mark.parametrize("way", ["instance", "instance of some columns", "queryset"])
def test_a_deleted_row_is_kept_whole(trip, rows, way):
    pk = rows[0].pk
    if way == "instance":
        rows[0].code = "not saved"
        rows[0].delete()
    elif way == "queryset":
        trip.django_model.objects.filter(pk=pk).delete()
    else:
        trip.django_model.objects.only("id").get(pk=pk).delete()

    assert told(trip) == [("deleted", pk, {"code": "a", "size": 1, "cost": None}, None)]


def test_the_values_of_a_deleted_field_go_along_with_the_row(trip, rows):
    trip.fields.get(name="size").delete()
    trip.sync(allow_destructive=True)
    trip.django_model.objects.filter(code="a").delete()

    assert told(trip)[-1][2] == {"code": "a", "size": 1, "cost": None}


# --- Rows that hang on others ---


def test_cascades_and_emptied_relations_are_noted(tables):
    maker = tables.make("maker", brand="char")
    target = f"tables.T{maker.pk}"
    plane = tables.make(
        "plane", tail="char", maker=("foreignkey", {"target": target, "on_delete": "cascade"})
    )
    seat = tables.make(
        "seat", plane=("foreignkey", {"target": f"tables.T{plane.pk}", "on_delete": "cascade"})
    )
    hangar = tables.make(
        "hangar", maker=("foreignkey", {"target": target, "on_delete": "set_empty", "null": True})
    )
    one = maker.django_model.objects.create(brand="x")
    planes = [plane.django_model.objects.create(tail=tail, maker=one) for tail in "ab"]
    chair = seat.django_model.objects.create(plane=planes[0])
    home = hangar.django_model.objects.create(maker=one)
    since, pk = mark(), one.pk

    one.delete()

    assert told(maker, since=since) == [("deleted", pk, {"brand": "x"}, None)]
    assert told(plane, since=since) == [
        ("deleted", row.pk, {"tail": row.tail, "maker": pk}, None) for row in planes
    ]
    assert told(seat, since=since) == [("deleted", chair.pk, {"plane": planes[0].pk}, None)]
    assert told(hangar, since=since) == [("changed", home.pk, {"maker": pk}, {"maker": None})]


def test_rows_that_go_with_a_user_are_noted(tables):
    note = tables.make(
        "note", text="char", who=("foreignkey", {"target": "auth.User", "on_delete": "cascade"})
    )
    tables.make("reply", note=("foreignkey", {"target": f"tables.T{note.pk}", "on_delete": "cascade"}))
    ada = User.objects.create_user("ada")
    rows = [note.django_model.objects.create(text=text, who=ada) for text in "abcd"]
    kept = note.django_model.objects.create(text="kept", who=User.objects.create_user("bob"))
    since, pk = mark(), ada.pk

    User.objects.filter(pk=pk).delete()

    assert told(note, since=since) == [
        ("deleted", row.pk, {"text": row.text, "who": pk}, None) for row in rows
    ]
    assert note.django_model.objects.get() == kept


# --- Links ---


@pytest.fixture
def tagged(tables):
    tag = tables.make("tag", word="char")
    story = tables.make("story", title="char", tags=("manytomany", {"target": f"tables.T{tag.pk}"}))
    a, b, c = (tag.django_model.objects.create(word=word) for word in "abc")
    return story, story.django_model.objects.create(title="x"), a, b, c


def test_links_are_noted_as_changes_of_the_row_that_has_the_field(tagged):
    story, row, a, b, c = tagged
    since = mark()
    row.tags.add(a, b)
    row.tags.add(b, c)
    row.tags.set([b])
    row.tags.clear()

    one, two, three = sorted([a.pk, b.pk, c.pk])
    assert told(story, since=since) == [
        ("changed", row.pk, {}, {"tags": [one, two]}),
        ("changed", row.pk, {}, {"tags": [three]}),
        ("changed", row.pk, {"tags": [one, three]}, {}),
        ("changed", row.pk, {"tags": [two]}, {}),
    ]


def test_links_go_with_what_they_lead_to_and_with_their_row(tagged):
    story, row, a, b, _c = tagged
    row.tags.add(a, b)
    since, pk, gone = mark(), row.pk, a.pk
    a.delete()
    row.delete()

    assert told(story, since=since) == [
        ("changed", pk, {"tags": [gone]}, {}),
        ("changed", pk, {"tags": [b.pk]}, {}),
        ("deleted", pk, {"title": "x"}, None),
    ]


# --- What is not noted ---


def test_what_is_rolled_back_never_happened(trip, rows):
    @transaction.atomic
    def change():
        trip.django_model.objects.filter(code="a").update(size=7)
        trip.django_model.objects.filter(code="b").update(code="a")

    with pytest.raises(IntegrityError):
        change()

    assert told(trip) == []


def test_a_table_that_keeps_no_history_has_none(trip, rows):
    trip.keeps_history = False
    trip.save()
    trip.sync()
    row = trip.django_model.objects.create(code="x")
    row.size = 5
    row.save()
    row.delete()
    trip.django_model.objects.all().delete()

    assert told(trip) == []


def test_an_installation_may_keep_none(trip, rows, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "ROW_HISTORY_DAYS": 0}
    trip.django_model.objects.update(size=9)

    assert told(trip) == []


def test_changes_say_through_what_they_were_made(trip, rows):
    trip.django_model.objects.update(size=2)
    with changing("import", unit=12):
        trip.django_model.objects.update(size=3)

    assert sorted(set(RowChange.objects.values_list("via", "unit"))) == [("code", None), ("import", 12)]


@pytest.mark.parametrize(
    ("door", "via"), [(by_form, "form"), (by_session, "api"), (by_token, "api"), (by_save, "code")]
)
def test_each_door_says_through_what_it_changed_a_row(tables, door, via):
    trip = tables.make("trip", code=("char", {"unique": True}), size="int")
    ada = User.objects.create_superuser("ada")
    door(trip, ada, "a", 1)
    door(trip, ada, "a", 2, trip.django_model.objects.get())

    assert [note[0] for note in told(trip)] == ["created", "changed"]
    assert set(RowChange.objects.values_list("via", "author_name")) == {(via, "ada")}
