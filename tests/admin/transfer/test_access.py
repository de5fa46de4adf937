"""Who may import and export, and whose uploads are whose."""

import re
import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from dynadmin.imports.records import FileImport
from tests.admin.row_pages import url
from tests.admin.transfer.screens import again, confirm, confirmation, rows_of, text_of, upload

pytestmark = pytest.mark.django_db(transaction=True)


# --- Who may ---


def test_the_list_leads_to_both_screens(admin_client, flights):
    page = admin_client.get(url(flights)).content.decode()

    assert f'href="{url(flights, "import")}"' in page
    assert f'href="{url(flights, "export")}' in page


@pytest.mark.parametrize(
    ("actions", "may_import", "may_export"),
    [
        ((), 403, 403),
        (("view",), 403, 200),
        (("add",), 200, 403),
        (("view", "add"), 200, 200),
        (("delete",), 403, 403),
    ],
)
def test_each_screen_asks_for_its_permission(staff, flights, actions, may_import, may_export):
    client = staff(*actions)

    assert client.get(url(flights, "import")).status_code == may_import
    assert client.get(url(flights, "export")).status_code == may_export
    assert client.post(url(flights, "export"), {"format": "csv", "fields_": "id"}).status_code == may_export


@pytest.mark.parametrize("page", ["import", "process_import"])
def test_nobody_imports_without_permission_whatever_they_send(staff, admin_client, flights, page):
    preview = upload(admin_client, flights, "carrier\nUA\n")

    assert staff("view").post(url(flights, page), confirmation(preview)).status_code == 403
    assert rows_of(flights) == []


@pytest.mark.parametrize("page", ["import_page", "import_progress", "import_cancel", "import_refused"])
def test_what_somebody_prepares_is_nobody_elses_to_see(staff, admin_client, flights, page):
    job = upload(admin_client, flights, "carrier\nUA\ntoolong\n").context["job"]
    send = "post" if page == "import_cancel" else "get"

    def answer(client):
        return getattr(client, send)(url(flights, page, job.pk)).status_code

    assert answer(admin_client) in {200, 302}
    assert answer(staff("view", "add", "change", "delete")) == 404
    assert answer(staff("delete")) == 403


def test_who_may_add_but_not_change_makes_new_rows_only(staff, flights):
    flights.django_model.objects.create(carrier="UA", number=1)
    client = staff("add", "view")

    preview = upload(client, flights, f"id,carrier\n{flights.django_model.objects.get().pk},XX\n")

    assert preview.context["outcome"].totals.created == 1
    forced = again(client, flights, preview, key=["0"])
    assert forced.context["outcome"].totals.changed == 0


# --- The file ---


def test_the_upload_is_private_and_named_by_us(admin_client, flights, upload_dir):
    upload(admin_client, flights, "carrier\nUA\n", name="../../evil.csv")

    paths = sorted(upload_dir.iterdir())
    assert [bool(re.fullmatch(r"[0-9a-f]{32}\.(kept|refused)", path.name)) for path in paths] == [True, True]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE(upload_dir.stat().st_mode) == 0o700


def test_a_confirmed_upload_is_removed(admin_client, flights, upload_dir):
    confirm(admin_client, flights, upload(admin_client, flights, "carrier\nUA\n"))

    assert list(upload_dir.iterdir()) == []


def test_uploads_that_nobody_confirmed_go_in_time(admin_client, flights, upload_dir):
    upload(admin_client, flights, "carrier\nUA\n")
    old = list(upload_dir.iterdir())
    FileImport.objects.update(heartbeat_at=timezone.now() - timedelta(days=1))

    upload(admin_client, flights, "carrier\nUA\n")

    assert not any(path.exists() for path in old)
    assert FileImport.objects.count() == 1


def test_a_file_that_is_too_large_is_refused_with_the_limit(admin_client, flights, settings, upload_dir):
    settings.DYNADMIN = {**settings.DYNADMIN, "IMPORT_MAX_BYTES": 100}

    response = upload(admin_client, flights, "carrier\n" + "UA\n" * 100)

    assert "larger than 100 bytes" in text_of(response)
    assert list(upload_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "x.csv", "This is a PNG file"),
        (b"", "x.csv", "The submitted file is empty"),
        (b"no workbook", "x.xlsx", "not a readable XLSX workbook"),
        (b"{}", "x.json", "no JSON array"),
        (b"x", "x.doc", "end in .doc cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_on_the_form(
    admin_client, flights, upload_dir, content, name, message
):
    response = upload(admin_client, flights, content, name)

    assert message in text_of(response)
    assert not upload_dir.exists() or list(upload_dir.iterdir()) == []


def test_another_person_cannot_use_an_upload(admin_client, staff, flights):
    preview = upload(admin_client, flights, "carrier\nUA\n")

    response = confirm(staff("add", "change", "view"), flights, preview)

    assert "no longer there" in text_of(response)
    assert rows_of(flights) == []


def test_an_upload_for_one_table_is_none_for_another(admin_client, flights, tables):
    other = tables.make("other", carrier="char")
    preview = upload(admin_client, flights, "carrier\nUA\n")

    response = confirm(admin_client, other, preview)

    assert "no longer there" in text_of(response)
    assert not other.django_model.objects.exists()


@pytest.mark.parametrize("number", ["", "forged", "../../etc/passwd", "-1", "9" * 40, "²"])
def test_an_import_that_is_none_is_refused(admin_client, flights, number):
    response = admin_client.post(url(flights, "process_import"), {"import": number}, follow=True)

    assert "Please choose the file again" in text_of(response)


@pytest.mark.parametrize("seen", ["", "x", "2", "9" * 30])
def test_what_was_not_seen_is_not_imported(admin_client, flights, seen):
    preview = upload(admin_client, flights, "carrier\nUA\n")

    response = confirm(admin_client, flights, preview, seen=seen)

    assert "something was changed meanwhile" in text_of(response)
    assert rows_of(flights) == []


def test_who_confirms_twice_imports_once(admin_client, flights):
    preview = upload(admin_client, flights, "carrier\nUA\n")
    confirm(admin_client, flights, preview)

    response = confirm(admin_client, flights, preview)

    assert "It is done only once" in text_of(response)
    assert rows_of(flights) == [("UA", None)]


def test_an_import_that_failed_can_be_tried_again(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,x\nAA,1\n")
    confirm(admin_client, flights, preview)

    confirm(admin_client, flights, preview, skip_refused="on")

    assert rows_of(flights) == [("AA", 1)]
