"""Requests for rows whose table changes under them: no error page, no lost input."""

import gc
import threading
import weakref

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections
from django.db.models.signals import pre_save
from django.test import Client

from dynadmin.models import DynamicField, DynamicModel, purge
from dynadmin.registry import registry
from tests.admin.row_pages import RowPage, errors_of, url

PAGES = ["changelist", "change", "delete", "history"]


@pytest.fixture
def flights(tables) -> DynamicModel:
    table = tables.make("flights", label="Flights", carrier="char", code=("int", {"unique": True}))
    table.django_model.objects.create(carrier="UA", code=1)
    return table


@pytest.fixture
def administrator(flights) -> User:
    return User.objects.create_superuser("ada")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address_of(table: DynamicModel, page: str = "changelist") -> str:
    return url(table, page, *([] if page == "changelist" else [table.django_model.objects.first().pk]))


def elsewhere(change) -> None:
    """Do something on another connection, as another process would."""

    def run():
        try:
            change()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


class Meanwhile:
    """`with meanwhile(change):` lets it happen in the next request, after that has taken its revision."""

    def __init__(self, change) -> None:
        self.change, self.is_done = change, False

    def __enter__(self):
        connection.execute_wrappers.append(self._watch)
        return self

    def __exit__(self, *_details):
        connection.execute_wrappers.remove(self._watch)
        assert self.is_done

    def _watch(self, execute, sql, params, many, context):
        if "django_session" in sql and not self.is_done:
            self.is_done = True
            elsewhere(self.change)
        return execute(sql, params, many, context)


def take_away(table: DynamicModel, name: str) -> None:
    """Remove a field with its column: what a request of an earlier revision stumbles over."""
    field = DynamicField.objects.get(model=table, name=name)
    column = field.to_schema().column
    field.delete()
    table.sync(allow_destructive=True)
    purge(columns=[column])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_shown_as_the_table_is_now(admin_client, flights, page):
    address = address_of(flights, page)

    with Meanwhile(lambda: take_away(flights, "carrier")):
        response = admin_client.get(address)

    assert response.status_code == 200
    assert "Carrier" not in response.content.decode()


def test_a_form_sent_meanwhile_says_so_and_keeps_the_input(admin_client, flights):
    opened = RowPage(admin_client, address_of(flights, "change"))
    opened["carrier"], opened["code"] = "precious", "7"

    with Meanwhile(lambda: take_away(flights, "carrier")):
        response = opened.save()

    assert response.status_code == 409
    assert "Field “Carrier” was removed; you had entered: precious" in errors_of(response)
    assert opened["code"] == "7"
    assert flights.django_model.objects.get().code == 1
    assert opened.save().status_code == 302


def test_a_new_row_sent_meanwhile_keeps_the_input(admin_client, flights):
    opened = RowPage(admin_client, url(flights, "add"))
    opened["carrier"], opened["code"] = "precious", "7"

    with Meanwhile(lambda: take_away(flights, "carrier")):
        response = opened.save()

    assert response.status_code == 409
    assert "precious" in errors_of(response)


@pytest.mark.only_on("postgresql")  # SQLite lets nobody change a table while a form is being saved
def test_a_table_that_changes_again_and_again_keeps_no_row_from_being_saved(admin_client, flights):
    types = iter(["bigint", "decimal", "int"])
    opened = RowPage(admin_client, url(flights, "add"))
    opened["carrier"], opened["code"] = "precious", "7"

    def convert_first(execute, sql, params, many, context):
        if sql.startswith("SELECT") and f'"dyn_t{flights.pk}"' in sql and (type := next(types, "")):
            elsewhere(lambda: convert(flights, "code", type))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(convert_first):
        responses = [opened.save() for _attempt in range(4) if not is_saved(flights)]

    # Either it is saved, or a page says what changed, with the input still in it.
    assert {response.status_code for response in responses} <= {302, 409}
    assert is_saved(flights)


