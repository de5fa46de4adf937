"""Which table an address means, and what is said where there is none."""

import pytest


def test_the_index_lists_the_tables_by_label(admin, tables):
    tables.make("b", label="Alpha", text="char")
    first = tables.make("a", label="beta", text="char")

    answer = admin.get("/api/tables/").json()["tables"]

    assert [table["name"] for table in answer] == ["b", "a"]
    assert answer[1]["id"] == first.pk
    assert answer == admin.get("/api/").json()["tables"]
    assert admin.get(answer[0]["url"]).status_code == 200


@pytest.mark.parametrize(
    "url",
    ["/api/tables/nothing/", "/api/tables/nothing/1/", "/api/model/987654321/", "/api/model/987654321/1/"],
)
def test_a_table_that_never_was_is_missing(admin, flights, url):
    answer = admin.get(url)

    assert answer.status_code == 404
    assert "There is no table" in answer.json()["detail"]


@pytest.mark.parametrize("asked", ["9" * 30, "9" * 5000, "-1", "abc", "1%00", "%ED%A0%80"])
def test_nonsense_for_an_id_is_a_table_that_is_missing(admin, flights, asked):
    assert admin.get(f"/api/model/{asked}/").status_code == 404
    assert admin.get(f"/api/tables/{asked}/").status_code == 404


def test_a_draft_is_told_how_to_become_a_table(admin, tables):
    draft = tables.define("plans", text="char")

    for url in ("/api/tables/plans/", f"/api/model/{draft.pk}/"):
        answer = admin.get(url)

        assert answer.status_code == 404
        assert "draft" in answer.json()["detail"]
        assert "sync()" in answer.json()["detail"]


def test_a_retired_table_is_gone_but_restorable(admin, flights, rows):
    pk = flights.pk
    flights.retire()

    for url in ("/api/tables/flights/", f"/api/model/{pk}/", f"/api/model/{pk}/1/"):
        answer = admin.get(url)

        assert answer.status_code == 410
        assert "was retired" in answer.json()["detail"]
        assert "restore" in answer.json()["detail"]


def test_a_renamed_table_is_found_by_its_new_name_and_its_id(admin, flights, rows):
    flights.name = "trips"
    flights.save()
    flights.sync()

    assert len(admin.get("/api/tables/trips/").json()["results"]) == 3
    assert len(admin.get(f"/api/model/{flights.pk}/").json()["results"]) == 3
    assert admin.get("/api/tables/flights/").status_code == 404


def test_a_new_field_is_there_at_the_next_request(admin, tables, flights, rows):
    admin.get("/api/tables/flights/")
    tables.add(flights, origin="char")
    flights.sync()

    assert admin.get("/api/tables/flights/").json()["results"][0]["origin"] == ""


def test_who_is_not_logged_in_learns_nothing_about_tables(client, tables):
    tables.define("plans", text="char")

    answers = [client.get(f"/api/tables/{name}/") for name in ("plans", "nothing")]

    assert answers[0].content == answers[1].content
