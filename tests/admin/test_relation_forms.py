"""Relations in the form of a row: chosen, kept, compared with what others did, and seen only by who may."""

import json
import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.admin.row_pages import RowPage, errors_of, url
from tests.admin.test_relation_lists import person
from tests.support import without_tokens
from tests.test_relations import make_fleet


@pytest.fixture
def fleet(tables):
    return make_fleet(tables)


@pytest.fixture
def flight(fleet):
    planes, tags, flights = (table.django_model for table in fleet)
    plane = planes.objects.create(tail="N1", active=True)
    planes.objects.create(tail="N2", active=True)
    planes.objects.create(tail="N3", active=False)
    row = flights.objects.create(number=1, plane=plane)
    row.tags.set(tags.objects.create(word=word) for word in ("red", "blue"))
    tags.objects.create(word="green")
    return row


def offered(client, table, field, **asked) -> list[str]:
    """Return the texts that the browser gets for a select."""
    data = {
        "app_label": "tables",
        "model_name": f"t{table.pk}",
        "field_name": table.fields.get(name=field).pk,
        **asked,
    }
    response = client.get(reverse("admin:autocomplete"), data)
    assert response.status_code == 200, response
    return [result["text"] for result in json.loads(response.content)["results"]]


# --- What is offered ---


def test_rows_are_offered_by_name_as_the_limit_allows(fleet, flight, admin_client):
    assert offered(admin_client, fleet[2], "plane") == ["N1", "N2"]
    assert offered(admin_client, fleet[2], "plane", term="2") == ["N2"]
    assert offered(admin_client, fleet[2], "tags", term="re") == ["green", "red"]


def test_users_are_offered_too(fleet, flight, admin_client, admin_user):
    User.objects.create(username="ann")

    assert offered(admin_client, fleet[2], "pilot", term="an") == ["ann"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "2"])
def test_any_page_can_be_asked_for(fleet, flight, admin_client, page):
    offered(admin_client, fleet[2], "plane", page=page)


def test_many_rows_come_in_pages(fleet, admin_client):
    planes = fleet[0].django_model
    planes.objects.bulk_create(planes(tail=f"P{n:02}", active=True) for n in range(25))

    first = offered(admin_client, fleet[2], "plane")
    assert first + offered(admin_client, fleet[2], "plane", page=2) == [f"P{n:02}" for n in range(25)]


@pytest.mark.parametrize("field", ["plane", "pilot", "tags"])
def test_nothing_is_offered_of_what_a_person_may_not_see(fleet, flight, field):
    client = person(f"view_t{fleet[2].pk}", f"change_t{fleet[2].pk}")
    key = fleet[2].fields.get(name=field).pk
    data = {"app_label": "tables", "model_name": f"t{fleet[2].pk}", "field_name": key}

    assert client.get(reverse("admin:autocomplete"), data).status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"app_label": "tables", "model_name": "t999999", "field_name": "1"},
        {"app_label": "tables", "model_name": "x", "field_name": "1"},
        {"app_label": "tables"},
        {"app_label": "auth", "model_name": "user", "field_name": "password"},
    ],
)
def test_a_field_that_is_not_there_offers_nothing(fleet, admin_client, asked):
    assert admin_client.get(reverse("admin:autocomplete"), asked).status_code == 403


# --- The form ---


def test_a_form_chooses_rows(fleet, flight, admin_client):
    planes, tags, _flights = (table.django_model for table in fleet)
    page = RowPage(admin_client, url(fleet[2], "add"))
    page["number"], page["plane"] = "5", str(planes.objects.get(tail="N2").pk)
    page["tags"] = [str(tags.objects.get(word="green").pk)]

    assert page.save().status_code == 302
    row = fleet[2].django_model.objects.get(number=5)
    assert (row.plane.tail, row.tags.get().word) == ("N2", "green")


@pytest.mark.parametrize("name", ["plane", "pilot", "tags"])
@pytest.mark.parametrize("text", ["abc", "9" * 30, "1.5", "-1", "\x00"])
def test_what_is_no_row_chooses_none(fleet, flight, admin_client, name, text):
    """Whether an old address has it, or the form."""
    answer = admin_client.get(url(fleet[2], "add"), {name: text, "number": "5"})
    assert answer.status_code == 200

    answer = admin_client.post(url(fleet[2], "add"), {name: text, "number": "5"})
    assert (answer.status_code, list(answer.context["adminform"].form.errors)) == (200, [name])


