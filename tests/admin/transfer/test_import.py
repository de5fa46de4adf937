"""An import does what its preview has shown."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry

from tests.admin.row_pages import url
from tests.admin.transfer.screens import confirm, rows_of, text_of, upload

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_import_does_what_the_preview_showed_and_is_logged_once(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,1\nAA,2\n")

    response = confirm(admin_client, flights, preview)

    assert rows_of(flights) == [("UA", 1), ("AA", 2)]
    assert "2 rows created" in text_of(response)
    entry = LogEntry.objects.get()
    assert entry.object_repr == "rows.csv"
    assert "2 rows created" in entry.change_message


def test_refused_rows_keep_all_out_unless_the_person_leaves_them_out(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,1\nAA,x\n")

    response = confirm(admin_client, flights, preview)
    assert "Nothing was imported" in text_of(response)
    assert rows_of(flights) == []

    confirm(admin_client, flights, preview, skip_refused="on")
    assert rows_of(flights) == [("UA", 1)]


def test_settings_changed_but_not_previewed_are_not_what_is_imported(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,1\n")

    confirm(admin_client, flights, preview, **{"column-1": "", "key": ["0"]})

    assert rows_of(flights) == [("UA", 1)]


def test_refused_rows_can_be_downloaded_and_mended(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number,notes\nUA,1,\nAA,x,=1\nBB\n")

    response = admin_client.get(url(flights, "import_refused", preview.context["job"].pk))

    text = b"".join(response.streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Line in the file", "Why it was refused", "carrier", "number", "notes"]
    assert rows[1][0] == "3"
    assert rows[1][1].startswith("Flight number:")
    assert rows[1][2:] == ["AA", "x", "'=1"]
    assert rows[2][0] == "4"
    mended = upload(admin_client, flights, "\n".join(text.splitlines()[:2]).replace(",x,", ",2,"))
    assert mended.context["outcome"].totals.created == 1


@pytest.mark.parametrize("format", ["tsv", "json", "xlsx"])
def test_other_formats_go_in_and_out(admin_client, flights, format):
    flights.django_model.objects.create(carrier="UA", number=1, notes="=x")
    response = admin_client.post(
        url(flights, "export"), {"format": format, "fields_": ["carrier", "number", "notes"], "escape": "on"}
    )
    content = b"".join(response.streaming_content)
    flights.django_model.objects.all().delete()

    confirm(admin_client, flights, upload(admin_client, flights, content, f"rows.{format}"))

    assert list(flights.django_model.objects.values_list("carrier", "number", "notes")) == [("UA", 1, "=x")]
