"""The home page and the list of tables: what they tell, to whom, and what it costs."""

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dynadmin.models import DynamicModel, sync_all

HOME = "/admin/"
TABLES = "/admin/tables/"


@pytest.fixture
def analyst(db):
    return User.objects.create_user("grace", password="secret", is_staff=True, first_name="Grace")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def allow(user, table, action="view"):
    user.user_permissions.add(Permission.objects.get(codename=f"{action}_t{table.pk}"))


def log(user, row):
    LogEntry.objects.log_actions(user.pk, [row], ADDITION, change_message=[{"added": {}}], single_object=True)


def text_of(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_home_greets_by_first_name(analyst):
    assert "Hello, Grace" in text_of(client_of(analyst), HOME)


def test_a_fresh_installation_says_what_to_do(transactional_db, admin_client):
    text = text_of(admin_client, HOME)

    assert "There are no tables yet" in text
    assert "/admin/dynadmin/dynamicmodel/add/" in text


def test_one_who_sees_no_table_is_told_whom_to_ask(tables, analyst):
    tables.make("flights", carrier="char")

    text = text_of(client_of(analyst), HOME)

    assert "No tables are shared with you yet" in text
    assert "flights" not in text


@pytest.mark.parametrize("page", [HOME, TABLES])
def test_each_table_shows_its_rows(tables, admin_client, page):
    model = tables.make("flights", label="Departures", carrier="char").django_model
    model.objects.bulk_create(model(carrier="UA") for _ in range(1234))

    text = text_of(admin_client, page)

    assert "Departures" in text
    assert "1,234" in text
    assert "/admin/tables/flights/" in text


def test_tables_are_listed_by_folder_then_label(tables, admin_client):
    for name, label, folder in (
        ("a", "Zebra", ""),
        ("b", "ant", "Beta"),
        ("c", "Bee", "Beta"),
        ("d", "Cow", "Alpha"),
    ):
        tables.make(name, label=label, folder=folder, x="char")

    listed = admin_client.get(TABLES).context["tables"].groups

    shown = [(folder, [line.table.label for line in lines]) for folder, lines in listed]
    assert shown == [("", ["Zebra"]), ("Alpha", ["Cow"]), ("Beta", ["ant", "Bee"])]


def test_the_last_change_names_who_made_it(tables, admin_client, analyst):
    model = tables.make("flights", carrier="char").django_model
    log(User.objects.get(username="admin"), model.objects.create(carrier="UA"))
    log(analyst, model.objects.create(carrier="AA"))

    (_folder, [line]), *_ = admin_client.get(HOME).context["tables"].groups

    assert (line.last_change.who, line.last_change.when) == ("Grace", "just now")


def test_activity_shows_only_what_one_may_see(tables, analyst, admin_user):
    for name in ("seen", "secret"):
        table = tables.make(name, label=name.title(), x="char")
        log(admin_user, table.django_model.objects.create(x=f"row of {name}"))
    allow(analyst, DynamicModel.objects.get(name="seen"))

    text = text_of(client_of(analyst), HOME)

    assert "row of seen" in text
    assert "secret" not in text.casefold()


def test_history_of_static_models_needs_their_permission(tables, analyst, admin_user):
    log(admin_user, User.objects.create_user("hidden-one"))

    assert "hidden-one" not in text_of(client_of(analyst), HOME)


@pytest.mark.parametrize("query", ["depart", "DEPART", "flights", "nyc", "traffic", "traffic dep"])
def test_search_finds_by_label_name_folder_and_description(tables, admin_client, query):
    table = tables.define("flights", label="Departures", folder="Traffic", x="char")
    table.description = "All that left NYC."
    table.save()
    table.sync()
    tables.make("planes", x="char")

    found = admin_client.get(TABLES, {"q": query}).context["tables"].found

    assert [table.name for table in found] == ["flights"]


def test_a_search_without_a_hit_helps_on(tables, admin_client):
    tables.make("flights", x="char")

    text = text_of(admin_client, f"{TABLES}?q=<b>nothing")

    assert "0 tables fit “&lt;b&gt;nothing”" in text
    assert "Try fewer or shorter words" in text


def test_many_tables_are_paged_and_narrowed_by_folder(tables, admin_client, settings):
    settings.DYNADMIN = {"HOME_TABLES": 3}
    for number in range(5):
        tables.define(f"table_{number}", folder="Odd" if number % 2 else "", x="char")
    sync_all()

    first = admin_client.get(TABLES).context["tables"]
    odd = admin_client.get(TABLES, {"folder": "Odd"}).context["tables"]
    beyond = admin_client.get(TABLES, {"page": "nonsense"})

    assert [table.name for table in first.page] == ["table_0", "table_2", "table_4"]
    assert first.folders == [("", 3), ("Odd", 2)]
    assert [table.name for table in odd.found] == ["table_1", "table_3"]
    assert beyond.status_code == 200


def test_definitions_that_are_not_applied_are_hinted_at(tables, admin_client):
    table = tables.make("flights", carrier="char")
    tables.add(table, distance="int")
    tables.define("planes", label="Planes", model="char")

    text = text_of(admin_client, HOME)

    assert text.count("Unapplied changes") == 1
    assert text.count("Not applied yet") == 1


def test_an_applied_definition_gives_no_hint(tables, admin_client):
    tables.make("flights", carrier=("char", {"max_length": 2}), distance="int")

    assert "Unapplied changes" not in text_of(admin_client, HOME)


@pytest.mark.parametrize("page", [HOME, TABLES, "/admin/auth/user/", "/admin/tables/table_0/"])
def test_queries_do_not_grow_with_the_tables(tables, analyst, admin_user, page):
    def make(start, end):
        for number in range(start, end):
            tables.define(f"table_{number}", folder=f"folder {number % 3}", x="char")
        sync_all()
        for table in DynamicModel.objects.filter(pk__gt=0):
            allow(analyst, table)
            log(admin_user, table.django_model.objects.create(x="row"))

    analyst.user_permissions.add(Permission.objects.get(codename="view_user"))
    make(0, 5)
    few = count_queries(analyst, page)
    make(5, 50)
    many = count_queries(analyst, page)

    assert many == few


def count_queries(user, path):
    client = client_of(user)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_counts_of_tables_that_are_not_on_the_page_are_not_taken(tables, admin_client, settings):
    settings.DYNADMIN = {"HOME_TABLES": 2}
    for number in range(4):
        tables.define(f"table_{number}", x="char")
    sync_all()
    away = DynamicModel.objects.get(name="table_3")

    with CaptureQueriesContext(connection) as queries:
        admin_client.get(HOME)

    assert not any(f"dyn_t{away.pk}" in query["sql"] for query in queries)


def test_home_makes_no_admin_of_a_table(tables, admin_client):
    model = tables.make("flights", x="char").django_model

    admin_client.get(HOME)

    assert not [key for key in model.derived if key.startswith(("admin:", "urls:"))]
