"""Relations in the list of a table: shown, sorted, filtered and searched by what rows are called."""

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.admin.row_pages import listed, url
from tests.test_relations import to


@pytest.fixture
def fleet(tables):
    """Planes, tags, and flights that refer to both and to users."""
    planes = tables.make("planes", tail="char", seats="int")
    tags = tables.make("tags", word="char")
    flights = tables.make(
        "flights",
        number="int",
        plane=to(planes, null=True, blank=True),
        pilot=to("auth.User", null=True, blank=True),
        tags=to(tags, "manytomany", blank=True),
    )
    planes.set_display("{tail} ({seats})")
    planes.save()
    planes.sync()
    return planes, tags, flights


@pytest.fixture
def rows(fleet):
    """Three flights: of plane N2, of plane N1, of none."""
    planes, tags, flights = (table.django_model for table in fleet)
    second, first = (planes.objects.create(tail=tail, seats=9) for tail in ("N2", "N1"))
    red, blue = (tags.objects.create(word=word) for word in ("red", "blue"))
    pilot = User.objects.create(username="ann", password="md5$secret")
    made = [
        flights.objects.create(number=1, plane=second, pilot=pilot),
        flights.objects.create(number=2, plane=first),
        flights.objects.create(number=3),
    ]
    made[0].tags.set([red, blue])
    made[1].tags.set([blue])
    return made


def person(*permissions: str) -> Client:
    """Return the client of somebody who may do this: ``view_t5``."""
    user = User.objects.create_user(f"u{User.objects.count()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_cells_are_links_that_say_what_rows_are_called(fleet, rows, admin_client):
    page = admin_client.get(url(fleet[2])).content.decode()

    plane = rows[0].plane
    assert f'<a href="/admin/tables/planes/{plane.pk}/change/">N2 (9)</a>' in page
    assert f'<a href="/admin/auth/user/{rows[0].pilot_id}/change/">ann</a>' in page
    assert ">red</a>, <a" in page


def test_who_may_not_see_the_target_sees_its_ids(fleet, rows):
    page = person(f"view_t{fleet[2].pk}").get(url(fleet[2])).content.decode()

    assert f"#{rows[0].plane_id}" in page
    assert "N2 (9)" not in page
    assert ">ann<" not in page
    assert ">red<" not in page


@pytest.mark.parametrize("count", [1, 40])
def test_five_relations_cost_the_same_queries_whatever_the_rows(tables, admin_client, count):
    targets = [tables.make(f"target{n}", name_of="char") for n in range(5)]
    relations = {f"r{n}": to(target) for n, target in enumerate(targets)}
    table = tables.make("many", **relations, number="int")
    for number in range(count):
        made = {
            f"r{n}": target.django_model.objects.create(name_of=f"{n}-{number}")
            for n, target in enumerate(targets)
        }
        table.django_model.objects.create(number=number, **made)
    admin_client.get(url(table))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = admin_client.get(url(table)).content.decode()

    assert page.count("/change/") >= count * 5
    asked = [query["sql"] for query in queries if "dyn_t" in query["sql"]]
    assert len(asked) == 1 + 5  # the page, and each target once


def test_sorting_by_a_relation_sorts_by_what_is_read(fleet, rows, admin_client):
    response = admin_client.get(url(fleet[2]), {"o": "3"})
    assert [pk for pk in listed(response) if pk != rows[2].pk] == [rows[1].pk, rows[0].pk]

    hidden = person(f"view_t{fleet[2].pk}").get(url(fleet[2]), {"o": "3"})
    assert [pk for pk in listed(hidden) if pk != rows[2].pk] == [rows[0].pk, rows[1].pk]


@pytest.mark.parametrize(("asked", "sorted_by"), [("2", "-run__pk"), ("-2", "run__pk")])
def test_a_list_is_sorted_by_a_model_that_is_sorted_downwards(
    tables, admin_client, settings, asked, sorted_by
):
    settings.DYNADMIN = {**settings.DYNADMIN, "RELATION_TARGETS": ["dynadmin.SchemaChange"]}
    table = tables.make("notes", run=to("dynadmin.SchemaChange"), words="char")

    response = admin_client.get(url(table), {"o": asked})

    assert response.status_code == 200
    assert response.context["cl"].queryset.query.order_by[0] == sorted_by


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("plane={plane}", [0]),
        ("plane__exact={plane}", [0]),
        ("plane__exact=", [0, 1, 2]),
        ("plane__isempty=1", [2]),
        ("plane__isempty=0", [0, 1]),
        ("tags={blue}", [0, 1]),
        ("tags__isempty=1", [2]),
        ("tags__isempty=0", [0, 1]),
        ("pilot={pilot}", [0]),
        ("plane=x", []),
        ("tags=99999999999999999999", []),
    ],
)
def test_rows_are_found_by_what_they_refer_to(fleet, rows, admin_client, asked, found):
    words = {
        "plane": rows[0].plane_id,
        "pilot": rows[0].pilot_id,
        "blue": rows[1].tags.get().pk,
    }
    response = admin_client.get(f"{url(fleet[2])}?{asked.format(**words)}")

    assert sorted(listed(response)) == [rows[n].pk for n in found]


@pytest.mark.parametrize(
    "asked",
    [
        "plane__tail=N2",
        "plane__tail__startswith=N",
        "pilot__password__startswith=md5",
        "tags__word=red",
        "plane__in=1",
        "plane__isnull=1",
    ],
)
def test_no_filter_reaches_into_another_table(fleet, rows, admin_client, asked):
    response = admin_client.get(f"{url(fleet[2])}?{asked}", follow=True)

    assert "is no filter of this table" in response.content.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [("N2", [0]), ("blue", [0, 1]), ("ann", [0]), ("blue N1", [1]), ('b"l', []), ("md5", [])],
)
def test_search_finds_what_rows_refer_to(fleet, rows, admin_client, words, found):
    response = admin_client.get(url(fleet[2]), {"q": words})

    assert sorted(listed(response)) == [rows[n].pk for n in found]


def test_search_is_no_way_to_guess_what_a_person_may_not_see(fleet, rows):
    client = person(f"view_t{fleet[2].pk}")

    assert [listed(client.get(url(fleet[2]), {"q": word})) for word in ("N2", "ann", "red")] == [[], [], []]


def test_the_filter_says_what_is_chosen(fleet, rows, admin_client):
    page = admin_client.get(f"{url(fleet[2])}?plane={rows[0].plane_id}").content.decode()

    assert f'<option value="{rows[0].plane_id}" selected>N2 (9)</option>' in page


@pytest.mark.parametrize("text", ["9" * 30, "-1", "1.5", "x"])
def test_any_text_may_stand_in_the_filter_of_who_made_a_row(tables, admin_client, text):
    table = tables.define("notes", word="char")
    table.kind = "record"
    table.save()
    table.sync()
    table.django_model.objects.create(word="x")

    assert listed(admin_client.get(f"{url(table)}?created_by={text}")) == []
    assert admin_client.get(f"/api/tables/notes/?created_by={text}").status_code in (200, 400)
