"""Changes in the background, on the screen: ordered, watched, cancelled."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from dynadmin import executor
from dynadmin.executor import online
from dynadmin.models import SchemaChange, SchemaRevision, undo_plan
from project import worker
from tests.online.support import fill, rows_of, traces

CHANGES = "/admin/dynadmin/schemachange/"


@pytest.fixture
def ada(client, transactional_db):
    user = User.objects.create_superuser("ada")
    client.force_login(user)
    return user


@pytest.fixture
def large(tables, settings):
    """A table that counts as a large one, whose draft changes the type of a field."""
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0}
    table = tables.make("event", label="Event", size=("char", {"max_length": 20}))
    fill(table, 20, lambda n: {"size": str(n)})
    table.fields.update(type="int", options={})
    return table


def record(**values):
    """Return the record of a change, as if somebody had ordered it."""
    plan = {"base_revision": 0, "before": [], "after": [], "choices": {}, "new_ids": {}, "undoes": None}
    values = {"plan": plan, "tables": [], "operations": ["Add an index"], **values}
    return SchemaChange.objects.create(**values)


def page_of(change):
    return reverse("admin:dynadmin_schemachange_change", args=[change.pk])


def apply(client, table):
    url = reverse("admin:dynadmin_dynamicmodel_plan", args=[table.pk])
    shown = executor.preview(table.plan()).digest
    return client.post(url, {"shown": shown, "_apply": ""})


# --- Ordered on the page of the plan ---


def test_a_change_of_a_large_table_is_left_to_a_worker(client, ada, large):
    response = apply(client, large)
    change = SchemaChange.objects.get()
    assert response.url == page_of(change)
    assert (change.state, change.author) == ("waiting", ada)
    page = client.get(response.url).content.decode()
    assert "Waits for a worker" in page
    assert "carried out while people go on working" in page

    worker.work()
    assert [row["size"] for row in rows_of(large)] == list(range(20))
    page = client.get(response.url).content.decode()
    assert "Done" in page
    assert change.operations[0] in page
    assert "/admin/tables/event/" in page
    assert traces() == []


def test_the_undo_of_a_change_of_a_large_table_is_left_to_a_worker(client, ada, large):
    revision = large.sync()
    url = reverse("admin:dynadmin_schemarevision_undo", args=[revision.pk])
    response = client.post(url, {"shown": executor.preview(undo_plan(revision)).digest})
    change = SchemaChange.objects.first()
    assert response.url == page_of(change)

    worker.work()
    assert SchemaRevision.objects.first().undoes == revision
    assert [row["size"] for row in rows_of(large)] == [str(n) for n in range(20)]
    assert large.fields.get().type == "char"


def test_a_change_that_is_refused_says_why_on_its_page(client, ada, large):
    url = apply(client, large).url
    large.django_model.objects.create(size="many")

    worker.work()
    page = client.get(url).content.decode()
    assert "Failed" in page
    assert "written meanwhile that do not fit" in page
    assert "kept as a draft" in page
    assert "errornote" in page


def test_on_a_small_table_the_change_is_made_at_once(client, ada, large, settings):
    settings.DYNADMIN = {}
    response = apply(client, large)
    assert response.url == "/admin/tables/event/"
    assert not SchemaChange.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_what_needs_no_look_at_rows_is_left_to_a_worker_too(client, ada, tables, settings):
    settings.DYNADMIN = {"ONLINE_ROWS": 3}
    table = tables.make("event", size="int")
    fill(table, 20, lambda n: {"size": n})
    table.fields.update(options={"db_index": True})
    response = apply(client, table)
    worker.work()
    assert "Done" in client.get(response.url).content.decode()


# --- How far it is ---


def test_the_page_and_its_script_tell_how_far_it_is(client, ada):
    change = record(state="running", phase="fill", done=250_000, total=1_000_000)
    page = client.get(page_of(change)).content.decode()
    assert 'value="250000" max="1000000"' in page
    assert 'role="status"' in page
    assert "250,000 of 1,000,000 rows" in page

    answer = client.get(reverse("admin:dynadmin_schemachange_progress", args=[change.pk])).json()
    assert answer["state"] == "Going through the rows"
    assert (answer["done"], answer["total"]) == (250_000, 1_000_000)
    assert answer["is_unfinished"]
    assert answer["can_be_cancelled"]


def test_speed_and_the_time_left_are_told_of_what_this_worker_has_done(client, ada):
    begun = timezone.now() - timedelta(seconds=100)
    change = record(state="running", phase="fill", done=300_000, done_before=100_000, total=1_000_000)
    SchemaChange.objects.update(claimed_at=begun)
    rows = client.get(reverse("admin:dynadmin_schemachange_progress", args=[change.pk])).json()["rows"]
    assert re.match(r"300,000 of 1,000,000 rows, (1,9..|2,000) rows a second, about (5|6) min", rows)


def test_the_list_tells_what_became_of_changes(client, ada):
    record(state="done")
    record(state="failed", error="No.")
    record(state="running", phase="index")
    page = client.get(CHANGES).content.decode()
    for words in ("Done", "Failed", "Building indexes", "Add an index"):
        assert words in page


def test_there_is_nothing_to_add_change_or_delete(client, ada):
    change = record()
    assert client.get(f"{CHANGES}add/").status_code == 403
    assert client.get(f"{CHANGES}{change.pk}/delete/").status_code == 403
    assert client.post(page_of(change), {"state": "done"}).status_code == 200
    assert SchemaChange.objects.get().state == "waiting"
    assert client.get(f"{CHANGES}99/change/").status_code == 404


def test_sentences_are_escaped(client, ada):
    change = record(operations=["<script>alert(1)</script>"], state="failed", error="<b>bold</b>")
    for url in (CHANGES, page_of(change)):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<b>bold" not in page


# --- Cancelling ---


def test_a_waiting_change_is_cancelled_at_once(client, ada):
    change = record()
    response = client.post(reverse("admin:dynadmin_schemachange_cancel", args=[change.pk]), follow=True)
    assert "Cancelled" in response.content.decode()
    assert SchemaChange.objects.get().state == "cancelled"


def test_a_running_change_is_asked_to_stop(client, ada):
    change = record(state="running", phase="fill")
    url = reverse("admin:dynadmin_schemachange_cancel", args=[change.pk])
    assert client.get(url).status_code == 405
    page = client.post(url, follow=True).content.decode()
    assert "is being cancelled" in page
    assert "Stopping" in page
    assert "change-cancel" not in page
    assert SchemaChange.objects.get().is_cancel_requested


def test_a_change_in_use_cannot_be_cancelled_any_more(client, ada):
    change = record(state="running", phase="finish")
    assert "change-cancel" not in client.get(page_of(change)).content.decode()
    url = reverse("admin:dynadmin_schemachange_cancel", args=[change.pk])
    assert "too late" in client.post(url, follow=True).content.decode()
    assert not SchemaChange.objects.get().is_cancel_requested


# --- Who may ---


@pytest.mark.parametrize(
    ("permission", "may_see", "may_cancel"),
    [(None, 403, 403), ("view_schemachange", 200, 403), ("change_dynamicmodel", 200, 302)],
)
def test_who_may_see_and_cancel(client, transactional_db, permission, may_see, may_cancel):
    bob = User.objects.create_user("bob", is_staff=True)
    if permission:
        bob.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(bob)
    change = record(state="running", phase="fill")

    assert client.get(page_of(change)).status_code == may_see
    assert client.get(f"{CHANGES}{change.pk}/progress/").status_code == may_see
    assert client.get(CHANGES).status_code == may_see
    assert client.post(f"{CHANGES}{change.pk}/cancel/").status_code == may_cancel
    assert SchemaChange.objects.get().is_cancel_requested == (may_cancel == 302)


def test_strangers_are_sent_to_the_login(client, transactional_db):
    change = record()
    for page in ("change", "progress"):
        assert "/login/" in client.get(f"{CHANGES}{change.pk}/{page}/").url


# --- A worker that is gone ---


def test_a_page_that_is_watched_has_a_silent_change_taken_up(client, ada, settings):
    settings.DYNADMIN = {"CHANGE_STALE_S": 0}
    change = record(state="running", phase="fill", worker="gone")
    url = reverse("admin:dynadmin_schemachange_progress", args=[change.pk])
    assert client.get(url).json()["is_silent"]
    change.refresh_from_db()
    assert change.worker == "gone"
    client.post(url)

    change.refresh_from_db()
    assert (change.state, change.worker) == ("waiting", "")
    assert DBTaskResult.objects.get().args_kwargs["args"][0] == change.pk


def test_a_change_whose_task_was_lost_is_carried_out_all_the_same(large, settings):
    change = online.order(large.plan())
    settings.DYNADMIN = {**settings.DYNADMIN, "CHANGE_STALE_S": 0}
    worker.work()
    change.refresh_from_db()
    assert change.state == "done"


def test_the_plan_of_a_table_says_that_a_change_of_it_is_under_way(client, ada, large):
    change_page = apply(client, large).url
    plan = client.get(reverse("admin:dynadmin_dynamicmodel_plan", args=[large.pk])).content.decode()
    assert "being carried out since" in plan
    assert change_page in plan
    assert "_apply" not in plan
    assert "_discard" not in plan
