"""Restoring and loading on large tables, from the screen and by command: left to a worker, and watched."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from dynadmin.models import SchemaChange, SchemaRevision, dump_schema, plan_all, trash
from dynadmin.registry import registry
from project import worker
from tests.admin.definition_page import page_url
from tests.admin.test_definition_files import answer, send
from tests.online.support import fill, rows_of
from tests.trash.retiring import retire


@pytest.fixture
def large(tables, settings, tmp_path):
    """A table that counts as a large one."""
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0, "UPLOAD_DIR": str(tmp_path / "uploads")}
    needed = ("int", {"null": False, "blank": False})
    table = tables.make("event", label="Event", size=("char", {"max_length": 20}), needed=needed)
    fill(table, 20, lambda n: {"size": str(n), "needed": n})
    return table


@pytest.fixture
def content(large):
    """A file that makes numbers of its texts."""
    content = json.loads(dump_schema(registry.newest.schema.live_tables))
    content["tables"][0]["fields"][0] |= {"type": "int", "options": {}}
    return content


def assert_left_to_worker(client, url):
    """Have a worker do what was ordered; its page must say so before and after."""
    change = SchemaChange.objects.get()
    assert url == reverse("admin:dynadmin_schemachange_change", args=[change.pk])
    assert "Waits for a worker" in client.get(url).content.decode()
    revisions = SchemaRevision.objects.count()

    worker.work()
    assert "Done" in client.get(url).content.decode()
    assert SchemaRevision.objects.count() == revisions + 1
    assert plan_all().is_empty


def test_a_field_is_restored_with_a_value_by_a_worker(admin_client, large):
    [needed] = retire(large, "needed")
    fill(large, 20, lambda n: {"size": "late"})
    data = {"item": f"c{needed}", "how": "value", "value": "7"}
    url = reverse("admin:dynadmin_trash_restore")
    response = admin_client.post(url, data)
    again = admin_client.post(url, data).content.decode()
    assert "is being carried out since" in again
    assert len(trash()) == 1

    assert_left_to_worker(admin_client, response.url)
    assert [row["needed"] for row in rows_of(large)] == [*range(20), *[7] * 20]
    assert trash() == ()


def test_a_restoring_that_is_cancelled_is_said_to_have_changed_nothing(admin_client, large):
    [needed] = retire(large, "needed")
    data = {"item": f"c{needed}", "how": "value", "value": "7"}
    page = admin_client.post(reverse("admin:dynadmin_trash_restore"), data).url
    [change] = SchemaChange.objects.values_list("pk", flat=True)
    admin_client.post(reverse("admin:dynadmin_schemachange_cancel", args=[change]))
    assert "Tables and definitions are as they were" in admin_client.get(page).content.decode()
    assert len(trash()) == 1


def test_a_file_is_loaded_by_a_worker(admin_client, large, content):
    response = answer(admin_client, send(admin_client, content))
    assert_left_to_worker(admin_client, response.redirect_chain[0][0])
    assert [row["size"] for row in rows_of(large)] == list(range(20))


def test_a_table_is_extracted_by_a_worker(admin_client, large):
    address = page_url("extract", large.pk)
    data = {"key": "size", "name": "sizes"}
    found = admin_client.post(address, data).context["found"]
    data |= {"shown": found.digest, "_apply": ""}
    response = admin_client.post(address, data)
    assert "is being carried out since" in admin_client.post(address, data).content.decode()

    assert_left_to_worker(admin_client, response.url)
    sizes = large.django_model.objects.order_by("pk").values_list("size__size", flat=True)
    assert list(sizes) == [str(n) for n in range(20)]


def test_a_command_leaves_a_change_to_a_worker_where_it_is_asked_to(large, content, tmp_path, capsys):
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(content))
    call_command("loadschema", str(path), "--background")
    [change] = SchemaChange.objects.values_list("pk", flat=True)
    assert f"Left to a worker as change {change}" in capsys.readouterr().out
    worker.work()
    assert [row["size"] for row in rows_of(large)] == list(range(20))

    large.fields.filter(name="size").update(type="text", options={})
    call_command("syncdynamic", "event", "--background")
    assert f"Left to a worker as change {change + 1}" in capsys.readouterr().out
    worker.work()
    call_command("syncdynamic", "event", "--background")
    assert "Nothing to do." in capsys.readouterr().out
    assert [row["size"] for row in rows_of(large)] == [str(n) for n in range(20)]
