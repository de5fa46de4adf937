"""Exports that a worker makes: ordered from a list, watched, cancelled, taken up again, had by a link."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from dynadmin import background
from dynadmin.exports.files import purge_exports
from dynadmin.exports.ordering import is_large
from dynadmin.exports.records import FileExport
from dynadmin.exports.running import run_export
from dynadmin.jobs import State
from dynadmin.transfer import outlets
from tests.admin.row_pages import url
from tests.admin.transfer.screens import text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(admin_client, filled):
    """Order an export of a list, and return its record. Nobody works on it yet."""

    def order(query: str = "", client: Client = admin_client, **data) -> FileExport:
        sent = {
            "format": "csv",
            "fields_": ["carrier", "number"],
            "escape": "on",
            "in_background": "on",
            **data,
        }
        response = client.post(url(filled, "export") + query, sent)
        job = FileExport.objects.latest("pk")
        assert response.url == url(filled, "export_page", job.pk)
        return job

    return order


def written(job: FileExport) -> list[str]:
    job.refresh_from_db()
    assert job.state == State.DONE, job.error
    return job.path.read_text().splitlines()


def file_link(table, job: FileExport) -> str:
    job.refresh_from_db()
    return url(table, "export_file", job.pk, job.token)


def test_the_worker_writes_what_the_list_showed(order, admin_client, filled):
    columns = admin_client.get(url(filled)).context["cl"].list_display
    job = order(f"?q=UA&o={columns.index('number')}")

    background.carry_out.func(job.pk, FileExport._meta.label)

    assert written(job) == ["carrier,number", "UA,2", "UA,3"]
    assert (job.done, job.total) == (2, 2)


def test_ticked_rows_are_those_of_the_file(order, filled):
    row = filled.django_model.objects.get(number=1)
    job = order(selected=[row.pk])

    run_export(job)

    assert written(job) == ["carrier,number", "AA,1"]


def test_the_page_tells_how_far_it_is_and_leads_to_the_file(order, admin_client, filled):
    job = order()
    page = url(filled, "export_page", job.pk)
    assert 'id="progress"' in admin_client.get(page).content.decode()
    assert admin_client.get(url(filled, "export_progress", job.pk)).json()["is_unfinished"]

    run_export(job)

    assert "3 rows" in text_of(admin_client.get(page))
    response = admin_client.get(file_link(filled, job))
    assert b"".join(response.streaming_content).count(b"\r\n") == 4
    assert job.file_name in response["Content-Disposition"]
    assert job.file_name in text_of(admin_client.get(url(filled, "exports")))


def test_the_link_asks_for_the_permission_of_whoever_follows_it(order, filled, staff):
    job = order()
    run_export(job)
    link = file_link(filled, job)

    with closing(staff("view").get(link)) as response:
        assert response.status_code == 200
    assert staff("add").get(link).status_code == 403
    assert Client().get(link).status_code == 302


def test_the_link_ends_with_its_time_and_cannot_be_made_up(order, admin_client, filled):
    job = order()
    run_export(job)
    link = file_link(filled, job)
    path = job.path
    assert admin_client.get(url(filled, "export_file", job.pk, "x" + job.token)).status_code == 404

    FileExport.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    gone = admin_client.get(link)
    assert gone.status_code == 404
    assert "its time is over" in gone.content.decode()

    assert purge_exports() == 1
    assert not path.exists()
    assert not FileExport.objects.exists()


def test_others_see_neither_the_page_nor_the_list(order, filled, staff):
    job = order()
    other = staff("view")

    assert other.get(url(filled, "export_page", job.pk)).status_code == 404
    assert job.file_name not in text_of(other.get(url(filled, "exports")))


def test_a_cancelled_export_leaves_no_file(order, admin_client, filled, upload_dir):
    job = order()
    admin_client.post(url(filled, "export_cancel", job.pk))

    assert not run_export(job)

    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert not [path for path in upload_dir.glob("*") if path.is_file()]


def test_one_that_is_cancelled_while_it_is_written_stops(order, monkeypatch, upload_dir):
    monkeypatch.setattr(outlets, "_CHUNK", 1)
    job = order(labels="1")
    FileExport.objects.filter(pk=job.pk).update(started_at=timezone.now())
    job.request_cancel()

    run_export(job)

    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert not [path for path in upload_dir.glob("*") if path.is_file()]


def test_what_a_killed_worker_began_is_begun_anew(order):
    job = order()
    assert job.claim("gone")
    FileExport.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1), done=2)

    [freed] = background.enqueue_abandoned()
    run_export(freed)

    assert len(written(job)) == 4
    assert job.done == 3


def test_a_superseded_worker_leaves_no_file(order, upload_dir):
    job = order()
    assert job.claim("first")
    assert not run_export(job)
    assert not [path for path in upload_dir.glob("*") if path.is_file()]


def test_whoever_may_not_see_the_rows_any_more_gets_none(order, filled):
    user = User.objects.create_user("analyst", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=f"view_t{filled.pk}"))
    client = Client()
    client.force_login(user)
    job = order(client=client)
    user.user_permissions.clear()

    run_export(FileExport.objects.get(pk=job.pk))

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "may not see" in job.error


def test_fields_that_are_called_otherwise_meanwhile_are_the_same_ones(order, admin_client, filled):
    job = order()
    filled.fields.filter(name="number").update(name="flight_no")
    filled.fields.filter(name="notes").update(name="number")
    filled.sync()

    run_export(FileExport.objects.get(pk=job.pk))

    headers, *rows = written(job)
    assert headers == "carrier,flight_no"
    assert sorted(rows) == ["AA,1", "UA,2", "UA,3"]
    filled.fields.filter(name="flight_no").update(name="nr")
    filled.sync()
    with closing(admin_client.get(file_link(filled, job))) as response:
        assert response.status_code == 200


def test_a_field_that_is_gone_is_told(order, filled):
    job = order()
    filled.fields.get(name="number").delete()
    filled.sync(allow_destructive=True)

    run_export(job)

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "number" in job.error


def test_large_lists_are_left_to_a_worker_without_asking(admin_client, filled, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "EXPORT_BACKGROUND_ROWS": 2}
    rows = filled.django_model.objects.all()
    assert is_large(rows, "csv")
    assert not is_large(rows.filter(number__lte=2), "csv")
    assert is_large(rows.filter(number=1), "xlsx")

    response = admin_client.post(url(filled, "export"), {"format": "csv", "columns": "all"})

    assert response.url == url(filled, "export_page", FileExport.objects.get().pk)


def test_the_columns_of_the_list_or_all_can_be_chosen(admin_client, filled):
    def header(**data):
        response = admin_client.post(url(filled, "export"), {"format": "csv", **data})
        return b"".join(response.streaming_content).decode().splitlines()[0]

    assert header(columns="shown") == "carrier,number,notes"
    assert header(columns="all") == "id,carrier,number,notes"
    assert header(columns="shown", labels="1") == "Carrier,Flight number,Notes"


def test_a_file_of_ones_own_can_be_deleted(order, admin_client, filled):
    job = order()
    run_export(job)
    job.refresh_from_db()
    path = job.path

    admin_client.post(url(filled, "export_delete", job.pk))

    assert not path.exists()
    assert not FileExport.objects.exists()


def test_an_author_who_is_gone_is_no_author(order):
    job = order()
    User.objects.filter(pk=job.author_id).delete()

    run_export(FileExport.objects.get(pk=job.pk))

    job.refresh_from_db()
    assert job.state == State.FAILED
