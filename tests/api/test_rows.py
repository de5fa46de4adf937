"""List, create, retrieve, update, delete: by name and by id, for everybody who may."""

import pytest
from django.contrib.admin.models import LogEntry


@pytest.fixture(params=["name", "id"])
def url(request, flights) -> str:
    """The address of the rows, in both forms."""
    return "/api/tables/flights/" if request.param == "name" else f"/api/model/{flights.pk}/"


def test_the_list_shows_the_rows_in_the_order_of_their_ids(admin, rows, url):
    answer = admin.get(url).json()

    assert answer["results"] == [
        {"id": row.pk, "carrier": "UA", "tail": row.tail, "distance": row.distance} for row in rows
    ]
    assert answer["next"] is None
    assert answer["previous"] is None


def test_a_row_is_created_and_found_at_its_location(admin, flights, url):
    answer = admin.post(url, {"carrier": "AA", "tail": "N9"}, content_type="application/json")

    assert answer.status_code == 201
    assert answer.json() == {
        "id": flights.django_model.objects.get().pk,
        "carrier": "AA",
        "tail": "N9",
        "distance": None,
    }
    assert admin.get(answer["Location"]).json() == answer.json()


def test_patch_changes_only_what_is_sent(admin, rows, url):
    answer = admin.patch(f"{url}{rows[0].pk}/", {"distance": 5}, content_type="application/json")

    assert answer.status_code == 200
    assert answer.json() == {"id": rows[0].pk, "carrier": "UA", "tail": "N1", "distance": 5}


def test_put_wants_all_that_is_required(admin, rows, url):
    answer = admin.put(f"{url}{rows[0].pk}/", {"distance": 5}, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"carrier": ["This field is required."]}


def test_a_client_may_send_back_all_it_has_read(admin, rows, url):
    row = admin.get(f"{url}{rows[0].pk}/").json()

    answer = admin.put(f"{url}{rows[0].pk}/", {**row, "distance": 7}, content_type="application/json")

    assert answer.json() == {**row, "distance": 7}


def test_a_row_is_deleted(admin, flights, rows, url):
    answer = admin.delete(f"{url}{rows[0].pk}/")

    assert answer.status_code == 204
    assert not flights.django_model.objects.filter(pk=rows[0].pk).exists()
    assert admin.get(f"{url}{rows[0].pk}/").status_code == 404


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 25, "9" * 5000, "-1", "abc", "١", "1.0", "%00"])
def test_a_row_that_is_not_there_is_said_to_be_missing(admin, rows, url, pk):
    for method in (admin.get, admin.put, admin.patch, admin.delete):
        answer = method(f"{url}{pk}/")

        assert admin.options(f"{url}{pk}/").status_code == 200
        assert answer.status_code == 404
        assert "there is no row" in answer.json()["detail"]


def test_what_is_done_through_the_api_is_in_the_history(admin, admin_user, flights):
    url = "/api/tables/flights/"
    row = admin.post(url, {"carrier": "AA"}, content_type="application/json").json()
    admin.patch(f"{url}{row['id']}/", {"carrier": "BB", "distance": None}, content_type="application/json")
    admin.delete(f"{url}{row['id']}/")

    entries = LogEntry.objects.order_by("pk")
    assert [entry.get_change_message() for entry in entries] == ["Added.", "Changed Carrier.", ""]
    assert {(entry.user, entry.object_id, entry.content_type.model) for entry in entries} == {
        (admin_user, str(row["id"]), f"t{flights.pk}")
    }


def test_a_change_that_changes_nothing_leaves_no_trace(admin, rows):
    admin.patch(f"/api/tables/flights/{rows[0].pk}/", {"distance": 100}, content_type="application/json")

    assert not LogEntry.objects.exists()


def test_the_options_of_a_table_list_its_fields(admin, flights):
    fields = admin.options("/api/tables/flights/").json()["actions"]["POST"]

    assert list(fields) == ["id", "carrier", "tail", "distance"]
    assert fields["carrier"]["required"] is True
    assert fields["id"]["read_only"] is True
