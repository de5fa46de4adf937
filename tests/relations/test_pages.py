"""The pages on which one decides about relations."""

import pytest
from django.urls import reverse

from dynadmin.admin.revisions.diffs import diff_of
from dynadmin.exceptions import RefusedChange
from dynadmin.models import DynamicField, DynamicModel, trash
from dynadmin.registry import registry
from tests.relations.fleet import field_of, fly, retire_field, to


def page(client, path, **posted):
    return client.post(path, posted, follow=True) if posted else client.get(path)


def test_a_table_that_is_referred_to_is_deleted_with_those_fields_when_that_is_chosen(fleet, admin_client):
    path = reverse("admin:dynadmin_dynamicmodel_delete", args=[fleet[0].pk])
    first = page(admin_client, path)
    assert "“Plane” of “Flights”" in first.content.decode()
    assert "retire these fields with it" in first.content.decode()

    shown = page(admin_client, f"{path}?with_references=1").context["shown"]
    page(admin_client, path, shown=shown, with_references="1")

    assert not DynamicModel.objects.filter(name="planes").exists()
    assert not DynamicField.objects.filter(name="plane").exists()


def test_the_page_tells_what_goes_along_and_leads_to_no_list_that_is_not_there(fleet, tables, admin_client):
    tables.add(fleet[1], tail=("lookup", {"source": "plane.tail"}))
    fleet[1].sync()
    path = reverse("admin:dynadmin_dynamicmodel_delete", args=[fleet[0].pk])

    text = page(admin_client, f"{path}?with_references=1").content.decode()

    assert "Retire field “Tail” of “Flights”: it is not computed any more" in text
    assert "loses its column “plane_id”" in text
    assert "loses its column “tail”" not in text
    assert "All rows that are affected" not in text


def test_the_trash_asks_what_becomes_of_references_to_rows_that_are_gone(fleet, admin_client):
    fly(*fleet)
    key = field_of(fleet[1], "plane").column
    retire_field(fleet[1], "plane")
    fleet[0].django_model.objects.all().delete()
    path = reverse("admin:dynadmin_trash_restore")

    asked = page(admin_client, path, item=key)
    assert "2 rows of “Flights” refer" in asked.content.decode()
    assert 'name="without_gone"' in asked.content.decode()
    page(admin_client, path, item=key, without_gone="1")

    assert trash() == ()
    assert set(fleet[1].django_model.objects.values_list("plane", flat=True)) == {None}


def test_links_do_not_come_to_lead_to_another_table(fleet, tables):
    ships = tables.make("ships", name_of="char")
    notes = tables.make("notes", text="char", about=to(fleet[0], "manytomany"))
    notes.fields.filter(name="about").update(options=to(ships, "manytomany")[1])

    with pytest.raises(RefusedChange, match="its values are kept in another way"):
        notes.sync()


def test_the_history_calls_what_a_field_refers_to_by_its_label(fleet):
    table = registry.newest.schema.tables[fleet[1].pk]

    words = " ".join(line.after for line in diff_of(None, table).lines)

    assert "Refers to: Planes" in words
    assert "tables.T" not in words
