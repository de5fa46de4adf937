"""Deleting rows that others refer to: told before, done as it was told, refused where it must be."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.admin import rowdeletion
from dynadmin.related import consequences
from tests.admin.row_pages import url
from tests.admin.test_relation_lists import person
from tests.admin.test_row_deletion import ask, confirm, left
from tests.support import without_tokens
from tests.test_relations import to


@pytest.fixture
def chain(tables):
    """Makers, planes of makers, and flights of planes: planes go with their maker, and flights with both."""

    def make(on_delete: str):
        makers = tables.make("makers", label="Makers", title="char")
        built_by = to(makers, on_delete="cascade", related_name="planes")
        planes = tables.make("planes", label="Planes", tail="char", maker=built_by)
        options = {"null": True, "blank": True} if on_delete == "set_empty" else {}
        plane = to(planes, on_delete=on_delete, **options)
        flights = tables.make("flights", label="Flights", number="char", plane=plane)
        maker = makers.django_model.objects.create(title="Boeing")
        for tail in ("N1", "N2"):
            built = planes.django_model.objects.create(tail=tail, maker=maker)
            for number in range(12 if tail == "N1" else 0):
                flights.django_model.objects.create(number=f"F{number:02}", plane=built)
        return makers, planes, flights

    return make


def text_of(response) -> str:
    return without_tokens(" ".join(response.content.decode().split()))


def test_what_goes_along_is_listed_by_name_and_goes(chain, admin_client):
    makers, planes, flights = chain("cascade")
    maker = makers.django_model.objects.get()
    page = text_of(admin_client.get(url(makers, "delete", maker.pk)))

    assert "<strong>Boeing</strong>" in page
    assert "2 rows of “Planes”, by field “Maker”, deleted too" in page
    assert "12 rows of “Flights”, by field “Plane”, deleted too" in page
    plane = planes.django_model.objects.get(tail="N1")
    assert f'<a href="/admin/tables/planes/{plane.pk}/change/">N1</a>' in page
    assert "F09</a>" in page
    assert "F10" not in page
    assert "… and 2 more" in page
    admin_client.post(url(makers, "delete", maker.pk), {"post": "yes"})
    assert [left(table) for table in (makers, planes, flights)] == [0, 0, 0]


def test_what_forbids_it_is_listed_and_nothing_is_deleted(chain, admin_client):
    makers, planes, flights = chain("protect")
    address = url(makers, "delete", makers.django_model.objects.get().pk)

    page = text_of(admin_client.post(address, {"post": "yes"}))

    assert "cannot be deleted, as other rows refer to it" in page
    assert "12 rows of “Flights”, by field “Plane”" in page
    assert [left(table) for table in (makers, planes, flights)] == [1, 2, 12]


def test_what_is_emptied_is_told(chain, admin_client):
    _makers, planes, flights = chain("set_empty")
    address = url(planes, "delete", planes.django_model.objects.get(tail="N1").pk)

    assert "12 rows of “Flights”: field “Plane” emptied" in text_of(admin_client.get(address))
    admin_client.post(address, {"post": "yes"})
    assert flights.django_model.objects.filter(plane=None).count() == 12


def test_many_rows_are_deleted_with_all_that_refers_to_them(chain, admin_client, monkeypatch):
    makers, planes, flights = chain("cascade")
    monkeypatch.setattr(rowdeletion, "BATCH", 1)
    keys = list(planes.django_model.objects.values_list("pk", flat=True))
    assert "12 rows of “Flights”" in text_of(ask(admin_client, planes, keys=keys))

    confirm(admin_client, planes, keys=keys)

    assert [left(table) for table in (makers, planes, flights)] == [1, 0, 0]


def test_one_row_that_is_referred_to_keeps_all_of_them(chain, admin_client, monkeypatch):
    _makers, planes, flights = chain("protect")
    monkeypatch.setattr(rowdeletion, "BATCH", 1)
    planes.django_model.objects.update(tail="N1")
    keys = list(planes.django_model.objects.order_by("-pk").values_list("pk", flat=True))

    page = text_of(ask(admin_client, planes, keys=keys, post="yes", expected="2"))

    assert "These rows cannot be deleted" in page
    assert "12 rows of “Flights”" in page
    assert [left(planes), left(flights)] == [2, 12]


def test_nobody_deletes_rows_of_another_table_without_the_permission(chain):
    makers, planes, flights = chain("cascade")
    maker = makers.django_model.objects.get()
    allowed = [f"delete_t{makers.pk}", f"view_t{makers.pk}", f"view_t{planes.pk}"]
    client = person(*allowed)
    address = url(makers, "delete", maker.pk)

    page = text_of(client.get(address))
    assert "<li>“Planes”</li>" in page
    assert "<li>a table that you may not see</li>" in page
    assert "Flights" not in page
    assert "F01" not in page
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert ask(client, makers, keys=[maker.pk], post="yes", expected="1").status_code == 403
    assert left(flights) == 12


def test_nobody_deletes_them_either_where_not_all_could_be_followed(chain, monkeypatch):
    makers, planes, flights = chain("cascade")
    monkeypatch.setattr(consequences, "MOST_FOLLOWED", 1)
    planes.django_model.objects.create(tail="N3", maker=makers.django_model.objects.get())
    flights.django_model.objects.update(plane=planes.django_model.objects.get(tail="N3"))
    tables = [f"{action}_t{table.pk}" for action in ("view", "delete") for table in (makers, planes)]
    address = url(makers, "delete", makers.django_model.objects.get().pk)

    assert person(*tables).post(address, {"post": "yes"}).status_code == 403
    assert left(flights) == 12
    assert person(*tables, f"delete_t{flights.pk}").post(address, {"post": "yes"}).status_code == 302
    assert left(flights) == 0


def test_what_forbids_it_behind_all_that_could_be_followed_forbids_it(chain, admin_client, monkeypatch):
    makers, planes, flights = chain("protect")
    monkeypatch.setattr(consequences, "MOST_FOLLOWED", 1)
    maker = makers.django_model.objects.get()
    planes.django_model.objects.create(tail="N3", maker=maker)
    flights.django_model.objects.update(plane=planes.django_model.objects.get(tail="N3"))

    one = text_of(admin_client.post(url(makers, "delete", maker.pk), {"post": "yes"}, follow=True))
    many = text_of(ask(admin_client, makers, keys=[maker.pk], post="yes", expected="1"))

    assert "Nothing was deleted, as other rows refer to what would go: 12 rows of “Flights”, by field" in one
    assert "These rows cannot be deleted" in many
    assert "rows of “Flights”, by field “Plane”" in many
    assert [left(table) for table in (makers, planes, flights)] == [1, 3, 12]


def test_rows_that_refer_to_themselves_go_with_the_whole_tree(tables, admin_client):
    parts = tables.define("parts", title="char")
    tables.add(parts, whole=to(parts, on_delete="cascade", related_name="pieces", null=True, blank=True))
    parts.sync()
    model = parts.django_model
    last = None
    for number in range(5):
        last = model.objects.create(title=f"part {number}", whole=last)
    first = model.objects.get(title="part 0")
    model.objects.filter(pk=first.pk).update(whole=last)

    assert "4 rows of “Parts”" in text_of(admin_client.get(url(parts, "delete", first.pk)))
    admin_client.post(url(parts, "delete", first.pk), {"post": "yes"})
    assert left(parts) == 0


def test_no_more_is_looked_at_than_a_page_can_tell(chain, admin_client, monkeypatch):
    _makers, planes, _flights = chain("cascade")
    monkeypatch.setattr(consequences, "MOST_FOLLOWED", 5)
    plane = planes.django_model.objects.get(tail="N1")

    page = text_of(admin_client.get(url(planes, "delete", plane.pk)))

    assert "6 rows of “Flights”" in page
    assert "… and more" in page


def test_the_cost_of_asking_does_not_grow_with_the_rows(chain, admin_client):
    makers, planes, flights = chain("cascade")
    address = url(makers, "delete", makers.django_model.objects.get().pk)
    admin_client.get(address)
    with CaptureQueriesContext(connection) as few:
        admin_client.get(address)
    plane = planes.django_model.objects.first()
    model = flights.django_model
    model.objects.bulk_create(model(number=f"X{n}", plane=plane) for n in range(200))
    with CaptureQueriesContext(connection) as many:
        admin_client.get(address)

    assert len(many) == len(few)
