"""Import and export in the admin: who may, what the preview shows, and that just that is done."""

import csv
import io
import json
import os
import re
import stat
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dynadmin.models import DynamicModel
from tests.admin.row_pages import url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def upload_dir(settings, tmp_path) -> Path:
    settings.DYNADMIN = {"UPLOAD_DIR": str(tmp_path / "uploads")}
    return tmp_path / "uploads"


@pytest.fixture
def flights(tables) -> DynamicModel:
    table = tables.define(
        "flights",
        label="Flights",
        carrier=("char", {"max_length": 2, "blank": False}),
        number="int",
        notes="text",
    )
    table.fields.filter(name="number").update(label="Flight number")
    table.sync()
    return table


@pytest.fixture
def staff(flights):
    """Return a client logged in as a staff member with these permissions on the table."""

    def staff(*actions: str) -> Client:
        user = User.objects.create_user(f"staff {len(actions)} {' '.join(actions)}", is_staff=True)
        codenames = [f"{action}_t{flights.pk}" for action in actions]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return staff


def upload(client: Client, table: DynamicModel, content: str | bytes, name: str = "rows.csv", **data):
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, raw)
    return client.post(url(table, "import"), {"import_file": file, "format": "", **data})


def text_of(response) -> str:
    """Return the page without its tags."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)


def again(client: Client, table: DynamicModel, preview, **changes):
    """Send the settings of a preview again, with changes."""
    form = preview.context["form"]
    data = {name: form[name].value() for name in form.fields}
    for column in preview.context["columns"]:
        data[f"column-{column.position}"] = column.field
    data["key"] = [column.position for column in preview.context["columns"] if column.is_key]
    return client.post(url(table, "import"), {**data, "choices": preview.context["choices"], **changes})


def confirm(client: Client, table: DynamicModel, preview, **data):
    choices = {"choices": preview.context["choices"]}
    return client.post(url(table, "process_import"), {**choices, **data}, follow=True)


def rows_of(table: DynamicModel) -> list[tuple]:
    return list(table.django_model.objects.order_by("pk").values_list("carrier", "number"))


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


@pytest.mark.parametrize("page", ["import", "process_import", "import_refused"])
def test_nobody_imports_without_permission_whatever_they_send(staff, admin_client, flights, page):
    choices = upload(admin_client, flights, "carrier\nUA\n").context["choices"]

    assert staff("view").post(url(flights, page), {"choices": choices}).status_code == 403
    assert rows_of(flights) == []


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

    [path] = upload_dir.iterdir()
    assert re.fullmatch(r"[0-9a-f]{32}", path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(upload_dir.stat().st_mode) == 0o700


def test_a_confirmed_upload_is_removed(admin_client, flights, upload_dir):
    confirm(admin_client, flights, upload(admin_client, flights, "carrier\nUA\n"))

    assert list(upload_dir.iterdir()) == []


def test_uploads_that_nobody_confirmed_go_in_time(admin_client, flights, upload_dir):
    upload(admin_client, flights, "carrier\nUA\n")
    [old] = upload_dir.iterdir()
    os.utime(old, (0, 0))

    upload(admin_client, flights, "carrier\nUA\n")

    assert not old.exists()


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
        (b"x", "x.ods", "end in .ods cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_on_the_form(
    admin_client, flights, upload_dir, content, name, message
):
    response = upload(admin_client, flights, content, name)

    assert message in text_of(response)
    assert not upload_dir.exists() or list(upload_dir.iterdir()) == []


def test_another_person_cannot_use_an_upload(admin_client, staff, flights):
    choices = upload(admin_client, flights, "carrier\nUA\n").context["choices"]

    response = staff("add", "change", "view").post(
        url(flights, "process_import"), {"choices": choices}, follow=True
    )

    assert "no longer there" in text_of(response)
    assert rows_of(flights) == []


def test_an_upload_for_one_table_is_none_for_another(admin_client, flights, tables):
    other = tables.make("other", carrier="char")
    choices = upload(admin_client, flights, "carrier\nUA\n").context["choices"]

    response = admin_client.post(url(other, "process_import"), {"choices": choices}, follow=True)

    assert "no longer there" in text_of(response)
    assert not other.django_model.objects.exists()


@pytest.mark.parametrize("choices", ["", "forged", "../../etc/passwd", "a:b:c"])
def test_choices_that_were_not_signed_by_us_are_refused(admin_client, flights, choices):
    response = admin_client.post(url(flights, "process_import"), {"choices": choices}, follow=True)

    assert "Please choose the file again" in text_of(response)


def test_who_confirms_twice_imports_once(admin_client, flights, upload_dir):
    preview = upload(admin_client, flights, "carrier\nUA\n")
    [path] = upload_dir.iterdir()
    path.rename(path.with_suffix(".claimed"))  # as while the first click is being served

    response = confirm(admin_client, flights, preview)

    assert "no longer there" in text_of(response)
    assert rows_of(flights) == []


def test_an_import_that_failed_can_be_tried_again(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,x\nAA,1\n")
    confirm(admin_client, flights, preview)

    confirm(admin_client, flights, preview, skip_refused="on")

    assert rows_of(flights) == [("AA", 1)]


# --- The preview ---


def test_the_preview_tells_what_would_happen_and_saves_nothing(admin_client, flights):
    model = flights.django_model
    same, other = model.objects.create(carrier="UA", number=1), model.objects.create(carrier="AA", number=2)

    preview = upload(
        admin_client, flights, f"id,carrier,number\n{same.pk},UA,1\n{other.pk},AA,22\n,DL,3\n,DL,x\n"
    )

    totals = preview.context["outcome"].totals
    assert (totals.created, totals.changed, totals.skipped, totals.refused) == (1, 1, 1, 1)
    page = text_of(preview)
    assert "2 22" in page  # before and after
    assert "Flight number: “x”" in page or "Flight number:" in page
    assert rows_of(flights) == [("UA", 1), ("AA", 2)]


def test_labels_and_detected_encoding_and_delimiter_are_shown(admin_client, flights):
    preview = upload(admin_client, flights, "Carrier;FLIGHT NUMBER;notes\nUA;1;café\n".encode("cp1252"))

    form = preview.context["form"]
    assert form["encoding"].value() == "cp1252"
    assert form["delimiter"].value() == ";"
    assert preview.context["outcome"].totals.created == 1
    assert "café" in text_of(preview)


def test_another_encoding_can_be_chosen(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,notes\nUA,ż\n".encode("cp1250"))
    assert "ż" not in text_of(preview)

    preview = again(admin_client, flights, preview, encoding="cp1250")

    assert "ż" in text_of(preview)


def test_another_delimiter_draws_the_columns_anew(admin_client, flights):
    preview = upload(admin_client, flights, "carrier|number,x\nUA|1,y\n")

    preview = again(admin_client, flights, preview, delimiter="|")

    assert [column.header for column in preview.context["columns"]] == ["carrier", "number,x"]


def test_columns_can_be_matched_by_hand(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,Nr.\nUA,7\n")
    assert preview.context["columns"][1].field == ""

    preview = again(admin_client, flights, preview, **{"column-1": "number"})
    confirm(admin_client, flights, preview)

    assert rows_of(flights) == [("UA", 7)]


def test_headers_that_are_not_clear_are_asked_about(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number,Flight Number\nUA,1,2\n")
    assert "Several columns fill the field number" in text_of(preview)
    assert preview.context["outcome"] is None

    preview = again(admin_client, flights, preview, **{"column-2": "number"})

    assert preview.context["outcome"].totals.created == 1


def test_columns_that_are_left_out_are_named(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,colour\nUA,red\n")

    assert "Left out, as no field has their name: colour" in text_of(preview)


def test_a_file_of_a_header_alone_says_so(admin_client, flights):
    assert "no rows below its header" in text_of(upload(admin_client, flights, "carrier,number\n"))


def test_the_key_can_be_chosen(admin_client, flights):
    flights.django_model.objects.create(carrier="UA", number=1)
    preview = upload(admin_client, flights, "carrier,number\nUA,1\nUA,2\n")
    assert preview.context["outcome"].totals.created == 2

    preview = again(admin_client, flights, preview, key=["0", "1"])

    totals = preview.context["outcome"].totals
    assert (totals.created, totals.skipped) == (1, 1)


def test_texts_can_be_read_as_empty(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,NA\n")
    assert preview.context["outcome"].totals.refused == 1

    preview = again(admin_client, flights, preview, empty_texts="NA, N/A")
    confirm(admin_client, flights, preview)

    assert rows_of(flights) == [("UA", None)]


def test_the_reasons_are_counted_and_a_word_for_no_value_is_read_as_empty_by_one_click(admin_client, flights):
    rows = "".join(f"UA,{number if number % 3 else 'n/a'}\n" for number in range(30))
    preview = upload(admin_client, flights, f"carrier,number\n{rows}")
    [(label, _words, count)] = preview.context["reasons"]
    assert (label, count) == ("Flight number", "10")
    assert preview.context["no_values"] == ["n/a"]

    preview = again(admin_client, flights, preview, also_empty="n/a")

    assert preview.context["outcome"].totals.created == 30
    assert preview.context["form"]["empty_texts"].value() == "n/a"


def test_the_preview_stays_small_however_large_the_file(admin_client, flights):
    rows = "".join(f"{'UA' if number % 2 else 'toolong'},{number}\n" for number in range(5000))

    preview = upload(admin_client, flights, f"carrier,number\n{rows}")

    totals = preview.context["outcome"].totals
    assert (totals.created, totals.refused) == (2500, 2500)
    assert len(preview.content) < 200_000


def test_what_the_file_says_is_escaped(admin_client, flights):
    preview = upload(
        admin_client, flights, "carrier,notes,<b>x</b>\nUA,<script>alert(1)</script>,1\ntoolong<i>,,\n"
    )

    assert b"<script>alert" not in preview.content
    assert b"<b>x</b>" not in preview.content
    assert b"toolong<i>" not in preview.content


# --- The import ---


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

    response = admin_client.post(url(flights, "import_refused"), {"choices": preview.context["choices"]})

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


# --- The export ---


@pytest.fixture
def filled(flights) -> DynamicModel:
    model = flights.django_model
    rows = [("UA", 3), ("AA", 1), ("UA", 2)]
    model.objects.bulk_create(model(carrier=carrier, number=number) for carrier, number in rows)
    return flights


def exported(client: Client, table: DynamicModel, query: str = "", **data) -> list[list[str]]:
    response = client.post(
        url(table, "export") + query,
        {"format": "csv", "fields_": ["carrier", "number"], "escape": "on", **data},
    )
    assert response.streaming, response.content
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))[1:]


def test_the_whole_table_is_exported(admin_client, filled):
    assert sorted(exported(admin_client, filled)) == [["AA", "1"], ["UA", "2"], ["UA", "3"]]


def test_exactly_what_the_list_shows_is_exported(admin_client, filled):
    columns = admin_client.get(url(filled)).context["cl"].list_display
    order = columns.index("number")

    assert exported(admin_client, filled, f"?q=UA&o={order}") == [["UA", "2"], ["UA", "3"]]
    assert exported(admin_client, filled, f"?q=UA&o=-{order}") == [["UA", "3"], ["UA", "2"]]


def test_the_selection_is_exported(admin_client, filled):
    chosen = filled.django_model.objects.filter(number__in=[1, 2]).values_list("pk", flat=True)
    data = {"action": "export_selected", "_selected_action": list(chosen), "select_across": "0"}
    page = admin_client.post(url(filled), data)
    assert "The selected rows (2 rows)" in text_of(page)

    assert sorted(exported(admin_client, filled, selected=page.context["keys"])) == [["AA", "1"], ["UA", "2"]]


def test_selecting_all_pages_exports_the_list_without_naming_its_rows(admin_client, filled):
    pk = filled.django_model.objects.first().pk
    data = {"action": "export_selected", "_selected_action": [pk], "select_across": "1"}

    response = admin_client.post(url(filled) + "?q=UA", data)

    assert response.url == url(filled, "export") + "?q=UA"


def test_the_action_is_for_those_who_may_export(staff, filled):
    page = staff("view").get(url(filled)).content.decode()

    assert "export_selected" in page


def test_a_list_that_cannot_be_understood_is_not_exported(admin_client, filled):
    response = admin_client.post(
        url(filled, "export") + "?colour=red", {"format": "csv", "fields_": ["carrier"]}
    )

    assert response.status_code == 302


def test_an_export_needs_a_column(admin_client, filled):
    response = admin_client.post(url(filled, "export"), {"format": "csv"})

    assert response.status_code == 200
    assert not response.streaming


def test_the_file_is_called_like_the_table(admin_client, filled):
    response = admin_client.post(url(filled, "export"), {"format": "json", "fields_": ["carrier"]})

    assert re.search(r'filename="flights-\d{4}-\d\d-\d\d\.json"', response["Content-Disposition"])
    assert json.loads(b"".join(response.streaming_content))[0].keys() == {"carrier"}
