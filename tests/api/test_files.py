"""Uploaded files: sent by multipart, read by address, by those who may view the table."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.api.conftest import permission

URL = "/api/tables/papers/"


@pytest.fixture
def papers(tables, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tables.make("papers", title="char", scan=("file", {"max_size": 1}), photo="image")


def picture() -> SimpleUploadedFile:
    """Return an upload that is a picture."""
    data = io.BytesIO()
    Image.new("RGB", (2, 2)).save(data, "PNG")
    return SimpleUploadedFile("a.png", data.getvalue(), "image/png")


@pytest.fixture
def paper(admin, papers):
    """A row with a file and a picture, as the API answers it."""
    scan = SimpleUploadedFile("scan.txt", b"<script>alert(1)</script>", "text/html")
    return admin.post(URL, {"title": "One", "scan": scan, "photo": picture()}).json()


def status_of(client, address: str) -> int:
    """Return the code that asking for the address gives."""
    answer = client.get(address)
    answer.close()
    return answer.status_code


def test_an_upload_is_found_at_its_address(admin, paper):
    answer = admin.get(paper["scan"])

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"


def test_no_browser_takes_an_upload_for_a_page(admin, paper):
    scan, photo = admin.get(paper["scan"]), admin.get(paper["photo"], headers={"accept": "image/*"})

    assert scan["Content-Disposition"].startswith("attachment")
    assert scan["Content-Type"] == "application/octet-stream"
    assert photo["Content-Disposition"].startswith("inline")
    assert photo["Content-Type"] == "image/png"
    for answer in (scan, photo):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "private" in answer["Cache-Control"]
        answer.close()


def test_a_file_is_for_those_who_may_view_its_table(client, admin, person, papers, paper):
    client.logout()
    assert status_of(client, paper["scan"]) == 401

    client.force_login(person)
    assert status_of(client, paper["scan"]) == 403

    person.user_permissions.add(permission(papers, "view"))
    assert status_of(client, paper["scan"]) == 200


def test_a_file_goes_out_of_reach_with_its_field(admin, papers, paper):
    papers.fields.get(name="scan").delete()
    papers.sync(allow_destructive=True)

    assert status_of(admin, paper["scan"]) == 404
    assert status_of(admin, paper["photo"]) == 200


@pytest.mark.parametrize(
    "name",
    [
        "../settings.py",
        "tables/c1/../../x",
        "tables/c%2e/x",
        "x",
        "tables/cx/" + "a" * 32,
        "tables/c9/" + "a" * 32,
        "%00",
    ],
)
def test_no_other_file_can_be_had(admin, papers, name):
    assert admin.get(f"/api/files/{name}").status_code == 404


def test_a_file_that_the_disk_has_lost_is_missing(admin, papers, paper):
    row = papers.django_model.objects.get()
    row.scan.storage.delete(row.scan.name)

    assert status_of(admin, paper["scan"]) == 404


def test_a_row_may_be_sent_back_with_the_addresses_of_its_files(admin, paper):
    answer = admin.put(f"{URL}{paper['id']}/", {**paper, "title": "Two"}, content_type="application/json")

    assert answer.json() == {**paper, "title": "Two"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_takes_the_file_off_the_row(admin, paper, nothing):
    answer = admin.patch(f"{URL}{paper['id']}/", {"scan": nothing}, content_type="application/json")

    assert answer.json() == {**paper, "scan": None}


@pytest.mark.parametrize(
    "address",
    ["/etc/passwd", "../x", "http://elsewhere.test/x", "//a", "http://[", "tables/c1/x", 5, [], {"a": 1}],
)
def test_an_address_of_no_file_of_this_field_is_refused(admin, paper, address):
    answer = admin.patch(f"{URL}{paper['id']}/", {"scan": address}, content_type="application/json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["scan"]


def test_the_file_of_another_field_is_refused(admin, paper):
    answer = admin.patch(f"{URL}{paper['id']}/", {"scan": paper["photo"]}, content_type="application/json")

    assert list(answer.json()["errors"]) == ["scan"]


@pytest.mark.parametrize(
    ("field", "upload"),
    [
        ("scan", SimpleUploadedFile("page.html", b"<html>")),
        ("scan", SimpleUploadedFile("big.bin", b"x" * (1024 * 1024 + 1))),
        ("photo", SimpleUploadedFile("a.png", b"no picture")),
    ],
    ids=["page", "too large", "no picture"],
)
def test_an_upload_that_the_field_does_not_take_is_refused(admin, papers, field, upload):
    upload.seek(0)
    answer = admin.post(URL, {"title": "x", field: upload})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not papers.django_model.objects.exists()
