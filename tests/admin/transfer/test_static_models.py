"""The screens work for ordinary models in an ordinary admin site too."""

import csv
import io

import pytest
from django.contrib import admin
from django.test import override_settings
from django.urls import path

from dynadmin.admin.transfer import TransferAdminMixin
from tests.admin.transfer.screens import confirmation
from tests.staticapp.models import Item

site = admin.AdminSite()


@admin.register(Item, site=site)
class ItemAdmin(TransferAdminMixin, admin.ModelAdmin):
    list_display = ["code", "label"]
    search_fields = ["label"]


urlpatterns = [path("admin/", site.urls)]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ordinary_site():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_rows_come_in(admin_client, tmp_path, settings):
    settings.DYNADMIN = {"UPLOAD_DIR": str(tmp_path / "uploads")}
    file = io.BytesIO(b"Article code,label\nA,one\n")
    file.name = "items.csv"
    chosen = {"import_file": file, "format": ""}
    preview = admin_client.post("/admin/staticapp/item/import/", chosen, follow=True)

    done = admin_client.post("/admin/staticapp/item/process_import/", confirmation(preview), follow=True)

    assert Item.objects.values_list("code", "label").get() == ("A", "one")
    assert "1 row created" in done.content.decode()


def test_rows_go_out_as_the_list_shows_them(admin_client):
    for code, label in (("A", "one"), ("B", "two"), ("C", "one more")):
        Item.objects.create(code=code, label=label)

    response = admin_client.post(
        "/admin/staticapp/item/export/?q=one&o=-1", {"format": "csv", "fields_": ["code"]}
    )

    text = b"".join(response.streaming_content).decode()
    assert list(csv.reader(io.StringIO(text))) == [["code"], ["C"], ["A"]]


def test_the_list_has_the_links_and_the_action(admin_client):
    Item.objects.create(code="A")

    page = admin_client.get("/admin/staticapp/item/").content.decode()

    assert "/admin/staticapp/item/import/" in page
    assert "/admin/staticapp/item/export/" in page
    assert "export_selected" in page