def test_links_to_add_and_change_stand_beside_it_as_the_person_may(fleet, flight, admin_client):
    plane = "/admin/tables/planes/add/?_to_field=id&amp;_popup=1"
    address = url(fleet[2], "change", flight.pk)
    ids = [table.pk for table in fleet]

    assert plane in admin_client.get(address).content.decode()
    client = person(f"change_t{ids[2]}", f"view_t{ids[0]}")
    page = client.get(address).content.decode()
    assert plane not in page
    assert ">N1</option>" in page


def test_a_row_added_in_a_popup_is_called_by_its_name(fleet, admin_client):
    page = RowPage(admin_client, url(fleet[0], "add") + "?_to_field=id&_popup=1")
    page["tail"] = "N9"

    answer = page.save().content.decode()

    assert "N9" in answer
    assert "data-popup-response" in answer


def test_a_row_keeps_what_could_not_be_chosen_any_more(fleet, flight, admin_client):
    fleet[0].django_model.objects.filter(tail="N1").update(active=False)
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    page["number"] = "7"

    assert page.save().status_code == 302
    flight.refresh_from_db()
    assert (flight.number, flight.plane.tail) == (7, "N1")


def test_a_row_that_the_limit_does_not_allow_is_refused(fleet, flight, admin_client):
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    page["plane"] = str(fleet[0].django_model.objects.get(tail="N3").pk)

    assert "not one of the available choices" in errors_of(page.save())


def test_who_may_not_see_the_target_gives_an_id_and_leaves_links_alone(fleet, flight):
    client = person(f"change_t{fleet[2].pk}")
    page = RowPage(client, url(fleet[2], "change", flight.pk))
    html = without_tokens(client.get(page.address).content.decode())
    assert "N1" not in html
    assert ">red" not in html
    other = fleet[0].django_model.objects.get(tail="N2")
    assert page["plane"] == str(flight.plane_id)
    page["plane"] = str(other.pk)

    assert page.save().status_code == 302
    flight.refresh_from_db()
    assert flight.plane == other
    assert flight.tags.count() == 2


def test_who_may_only_look_sees_names_as_links(fleet, flight):
    client = person(*(f"view_t{table.pk}" for table in fleet))

    page = client.get(url(fleet[2], "change", flight.pk)).content.decode()

    assert f'<a href="/admin/tables/planes/{flight.plane_id}/change/">N1</a>' in page
    assert ">red</a>" in page


# --- Others at work on the same row ---


def test_what_both_changed_is_told_by_name(fleet, flight, admin_client):
    planes = fleet[0].django_model
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    planes.objects.filter(tail="N3").update(active=True)
    type(flight).objects.filter(pk=flight.pk).update(plane=planes.objects.get(tail="N3"))
    page["plane"] = str(planes.objects.get(tail="N2").pk)

    response = page.save()

    assert response.status_code == 409
    assert "changed this to: N3" in errors_of(response)
    assert page.save().status_code == 302
    flight.refresh_from_db()
    assert flight.plane.tail == "N2"


def test_links_that_only_somebody_else_changed_are_kept(fleet, flight, admin_client):
    green = fleet[1].django_model.objects.get(word="green")
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    flight.tags.add(green)
    page["number"] = "7"

    assert page.save().status_code == 302
    assert flight.tags.count() == 3


def test_links_that_both_changed_are_asked_about(fleet, flight, admin_client):
    tags = fleet[1].django_model
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    flight.tags.add(tags.objects.get(word="green"))
    page["tags"] = [str(tags.objects.get(word="red").pk)]

    response = page.save()

    assert response.status_code == 409
    assert "red, blue, green" in errors_of(response)
    assert page["tags"] == [str(tags.objects.get(word="red").pk)]


def test_the_history_tells_of_relations(fleet, flight, admin_client):
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    page["plane"], page["tags"] = "", []
    page.save()

    history = admin_client.get(url(fleet[2], "history", flight.pk)).content.decode()
    for label in ("Plane", "Tags"):
        assert f'<th scope="row">{label}</th>' in history
    removed = re.findall("<del>(.*?)</del>", history, re.S)
    assert [re.sub("<.*?>", "", value) for value in removed] == ["red, blue", "N1"]


def test_a_row_with_very_many_links_shows_the_first_ones(fleet, flight, admin_client, monkeypatch):
    monkeypatch.setattr("dynadmin.admin.relations.forms.MOST_LINKS", 1)
    page = RowPage(admin_client, url(fleet[2], "change", flight.pk))
    page["number"] = "7"

    assert "tags" not in page.data
    assert page.save().status_code == 302
    assert flight.tags.count() == 2
