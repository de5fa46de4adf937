"""The admin site itself: what it registers, what each person sees of it, what answers for missing tables."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.views.defaults import server_error

from dynadmin.admin.site import DynamicAdminSite, site
from dynadmin.executor.counts import Precision, RowCount, count_rows
from dynadmin.models import DynamicModel, sync_all


@pytest.fixture
def flights(tables):
    return tables.make("flights", label="Flights", carrier=("char", {"max_length": 2}))


@pytest.fixture
def analyst(db):
    return User.objects.create_user("grace", password="secret", is_staff=True)


@pytest.fixture
def analyst_client(analyst):
    client = Client()
    client.force_login(analyst)
    return client


def allow(user, table, *actions):
    for action in actions:
        user.user_permissions.add(Permission.objects.get(codename=f"{action}_t{table.pk}"))


# --- Registering ---


def test_models_of_the_default_site_are_adopted_with_their_own_admins():
    other = admin.AdminSite()
    other.register(User, type("Special", (admin.ModelAdmin,), {}))
    mine = DynamicAdminSite()

    mine.adopt(other)

    assert type(mine.get_model_admin(User)).__name__ == "Special"
    assert mine.get_model_admin(User).admin_site is mine


def test_adopting_keeps_what_is_registered_already():
    mine = DynamicAdminSite()
    mine.register(User, type("Mine", (admin.ModelAdmin,), {}))

    mine.adopt(admin.site)

    assert type(mine.get_model_admin(User)).__name__ == "Mine"


def test_a_model_registered_late_is_reachable_at_once(admin_client):
    before = reverse("admin:index")
    site.register(Permission)
    try:
        assert admin_client.get(reverse("admin:auth_permission_changelist")).status_code == 200
    finally:
        site.unregister(Permission)

    assert before == "/admin/"
    assert admin_client.get("/admin/auth/permission/").status_code == 404


def test_each_table_has_one_admin_a_class(flights):
    model = flights.django_model

    assert site.is_registered(model)
    assert site.get_model_admin(model) is site.get_model_admin(model)
    assert site.get_model_admin(model).model is model


# --- Permissions ---

PAGES = {
    "changelist": ("view", "change"),
    "add": ("add",),
    "change": ("view", "change"),
    "delete": ("delete",),
    "history": ("view", "change"),
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("granted", [None, "view", "add", "change", "delete"])
def test_each_page_asks_for_its_permission(flights, analyst, analyst_client, page, granted):
    row = flights.django_model.objects.create(carrier="UA")
    if granted:
        allow(analyst, flights, granted)
    args = [] if page in ("changelist", "add") else [row.pk]

    status = analyst_client.get(reverse(f"admin:tables_t{flights.pk}_{page}", args=args)).status_code

    assert status == (200 if granted in PAGES[page] else 403)


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/tables/", "/admin/auth/user/", "/admin/tables/?q=flights"]
)
def test_a_table_one_may_not_see_is_nowhere(tables, flights, analyst, analyst_client, path):
    allow(analyst, tables.make("planes", model="char"), "view")
    analyst.user_permissions.add(Permission.objects.get(codename="view_user"))

    page = analyst_client.get(path).content.decode()

    assert "Flights" not in page
    assert "/admin/tables/flights/" not in page


@pytest.mark.parametrize(("granted", "has_link"), [("view", False), ("add", True)])
def test_a_link_to_add_rows_needs_the_permission(flights, analyst, analyst_client, granted, has_link):
    allow(analyst, flights, "view", granted)

    assert ("/admin/tables/flights/add/" in analyst_client.get("/admin/").content.decode()) is has_link


def test_new_table_needs_the_permission_to_define(flights, analyst, analyst_client):
    allow(analyst, flights, "view")

    assert "New table" not in analyst_client.get("/admin/").content.decode()


# --- The sidebar ---


def sidebar(response):
    return next(app for app in response.context["available_apps"] if app["app_label"] == "tables")


def test_few_tables_are_all_in_the_sidebar_by_folder(tables, admin_client):
    tables.make("ideas", label="Ideas", x="char")
    tables.make("flights", label="Flights", folder="Travel", x="char")

    app = sidebar(admin_client.get("/admin/auth/user/"))

    assert [(folder, [m["name"] for m in models]) for folder, models in app["folders"]] == [
        ("", ["Ideas"]),
        ("Travel", ["Flights"]),
    ]


def test_of_many_tables_the_sidebar_shows_the_visited(tables, admin_client, settings):
    settings.DYNADMIN = {"SIDEBAR_TABLES": 3}
    for number in range(5):
        tables.define(f"table_{number}", x="char")
    sync_all()
    for name in ("table_4", "table_1", "table_4"):
        admin_client.get(f"/admin/tables/{name}/")

    response = admin_client.get("/admin/auth/user/")

    app = sidebar(response)
    assert [model["name"] for model in app["models"]] == ["Table 1", "Table 4"]
    assert "All tables" in response.content.decode()


def test_the_list_of_an_app_by_its_label_is_complete(tables, rf, admin_user, settings):
    settings.DYNADMIN = {"SIDEBAR_TABLES": 1}
    tables.make("flights", x="char")
    tables.make("planes", x="char")
    request = rf.get("/")
    request.user = admin_user

    (app,) = site.get_app_list(request, "tables")

    assert [model["admin_url"] for model in app["models"]] == [
        "/admin/tables/flights/",
        "/admin/tables/planes/",
    ]


# --- Tables that are not there ---


def test_an_old_name_leads_to_the_table_with_the_query(flights, admin_client):
    flights.name = "departures"
    flights.save()
    flights.sync()

    response = admin_client.get("/admin/tables/flights/7/change/?x=1")

    assert response.status_code == 302
    assert response.url == "/admin/tables/departures/7/change/?x=1"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("?q=" + 1900 * "x", "?q=" + 1900 * "x"),
        ("?q=" + 2100 * "x", ""),
        ("7/change/?q=" + 2100 * "x", "7/change/"),
        (2100 * "7" + "/change/?q=x", ""),
    ],
)
def test_an_address_that_is_too_long_leads_to_the_table_all_the_same(flights, admin_client, rest, expected):
    response = admin_client.get(f"/admin/tables/t{flights.pk}/{rest}")

    assert response.status_code == 302
    assert response.url == f"/admin/tables/flights/{expected}"


def test_an_id_leads_to_the_table(flights, admin_client):
    assert admin_client.get(f"/admin/tables/t{flights.pk}/").url == "/admin/tables/flights/"


def test_an_old_name_is_not_told_to_those_who_may_not_see(flights, analyst_client):
    flights.name = "departures"
    flights.save()
    flights.sync()

    response = analyst_client.get("/admin/tables/flights/")

    assert response.status_code == 404
    assert "departures" not in response.content.decode()


@pytest.mark.parametrize(
    "path", ["/admin/tables/nothing/", "/admin/tables/nothing/3/change/", "/admin/tables/t99/"]
)
def test_a_table_that_never_was_is_a_page_that_helps_on(transactional_db, admin_client, path):
    response = admin_client.get(path)

    assert response.status_code == 404
    assert "Show all tables" in response.content.decode()


def test_a_retired_table_is_said_to_be_kept(flights, admin_client):
    flights.retire()

    response = admin_client.get("/admin/tables/flights/")

    assert response.status_code == 404
    assert "was retired: its rows are kept" in response.content.decode()


def test_a_form_sent_to_an_old_name_is_sent_again_to_the_new_one(flights, admin_client):
    flights.name = "departures"
    flights.save()
    flights.sync()

    response = admin_client.post("/admin/tables/flights/add/", {"carrier": "UA"})

    assert (response.status_code, response.url) == (307, "/admin/tables/departures/add/")


# --- Counts ---


def test_counts_are_exact_within_the_budget(tables):
    model = tables.make("flights", x="char").django_model
    model.objects.bulk_create(model(x="a") for _ in range(30))
    model.objects.filter(pk__lte=model.objects.order_by("pk")[9].pk).delete()
    empty = tables.make("planes", x="char").django_model

    counts = count_rows([model._meta.db_table, empty._meta.db_table])

    assert counts == {model._meta.db_table: RowCount(rows=20), empty._meta.db_table: RowCount(rows=0)}


def test_sparse_keys_do_not_hide_that_a_table_is_small(tables):
    model = tables.make("flights", x="char").django_model
    model.objects.create(x="first")
    model.objects.create(pk=10**12, x="far away")

    assert count_rows([model._meta.db_table])[model._meta.db_table] == RowCount(rows=2)


def test_beyond_the_budget_a_count_is_a_bound_or_an_estimate(tables, settings, monkeypatch):
    settings.DYNADMIN = {"COUNT_BUDGET": 10}
    monkeypatch.setattr("dynadmin.executor.counts.FEW", 20)
    model = tables.make("flights", x="char").django_model
    model.objects.bulk_create(model(x="a") for _ in range(30))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    count = count_rows([model._meta.db_table])[model._meta.db_table]

    expected = Precision.ABOUT if connection.vendor == "postgresql" else Precision.AT_MOST
    assert count == RowCount(rows=30, precision=expected)


def test_counting_takes_the_same_queries_for_any_number_of_tables(tables):
    for number in range(6):
        tables.define(f"table_{number}", x="char")
    sync_all()
    names = [f"dyn_t{pk}" for pk in DynamicModel.objects.values_list("pk", flat=True)]

    with CaptureQueriesContext(connection) as queries:
        count_rows(names)

    assert len(queries) == 2


@pytest.mark.parametrize(
    ("rows", "precision", "words"),
    [
        (336776, Precision.EXACT, "336,776"),
        (0, Precision.EXACT, "0"),
        (336776, Precision.ABOUT, "about 340,000"),
        (1_234_567, Precision.ABOUT, "about 1.2 million"),
        (2_512_345_678, Precision.ABOUT, "about 2,512.3 million"),
        (1_234_567, Precision.AT_MOST, "up to 1.2 million"),
    ],
)
def test_counts_in_words(rows, precision, words):
    assert str(RowCount(rows=rows, precision=precision)) == words


# --- Pages of errors ---


def test_a_wrong_address_and_a_missing_permission_say_so_in_words(flights, analyst_client):
    missing = analyst_client.get("/nothing/here/")
    forbidden = analyst_client.get("/admin/tables/flights/")

    assert (missing.status_code, forbidden.status_code) == (404, 403)
    assert "Page not found" in missing.content.decode()
    assert "You do not have the permission to see this page" in forbidden.content.decode()


def test_an_error_shows_a_page_that_needs_nothing_else(rf):
    response = server_error(rf.get("/"))

    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
