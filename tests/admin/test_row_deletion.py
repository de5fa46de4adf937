"""Deleting rows: exactly those that were asked about, however many."""

import tracemalloc

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models.signals import post_delete
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from dynadmin.admin import rowdeletion
from dynadmin.models import DynamicModel
from tests.admin.row_pages import url


@pytest.fixture
def flights(tables) -> DynamicModel:
    table = tables.make("flights", label="Flights", distance="int", carrier="char")
    model = table.django_model
    model.objects.bulk_create(model(distance=n, carrier=f"carrier {n}") for n in range(1, 251))
    return table


def ask(client, table, query="", *, across=False, keys=(1,), **more):
    """Choose the action as the list does; with ``post`` and ``expected`` confirm it as its page does."""
    data = {"action": "delete_selected", "_selected_action": keys, "select_across": str(int(across)), **more}
    return client.post(f"{url(table)}{query}", data)


def confirm(client, table, query="", **kwargs):
    """Ask, and say yes to what the page shows."""
    count = ask(client, table, query, **kwargs).context["count"]
    return ask(client, table, query, post="yes", expected=str(count), **kwargs)


def left(table) -> int:
    return table.django_model.objects.count()


def test_the_selected_rows_are_deleted_after_a_yes(admin_client, flights):
    asked = ask(admin_client, flights, keys=(1, 2))
    assert left(flights) == 250
    assert "<strong>2 rows</strong>" in asked.content.decode()

    confirm(admin_client, flights, keys=(1, 2))

    assert left(flights) == 248
    entries = LogEntry.objects.filter(action_flag=DELETION).values_list("object_id", flat=True)
    assert sorted(entries) == ["1", "2"]


def test_all_rows_a_filter_leaves_are_deleted_and_no_others(admin_client, flights):
    confirm(admin_client, flights, "?distance__gte=11", across=True)

    assert sorted(flights.django_model.objects.values_list("pk", flat=True)) == list(range(1, 11))


def test_all_rows_a_search_leaves_are_deleted_and_no_others(admin_client, flights):
    confirm(admin_client, flights, '?q="carrier+25"', across=True)

    assert left(flights) == 248


@override_settings(DYNADMIN={"LIST_COUNT_LIMIT": 100})
def test_all_means_all_although_the_list_counts_only_some(admin_client, flights):
    asked = ask(admin_client, flights, across=True)
    assert "<strong>250 rows</strong>" in asked.content.decode()

    confirm(admin_client, flights, across=True)

    assert left(flights) == 0


def test_a_filter_that_cannot_be_understood_deletes_nothing(admin_client, flights):
    ask(admin_client, flights, "?distance__gte=abc", across=True, post="yes", expected="250")
    ask(admin_client, flights, "?unknown=1", across=True, post="yes", expected="250")

    assert left(flights) == 250


def test_rows_that_came_meanwhile_are_asked_about_again(admin_client, flights):
    flights.django_model.objects.create(distance=999)

    response = ask(admin_client, flights, across=True, post="yes", expected="250")

    assert left(flights) == 251
    assert "you were asked about 250 rows, now it is 251 rows" in response.content.decode()


def test_a_yes_without_a_question_is_asked(admin_client, flights):
    assert ask(admin_client, flights, across=True, post="yes").status_code == 200
    assert left(flights) == 250


def test_the_page_shows_some_of_many(admin_client, flights):
    page = ask(admin_client, flights, across=True).content.decode()

    assert page.count('class="field-id numeric"') == rowdeletion.SAMPLE
    assert "and 230 rows more" in page
    assert page.count('name="_selected_action"') == 1


def test_many_rows_leave_one_entry_that_says_which(admin_client, flights, monkeypatch):
    monkeypatch.setattr(rowdeletion, "LOGGED_ONE_BY_ONE", 10)

    confirm(admin_client, flights, "?distance__gte=11", across=True)

    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.object_id, entry.object_repr) == (None, "240 rows")
    assert "distance__gte=11" in entry.change_message


def test_one_statement_deletes_all(admin_client, flights):
    queryset = flights.django_model.objects.order_by("distance")
    admin = admin_client.get(url(flights)).context["cl"].model_admin

    with CaptureQueriesContext(connection) as captured:
        admin.delete_queryset(None, queryset)

    about_rows = [query["sql"].split()[0] for query in captured if "dyn_t" in query["sql"]]
    assert about_rows == ["INSERT", "DELETE"]  # into the history
    assert left(flights) == 0


def test_where_somebody_listens_rows_are_deleted_batch_by_batch(admin_client, flights, monkeypatch):
    monkeypatch.setattr(rowdeletion, "BATCH", 100)
    heard = []

    def listen(sender, instance, **kwargs):
        heard.append(instance.pk)

    post_delete.connect(listen)
    try:
        confirm(admin_client, flights, "?distance__gte=11", across=True)
    finally:
        post_delete.disconnect(listen)

    assert left(flights) == 10
    assert len([key for key in heard if key]) >= 240


def test_memory_does_not_grow_with_the_rows(admin_client, flights, monkeypatch):
    monkeypatch.setattr(rowdeletion, "LOGGED_ONE_BY_ONE", 10)
    model = flights.django_model
    for _ in range(4):
        model.objects.bulk_create(model(carrier="x" * 200) for _ in range(10_000))
    confirm(admin_client, flights, "?distance__lte=5", across=True)

    tracemalloc.start()
    confirm(admin_client, flights, across=True)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert left(flights) == 0
    assert peak < 8_000_000


def test_who_may_not_delete_is_not_offered_it(client, flights):
    user = User.objects.create_user("eve", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[f"view_t{flights.pk}"]))
    client.force_login(user)

    ask(client, flights, across=True, post="yes", expected="250")

    assert left(flights) == 250
    assert "Delete selected rows" not in client.get(url(flights)).content.decode()


def test_one_row_is_deleted_from_its_own_page(admin_client, flights):
    address = url(flights, "delete", 1)
    assert "carrier 1" in admin_client.get(address).content.decode()

    admin_client.post(address, {"post": "yes"})

    assert left(flights) == 249
