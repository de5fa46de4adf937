"""The rows that refer to a row, on its page: counted and named to whoever may see their table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.row_pages import RowPage, listed, url
from tests.admin.test_relation_lists import person
from tests.test_relations import to


@pytest.fixture
def fleet(tables):
    planes = tables.make("planes", label="Planes", tail="char")
    flights = tables.make("flights", label="Flights", number="char", plane=to(planes))
    papers = tables.make("papers", label="Papers", title="char", plane=to(planes, "onetoone", null=True))
    tags = tables.make("tags", label="Tags", word="char", planes=to(planes, "manytomany", blank=True))
    return planes, flights, papers, tags


@pytest.fixture
def plane(fleet):
    """A plane with seven flights, no papers and one tag."""
    planes, flights, _papers, tags = (table.django_model for table in fleet)
    row = planes.objects.create(tail="N1")
    for number in range(7):
        flights.objects.create(number=f"UA {number}", plane=row)
    tags.objects.create(word="old").planes.add(row)
    return row


def parts_of(client, fleet, plane) -> dict:
    response = client.get(url(fleet[0], "change", plane.pk))
    return {part.table: part for part in response.context["referring"]}


def test_each_relation_is_counted_and_named_and_leads_to_the_list(fleet, plane, admin_client):
    parts = parts_of(admin_client, fleet, plane)

    assert {table: part.count for table, part in parts.items()} == {
        "Flights": "7 rows",
        "Papers": "0 rows",
        "Tags": "1 row",
    }
    assert [text for text, _url in parts["Flights"].rows] == [f"UA {n}" for n in range(5)]
    for table, count in (("Flights", 7), ("Papers", 0), ("Tags", 1)):
        assert len(listed(admin_client.get(parts[table].list_url))) == count


def test_a_row_is_added_that_refers_to_it(fleet, plane, admin_client):
    parts = parts_of(admin_client, fleet, plane)
    for table, links in (("Flights", str(plane.pk)), ("Tags", [str(plane.pk)])):
        page = RowPage(admin_client, parts[table].add_url)
        assert page["plane" if table == "Flights" else "planes"] == links


def test_a_one_to_one_relation_is_added_once(fleet, plane, admin_client):
    assert parts_of(admin_client, fleet, plane)["Papers"].add_url
    fleet[2].django_model.objects.create(title="x", plane=plane)
    assert not parts_of(admin_client, fleet, plane)["Papers"].add_url


def test_nothing_is_shown_of_tables_that_the_person_may_not_see(fleet, plane):
    client = person(f"view_t{fleet[0].pk}", f"view_t{fleet[3].pk}")

    parts = parts_of(client, fleet, plane)

    assert set(parts) == {"Tags"}
    assert not parts["Tags"].add_url
    assert "UA 1" not in client.get(url(fleet[0], "change", plane.pk)).content.decode()


def test_it_costs_the_same_whatever_the_rows(fleet, plane, admin_client):
    address = url(fleet[0], "change", plane.pk)
    admin_client.get(address)
    with CaptureQueriesContext(connection) as few:
        admin_client.get(address)
    flights = fleet[1].django_model
    flights.objects.bulk_create(flights(number=f"{n}", plane=plane) for n in range(100))
    with CaptureQueriesContext(connection) as many:
        assert parts_of(admin_client, fleet, plane)["Flights"].count == "107 rows"

    assert len(many) == len(few)
