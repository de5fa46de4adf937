"""Relations in files: rows told by what people call them."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from dynadmin.exceptions import BadColumns
from dynadmin.transfer import match_columns, open_source
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.references import Reference
from dynadmin.transfer.resources import RowResource
from tests.transfer.fleet import UNIQUE, creating, reasons_of, rows_of, to


def by(**columns):
    """Return references by the named columns."""
    return {name: Reference(by=column) for name, column in columns.items()}


def plan(model, headers, references, **choices):
    return match_columns(model, headers, references=references, **choices)


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
