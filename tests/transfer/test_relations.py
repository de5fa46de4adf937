"""Relations in files: rows told by what people call them."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from dynadmin.exceptions import BadColumns
from dynadmin.schema import target_of
from dynadmin.transfer import import_rows, match_columns, open_source
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.lists import join, split
from dynadmin.transfer.references import Reference
from dynadmin.transfer.resources import RowResource

UNIQUE = ("char", {"unique": True})


def to(table, slug="foreignkey", **options):
    """Return a relation to a table, or to a static model by its label."""
    target = table if isinstance(table, str) else target_of(table.pk)
    return slug, {"target": target, **options}


@pytest.fixture
def fleet(tables):
    """The classes of planes, tags, and flights that refer to them."""
    planes = tables.make("planes", tail=UNIQUE, maker="char", seats="int")
    tags = tables.make("tags", title=UNIQUE)
    flights = tables.make("flights", number="int", plane=to(planes), tags=to(tags, "manytomany"))
    for number, tail in enumerate(["N1", "N2", "N3"]):
        planes.django_model.objects.create(tail=tail, maker="Airbus" if number else "Boeing", seats=number)
    for title in ("late", "a; b", '"odd"'):
        tags.django_model.objects.create(title=title)
    return planes.django_model, tags.django_model, flights.django_model


def rows_of(flights):
    """Return number, tail and titles of all flights."""
    return [
        (flight.number, flight.plane and flight.plane.tail, [tag.title for tag in flight.tags.order_by("pk")])
        for flight in flights.objects.order_by("pk")
    ]


def reasons_of(result):
    return [(row.line, dict(row.reasons)) for row in result.refused]


def by(**columns):
    """Return references by the named columns."""
    return {name: Reference(by=column) for name, column in columns.items()}


def plan(model, headers, references, **choices):
    return match_columns(model, headers, references=references, **choices)


# --- In ---


def test_the_cells_of_a_relation_are_what_people_call_its_rows(fleet, load):
    result = load(fleet[2], 'number,plane,tags\n1,N2,late\n2,,\n3,N1,"""a; b""; late"\n')

    assert result.is_saved
    assert rows_of(fleet[2]) == [(1, "N2", ["late"]), (2, None, []), (3, "N1", ["late", "a; b"])]


def test_ids_are_taken_where_they_match_better(fleet, load):
    planes, _tags, flights = fleet
    pk = planes.objects.get(tail="N3").pk

    result = load(flights, f"number,plane\n1,{pk}\n")

    assert result.plan.references["plane"] == Reference(by="id")
    assert rows_of(flights)[0][1] == "N3"


@pytest.mark.parametrize("header", ["plane__tail", "plane.tail", "Plane.Tail"])
def test_a_header_says_by_which_column_rows_are_told(fleet, load, header):
    result = load(fleet[2], f"number,{header}\n1,N2\n")

    assert result.plan.references["plane"].by == "tail"
    assert rows_of(fleet[2]) == [(1, "N2", [])]


def test_a_column_without_a_mark_of_its_own_can_be_chosen(fleet, load):
    result = load(
        fleet[2], "number,plane\n1,2\n", plan=plan(fleet[2], ["number", "plane"], by(plane="seats"))
    )

    assert result.is_saved
    assert rows_of(fleet[2])[0][1] == "N3"


def test_unknown_keys_are_told_by_row(fleet, load):
    result = load(fleet[2], "number,plane,tags\n1,N1,\n2,N9,late; never\n3,N2,\n4,x;y,\n")

    assert not result.is_saved
    assert reasons_of(result) == [
        (
            3,
            {
                "plane": ("No row of “Planes” has “N9” as its “Tail”.",),
                "tags": ("No row of “Tags” has “never” as its “Title”.",),
            },
        ),
        (5, {"plane": ("No row of “Planes” has “x;y” as its “Tail”.",)}),
    ]


def test_a_key_of_several_rows_does_not_say_which(fleet, load):
    chosen = plan(fleet[2], ["number", "plane"], by(plane="maker"))

    result = load(fleet[2], "number,plane\n1,Boeing\n2,Airbus\n", plan=chosen)

    words = "2 rows of “Planes” have “Airbus” as their “Maker”: it does not say which."
    assert reasons_of(result) == [(3, {"plane": (words,)})]


def test_a_row_that_the_limit_forbids_is_refused(tables, load):
    planes = tables.make("planes", tail=UNIQUE, active="bool")
    limit = [{"field": "active", "operator": "=", "value": "true"}]
    flights = tables.make("flights", plane=to(planes, limit=limit)).django_model
    for tail, active in (("N1", True), ("N2", False)):
        planes.django_model.objects.create(tail=tail, active=active)

    result = load(flights, "plane\nN1\nN2\n")

    words = "The row of “Planes” whose “Tail” is “N2” cannot be chosen here."
    assert reasons_of(result) == [(3, {"plane": (words,)})]


def test_a_relation_that_is_required_is_not_empty(tables, load):
    planes = tables.make("planes", tail=UNIQUE)
    flights = tables.make(
        "flights",
        number="int",
        plane=to(planes, null=False, blank=False),
        spare=to(planes, "manytomany", blank=False, related_name="spares"),
    ).django_model

    [refused] = load(flights, "number,plane,spare\n1,,\n").refused

    assert list(refused.reasons) == ["plane", "spare"]