def is_saved(table: DynamicModel) -> bool:
    return table.django_model.objects.filter(code=7, carrier="precious").exists()


def convert(table: DynamicModel, name: str, type: str) -> None:
    """Give a field another type, and with it another column."""
    DynamicField.objects.filter(model=table, name=name).update(type=type, options={"unique": True})
    table.sync()


def test_a_question_about_deleting_is_answered_for_the_table_as_it_is_now(admin_client, flights):
    data = {"action": "delete_selected", "_selected_action": "1", "select_across": "1"}

    with Meanwhile(lambda: take_away(flights, "carrier")):
        response = admin_client.post(url(flights), data)

    assert response.status_code == 200
    assert response.context["count"] == 1


def test_a_table_retired_meanwhile_gives_the_input_back(admin_client, flights):
    opened = RowPage(admin_client, address_of(flights, "change"))
    opened["carrier"] = "precious"

    def retire():
        take_away(flights, "carrier")
        flights.retire()

    with Meanwhile(retire):
        response = opened.save()

    assert response.status_code == 410
    assert "precious" in response.content.decode()


def test_an_error_that_no_change_explains_stays_one(admin_client, flights):
    address = address_of(flights)
    column = flights.fields.get(name="carrier").to_schema().column

    def damage():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP VIEW {view_of(flights)}")
            cursor.execute(f"ALTER TABLE dyn_t{flights.pk} DROP COLUMN {column}")

    client = Client(raise_request_exception=False)
    client.cookies = admin_client.cookies
    with Meanwhile(damage):
        response = client.get(address)

    assert response.status_code == 500


def view_of(table: DynamicModel) -> str:
    return f"tables.{table.name}" if connection.vendor == "postgresql" else f"tables_{table.name}"


# On SQLite writers take turns, and the form's own check sees the value.
@pytest.mark.only_on("postgresql")
def test_a_unique_value_taken_meanwhile_is_an_error_of_the_form(admin_client, flights):
    opened = RowPage(admin_client, url(flights, "add"))
    opened["code"] = "7"
    model = registry.current.model(flights.pk)

    def take(sender, **kwargs):
        # Between the check of the form and the writing of the row.
        pre_save.disconnect(take)
        elsewhere(lambda: model.objects.bulk_create([model(code=7)]))

    pre_save.connect(take)
    response = opened.save()

    assert "already exists" in errors_of(response)
    assert opened["code"] == "7"


def test_of_two_who_save_at_the_same_moment_one_is_told(administrator, flights):
    row = flights.django_model.objects.get()
    pages = [RowPage(logged_in(administrator), url(flights, "change", row.pk)) for _ in range(2)]
    start, statuses = threading.Barrier(2), []

    def save(page, carrier):
        page["carrier"] = carrier
        start.wait()
        statuses.append(page.save().status_code)
        connections.close_all()

    threads = [threading.Thread(target=save, args=(p, f"P{n}")) for n, p in enumerate(pages)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 409]


@pytest.mark.parametrize("key", ["abc", "99999999999999999999999", "%00", "0", "-1"])
def test_a_row_that_cannot_exist_is_said_not_to(admin_client, flights, key):
    for page in ("change", "delete", "history"):
        response = admin_client.get(f"{url(flights)}{key}/{page}/", follow=True)
        assert response.status_code == 200
        assert "doesn’t exist" in response.content.decode()


def test_the_pages_of_an_earlier_definition_are_garbage(admin_client, flights, tables):
    def open_pages():
        for page in PAGES:
            admin_client.get(address_of(flights, page))
        admin_client.get(f"{url(flights)}?q=UA&code__gte=1&carrier__icontains=U")
        RowPage(admin_client, address_of(flights, "change")).save()

    open_pages()
    model = weakref.ref(registry.newest.model(flights.pk))
    row_admin = weakref.ref(model().derived["admin:admin"])
    tables.add(flights, gate="char")
    flights.sync()
    open_pages()
    gc.collect()

    assert (model(), row_admin()) == (None, None)
