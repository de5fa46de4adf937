"""Two at once: two people on one row, two rows with one value, and a table that changes under a request."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

URL = "/api/tables/flights/"


def test_nobody_overwrites_what_he_has_not_seen(admin, rows):
    url = f"{URL}{rows[0].pk}/"
    seen = admin.get(url)["ETag"]
    admin.patch(url, {"distance": 1}, content_type="application/json")

    for answer in (
        admin.patch(url, {"distance": 2}, content_type="application/json", headers={"if-match": seen}),
        admin.delete(url, headers={"if-match": seen}),
    ):
        assert answer.status_code == 412
        assert "changed since" in answer.json()["detail"]
    assert admin.get(url).json()["distance"] == 1


def test_a_row_as_it_was_seen_may_be_changed(admin, rows):
    url = f"{URL}{rows[0].pk}/"
    for tag in ("{}", "*", '"x", {}'):
        seen = tag.format(admin.get(url)["ETag"])
        answer = admin.patch(
            url, {"carrier": seen[:2]}, content_type="application/json", headers={"if-match": seen}
        )

        assert answer.status_code == 200


def test_a_write_answers_with_the_tag_of_what_it_wrote(admin, flights):
    created = admin.post(URL, {"carrier": "AA"}, content_type="application/json")
    url = f"{URL}{created.json()['id']}/"
    assert created["ETag"] == admin.get(url)["ETag"]

    changed = admin.patch(url, {"distance": 5}, content_type="application/json")
    assert changed["ETag"] == admin.get(url)["ETag"] != created["ETag"]


def elsewhere(action: Callable[[], Any]) -> None:
    """Run something as another request would: in a thread with a connection of its own."""

    def run() -> None:
        try:
            action()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


@contextmanager
def after_query(fragment: str, action: Callable[[], Any]) -> Iterator[None]:
    """Run something elsewhere, once, after the first query that contains the fragment."""
    pending = [action]

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if fragment in sql and pending:
            elsewhere(pending.pop())
        return result

    with connection.execute_wrapper(watch):
        yield
    assert not pending, f"there was no query with {fragment}"


def test_who_comes_second_with_a_value_is_told_which(admin, flights):
    model = flights.django_model

    with after_query(model._meta.db_table, lambda: model.objects.create(carrier="UA", tail="N9")):
        answer = admin.post(URL, {"carrier": "AA", "tail": "N9"}, content_type="application/json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["tail"]
    assert model.objects.count() == 1


# The request keeps to its revision from here on; it has not looked at the table yet.
BEGINNING = "django_session"


@pytest.fixture
def lose_distance(flights):
    """Retire a field and take its column away at once, sooner than any purge would."""
    model = flights.django_model
    table, column = model._meta.db_table, model._meta.get_field("distance").column

    def lose() -> None:
        flights.fields.get(name="distance").delete()
        flights.sync(allow_destructive=True)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("DROP VIEW tables_flights")
            cursor.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "gone"')

    return lose


def test_a_list_is_read_again_from_a_table_that_changes_meanwhile(admin, rows, lose_distance):
    with after_query(BEGINNING, lose_distance):
        answer = admin.get(URL)

    assert answer.status_code == 200
    assert answer.json()["results"][0] == {"id": rows[0].pk, "carrier": "UA", "tail": "N1"}


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_a_write_to_a_table_that_changes_meanwhile_is_told_why_it_failed(
    admin, flights, rows, lose_distance, method
):
    url = URL if method == "post" else f"{URL}{rows[0].pk}/"

    with after_query(BEGINNING, lose_distance):
        answer = getattr(admin, method)(
            url, {"carrier": "AA", "distance": 5}, content_type="application/json"
        )

    assert answer.status_code == 409
    assert "table was changed" in answer.json()["detail"]
    assert flights.django_model.objects.filter(carrier="UA").count() == 3
    assert admin.get(URL).status_code == 200


def test_a_row_is_created_in_a_table_that_gets_a_field_meanwhile(admin, tables, flights):
    def widen() -> None:
        tables.add(flights, origin=("char", {"max_length": 3}))
        flights.sync()

    with after_query(BEGINNING, widen):
        answer = admin.post(URL, {"carrier": "AA"}, content_type="application/json")

    assert answer.status_code == 201
    assert admin.get(answer["Location"]).json()["origin"] == ""