def test_existing_rows_are_found_and_changed(fleet, load):
    load(fleet[2], "number,plane,tags\n1,N1,late\n2,N2,\n")

    result = load(fleet[2], 'number,plane,tags\n1,N1,late\n2,N2,"""a; b"""\n', key=["number"])
    again = load(fleet[2], "number,plane\n1,N3\n2,N2\n", key=["number"])

    assert (result.totals.changed, result.totals.skipped) == (1, 1)
    [sample] = [row for row in result.samples if row.outcome == "changed"]
    assert [(cell.before, cell.after) for cell in sample.cells][1:] == [("N2", "N2"), ("", '"a; b"')]
    assert (again.totals.changed, again.totals.skipped) == (1, 1)
    assert rows_of(fleet[2]) == [(1, "N3", ["late"]), (2, "N2", ["a; b"])]


def test_a_relation_tells_existing_rows(fleet, load):
    load(fleet[2], "number,plane\n1,N1\n2,N2\n")

    load(fleet[2], "plane,number\nN2,7\n", key=["plane"])

    assert rows_of(fleet[2]) == [(1, "N1", []), (7, "N2", [])]


def test_a_list_cannot_tell_existing_rows(fleet):
    with pytest.raises(BadColumns, match="list of rows"):
        match_columns(fleet[2], ["tags"], key=["tags"])


