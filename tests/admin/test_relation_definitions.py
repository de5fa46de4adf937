"""Relations on the page of a definition: what they refer to, which of its rows, errors beside the option."""

import json

import pytest
from django.core.exceptions import ValidationError

from dynadmin.fieldtypes.relations import offered_targets
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of
from tests.admin.test_relation_lists import person
from tests.test_relations import to


@pytest.fixture
def planes(tables):
    return tables.make("planes", label="Planes", tail="char", active="bool")


def condition(field, value="true"):
    return {"field": field, "operator": "=", "value": value}


def test_a_table_that_is_not_saved_yet_refers_to_itself(tables, admin_client):
    whole = {"target": "self", "null": True, "blank": True, "related_name": "pieces"}
    rows = [field_row("Title"), field_row("Whole", type="foreignkey", options=whole)]

    admin_client.post(page_url("add"), form_data(*rows, label="Parts"))

    table = DynamicModel.objects.get()
    assert table.fields.get(name="whole").options["target"] == target_of(table.pk)
    assert table.plan().is_empty
    model = table.django_model
    car = model.objects.create(title="car")
    assert list(car.pieces.all()) == []
    assert model._meta.get_field("whole").related_model is model


def test_targets_are_offered_by_their_labels(planes):
    offered = dict(offered_targets())

    assert offered["self"] == "This table itself"
    assert offered[target_of(planes.pk)] == "Planes"
    assert offered["auth.User"] == "User"


def test_a_limit_survives_the_renaming_of_its_field_and_is_read_by_the_new_name(planes, tables, admin_client):
    flights = tables.make("flights", number="int", plane=to(planes, limit=[condition("active")]))
    active = planes.fields.get(name="active")
    DynamicField.objects.filter(pk=active.pk).update(name="in_use")
    planes.sync()

    page = admin_client.get(page_url("change", flights.pk)).content.decode()

    assert flights.plan().is_empty
    assert "&quot;field&quot;: &quot;in_use&quot;" in page
    rows = rows_of(flights)
    rows[1]["options"] = json.dumps(to(planes, limit=[condition("in_use", "false")])[1])
    admin_client.post(page_url("change", flights.pk), form_data(*rows, definition=flights))
    assert flights.fields.get(name="plane").options["limit"] == [condition(active.pk, "false")]


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("target", "", "required"),
        ("target", "auth.Permission", "none of the tables and models"),
        ("limit", [condition("nose")], "“nose” is no field of the target. There are: tail, active."),
        ("limit", [{**condition("tail"), "operator": "~"}], "operator"),
        ("related_name", "2 planes", "letter"),
        ("on_delete", "explode", "valid choice"),
    ],
)
def test_errors_name_their_option(planes, tables, admin_client, option, value, why):
    flights = tables.make("flights", number="int")
    options = {**to(planes)[1], option: value}
    rows = [*rows_of(flights), field_row("Plane", type="foreignkey", options=options)]

    response = admin_client.post(page_url("change", flights.pk), form_data(*rows, definition=flights))

    (message,) = errors_on(response)["fields-1-options"]
    assert message.startswith(f"{option}: ")
    assert why in message


def test_no_condition_is_on_a_password(tables):
    table = tables.define("notes", author=to("auth.User", limit=[condition("password", "x")]))

    with pytest.raises(ValidationError, match="no field of the target"):
        table.to_schema()


# --- A table that others refer to ---


def test_a_table_is_deleted_with_the_fields_that_refer_to_it(tables, admin_client):
    planes = tables.make("planes", label="Planes", tail="char")
    flights = tables.make("flights", label="Flights", number="int", plane=to(planes))
    address = page_url("delete", planes.pk)

    alone = admin_client.get(address)
    assert "“Plane” of “Flights”" in alone.content.decode()
    assert b"Delete the table" not in alone.content
    along = admin_client.get(address, {"with_references": "1"})
    assert b"Delete the table" in along.content
    admin_client.post(address, {"with_references": "1", "shown": along.context["shown"]})

    schema = registry.latest().schema
    assert schema.tables[planes.pk].retired
    assert [field.name for field in schema.tables[flights.pk].live_fields] == ["number"]


def test_who_may_only_delete_a_table_leaves_fields_of_others_alone(tables):
    planes = tables.make("planes", tail="char")
    tables.make("flights", plane=to(planes))
    client = person("view_dynamicmodel", "delete_dynamicmodel", f"view_t{planes.pk}", f"delete_t{planes.pk}")
    address = page_url("delete", planes.pk)

    page = client.get(address, {"with_references": "1"})
    answer = client.post(address, {"with_references": "1", "shown": page.context["shown"]})

    assert answer.status_code == 403
    assert not registry.latest().schema.tables[planes.pk].retired


def offered_conditions(client, **asked):
    answer = client.get(page_url("limit_fields"), asked)
    return [(field["value"], field["title"]) for field in answer.json()["fields"]]


def test_the_editor_is_told_which_fields_conditions_may_be_on(planes, tables, admin_client):
    flights = tables.make("flights", number="int", plane=to(planes), data="json")
    plane = flights.fields.get(name="plane").pk
    of_flights = list(flights.fields.values_list("name", flat=True))

    assert offered_conditions(admin_client, target=target_of(planes.pk))[:2] == [
        ("tail", "Tail"),
        ("active", "Active"),
    ]
    own = offered_conditions(admin_client, target="self", table=flights.pk)
    summed = offered_conditions(admin_client, source=f"{plane}", table=planes.pk)
    assert [name for name, _title in own] == [name for name, _title in summed] == of_flights
    assert ("username", "Username") in offered_conditions(admin_client, target="auth.User")
    for nothing in ({}, {"target": "nose"}, {"target": "tables.T99999"}, {"source": "1.x", "table": "²"}):
        assert offered_conditions(admin_client, **nothing) == []


def test_who_may_not_see_definitions_is_not_told(planes):
    assert person().get(page_url("limit_fields")).status_code == 403