def test_all_keys_of_a_batch_are_asked_for_at_once(fleet, load):
    planes, _tags, flights = fleet
    planes.objects.bulk_create(planes(tail=f"T{number}") for number in range(300))
    content = "number,plane,tags\n" + "".join(f"{n},T{n},late\n" for n in range(300))
    chosen = plan(flights, ["number", "plane", "tags"], by(plane="tail", tags="title"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        load(flights, content, plan=chosen)

    assert len([query for query in queries if query["sql"].startswith("SELECT")]) < 12


def test_users_are_told_by_their_names(tables, load):
    get_user_model().objects.create(username="ann")
    notes = tables.make("notes", by=to("auth.User")).django_model

    load(notes, "by\nann\n")

    assert notes.objects.get().by.username == "ann"


def test_a_column_that_does_not_tell_rows_is_refused_with_those_that_do(fleet):
    with pytest.raises(BadColumns, match="by these they can: tail, id, maker, seats"):
        match_columns(fleet[2], ["plane"], references=by(plane="nothing"))


# --- New rows of the target ---


def creating(model, headers, **columns):
    references = {name: Reference(by=column, create=True) for name, column in columns.items()}
    return match_columns(model, headers, references=references)


def test_unknown_keys_become_rows_when_asked(fleet, load):
    planes, tags, flights = fleet
    chosen = creating(flights, ["number", "plane", "tags"], plane="tail", tags="title")

    result = load(flights, "number,plane,tags\n1,N8,new; late\n2,N8,\n3,N9,newer\n", plan=chosen)

    assert result.made == {"plane": 2, "tags": 2}
    assert rows_of(flights) == [(1, "N8", ["late", "new"]), (2, "N8", []), (3, "N9", ["newer"])]
    assert planes.objects.count() == 5
    assert tags.objects.count() == 5


def test_a_dry_run_makes_no_rows(fleet, load):
    result = load(fleet[2], "plane\nN8\n", plan=creating(fleet[2], ["plane"], plane="tail"), dry_run=True)

    assert result.made == {"plane": 1}
    assert fleet[0].objects.count() == 3


def test_rows_that_need_more_than_their_key_are_not_made(tables, load):
    planes = tables.make("planes", tail=UNIQUE, maker=("char", {"blank": False}))
    flights = tables.make("flights", plane=to(planes)).django_model

    with pytest.raises(BadColumns, match="from “Tail” alone: they need Maker"):
        load(flights, "plane\nN8\n", plan=creating(flights, ["plane"], plane="tail"))


def test_a_new_row_has_to_be_valid(tables, load):
    planes = tables.make("planes", tail=("char", {"unique": True, "max_length": 3}))
    flights = tables.make("flights", plane=to(planes)).django_model

    result = load(flights, "plane\nN88888\n", plan=creating(flights, ["plane"], plane="tail"))

    assert "at most 3 characters" in result.refused[0].reasons["plane"][0]


def test_a_new_row_has_to_be_one_that_may_be_chosen(tables, load):
    planes = tables.make("planes", tail=UNIQUE, active="bool")
    limit = [{"field": "active", "operator": "=", "value": "true"}]
    flights = tables.make("flights", plane=to(planes, limit=limit)).django_model

    result = load(flights, "plane\nN1\n", plan=creating(flights, ["plane"], plane="tail"), skip_refused=True)

    assert result.refused[0].reasons["plane"] == (
        "A new row would be none of those that may be chosen here.",
    )
    assert not planes.django_model.objects.exists()


# --- Who may see what ---


def person(*permitted):
    """Return a user who may do these things, as pairs of an action and a model."""
    user = get_user_model().objects.create(username="p", is_staff=True)
    for action, model in permitted:
        user.user_permissions.add(
            Permission.objects.get(
                codename=f"{action}_{model._meta.model_name}",
                content_type=ContentType.objects.get_for_model(model),
            )
        )
    return user


def test_rows_of_a_target_that_one_may_not_see_are_not_found(fleet, load):
    user = person(("add", fleet[2]), ("view", fleet[1]))

    with pytest.raises(BadColumns, match="may not see the rows of “Planes”"):
        load(fleet[2], "number,plane\n1,N1\n", user=user)
    assert load(fleet[2], "number,tags\n1,late\n", user=user).is_saved


def test_rows_are_made_only_by_those_who_may_add_them(fleet, load):
    user = person(("add", fleet[2]), ("view", fleet[0]))
    chosen = creating(fleet[2], ["plane"], plane="tail")

    with pytest.raises(BadColumns, match="may not add rows to “Planes”"):
        load(fleet[2], "plane\nN8\n", user=user, plan=chosen)


def test_what_one_may_not_see_is_not_exported(fleet):
    user = person(("view", fleet[2]), ("view", fleet[1]))

    assert b"".join(export_rows(fleet[2].objects.all(), user=user)).split() == [b"id,number,tags"]
    with pytest.raises(BadColumns, match="may not see"):
        export_rows(fleet[2].objects.all(), fields=["plane"], user=user)


# --- Out ---


def test_an_export_has_what_people_call_the_rows(fleet, load, dump):
    load(fleet[2], 'number,plane,tags\n1,N2,"late; """"""odd"""""""\n2,,\n')

    assert dump(fleet[2].objects.all(), fields=["number", "plane", "tags"]).read_text().splitlines() == [
        "number,plane,tags",
        '1,N2,"late; """"""odd"""""""',
        "2,,",
    ]
    path = dump(fleet[2].objects.all(), format="json", fields=["plane", "tags"])
    assert json.loads(path.read_text()) == [
        {"plane": "N2", "tags": ["late", '"odd"']},
        {"plane": None, "tags": []},
    ]


def test_ids_can_be_exported_and_say_so(fleet, load, dump):
    load(fleet[2], "number,plane,tags\n1,N2,late\n")
    flight = fleet[2].objects.get()

    path = dump(fleet[2].objects.all(), fields=["plane", "tags"], references={"plane": "pk", "tags": "pk"})

    assert path.read_text().splitlines() == ["plane_id,tags__id", f"{flight.plane_id},{flight.tags.get().pk}"]


def test_a_column_that_not_every_row_has_is_not_taken_for_the_key(fleet, load, dump):
    fleet[0].objects.create(tail=None)
    load(fleet[2], "number,plane\n1,N2\n")

    assert dump(fleet[2].objects.all(), fields=["plane"]).read_text().splitlines()[0] == "plane_id"
    with pytest.raises(BadColumns, match="some have none, or the same"):
        dump(fleet[2].objects.all(), references={"plane": "tail"})
    with pytest.raises(BadColumns, match="some have none, or the same"):
        dump(fleet[2].objects.all(), references={"plane": "maker"})


TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8) | st.text(
    "\"';,= a-", min_size=1, max_size=5
)


@given(texts=st.lists(st.text(max_size=6) | st.text('";, a', max_size=5)))
def test_lists_in_cells_come_back_as_they_were(texts):
    assert split(join(texts)) == texts


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "json"])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_exported_imports_again_as_the_same_rows(fleet, dump, format, data):
    planes, tags, flights = fleet
    for model in (flights, planes, tags):
        model.objects.all().delete()
    titles = data.draw(st.lists(TITLES.map(str.strip).filter(bool), min_size=1, max_size=5, unique=True))
    tags.objects.bulk_create(tags(title=title) for title in titles)
    planes.objects.bulk_create(planes(tail=title) for title in titles)
    for number in range(3):
        plane = data.draw(st.sampled_from([None, *planes.objects.all()]))
        flight = flights.objects.create(number=number, plane=plane)
        flight.tags.set(data.draw(st.sets(st.sampled_from(list(tags.objects.all())))))
    before = rows_of(flights)
    source = open_source(dump(flights.objects.all(), format=format))

    assert import_rows(flights, source).totals.skipped == 3
    flights.objects.all().delete()
    assert import_rows(flights, source).refused == ()
    assert rows_of(flights) == before


# --- The library ---


def test_a_widget_of_the_library_says_by_which_column_rows_are_told(fleet, write):
    planes, _tags, flights = fleet

    class Flights(RowResource):
        plane = Field("plane", "plane", widget=ForeignKeyWidget(planes, "seats"))

        class Meta:
            model = flights
            fields = ("id", "number", "plane")

    class Slowly(Flights):
        def after_save_instance(self, instance, row, **kwargs):
            pass

    for resource in (Flights, Slowly):
        result = resource().import_data(open_source(write("number,plane\n1,2\n")), raise_errors=True)
        assert result.outcome.is_saved, resource
    assert [tail for _number, tail, _tags in rows_of(flights)] == ["N3", "N3"]
