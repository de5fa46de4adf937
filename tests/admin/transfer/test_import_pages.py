"""The list of imports, the page of each, its refused rows, and its undoing."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from openpyxl import load_workbook

from dynadmin.imports.records import FileImport
from dynadmin.models import purge_older_than
from tests.admin.row_pages import url
from tests.admin.transfer.screens import again, confirm, rows_of, text_of, upload

pytestmark = pytest.mark.django_db(transaction=True)


def imported(client, flights, content="carrier,number\nUA,1\nAA,2\n", name="rows.csv", **data) -> FileImport:
    confirm(client, flights, upload(client, flights, content, name), **data)
    return FileImport.objects.first()


def refused_of(client, flights, job) -> bytes:
    response = client.get(url(flights, "import_refused", job.pk))
    return b"".join(response.streaming_content)


def test_an_import_has_a_page_that_says_who_did_what_and_the_list_leads_there(admin_client, staff, flights):
    job = imported(admin_client, flights)
    viewer = staff("view")

    listed = viewer.get(url(flights, "imports"))
    page = text_of(viewer.get(url(flights, "import_page", job.pk)))

    assert url(flights, "import_page", job.pk) in listed.content.decode()
    assert url(flights, "imports") in viewer.get(url(flights)).content.decode()
    for told in ("Imported", "rows.csv", job.sha256, "admin", "CSV", "2 new", "Flight number"):
        assert told in page
    assert "Undo" not in page
    assert staff("add").get(url(flights, "imports")).status_code == 403
    assert staff("add", "change").get(url(flights, "import_page", job.pk)).status_code == 200


def test_of_imports_into_a_table_deleted_for_good_nothing_is_kept(admin_client, flights, tables):
    imported(admin_client, flights, "carrier,number\nUA,1\nAA,x\n", skip_refused="on")
    other = tables.make("other", carrier="char")
    flights.retire()
    for _purge in purge_older_than(0):
        pass

    upload(admin_client, other, "carrier\nUA\n")

    assert FileImport.objects.get().target == other.django_model._meta.label


def test_a_file_like_the_last_is_taken_like_it(admin_client, flights):
    first = upload(admin_client, flights, "who;Nr.\nUA;5\n")
    first = again(
        admin_client, flights, first,
        **{"column-0": "carrier", "column-1": "number", "key": ["1"], "empty_texts": "n/a",
           "constant-notes": "seen", "existing": "skip"},
    )  # fmt: skip
    confirm(admin_client, flights, first)

    second = upload(admin_client, flights, "who;Nr.\nAA;7\n")

    assert [(column.field, column.is_key) for column in second.context["columns"]] == [
        ("carrier", False),
        ("number", True),
    ]
    form = second.context["form"]
    assert (form["existing"].value(), form["empty_texts"].value()) == ("skip", "n/a")
    assert {constant.name: constant.text for constant in second.context["constants"]}["notes"] == "seen"


def test_what_is_remembered_of_another_does_nobody_more_than_they_may(admin_client, staff, flights):
    content = "carrier,number\nUA,1\n"
    flights.django_model.objects.create(carrier="AA", number=7)
    first = again(admin_client, flights, upload(admin_client, flights, content), key=["1"], missing="retire")
    assert first.context["outcome"].totals.retired == 1
    confirm(admin_client, flights, first)
    flights.django_model.objects.create(carrier="AA", number=7)

    clerk, adder = staff("view", "add", "change"), staff("add")
    second = upload(clerk, flights, content)
    assert "missing" not in second.context["form"].fields
    assert second.context["outcome"].totals.retired == 0
    assert upload(adder, flights, content).context["outcome"].totals.created == 1

    granted = User.objects.get(pk=clerk.session["_auth_user_id"]).user_permissions
    granted.remove(granted.get(codename__startswith="change"))
    assert confirm(clerk, flights, second).status_code == 403


def test_refused_rows_mended_are_taken_as_the_file_was(admin_client, flights):
    preview = upload(admin_client, flights, "who;Nr.\nUA;1\nAA;x\n")
    preview = again(admin_client, flights, preview, **{"column-0": "carrier", "column-1": "number"})
    confirm(admin_client, flights, preview, skip_refused="on")
    job = FileImport.objects.get()

    text = refused_of(admin_client, flights, job).decode()
    assert text.splitlines()[0] == "Line in the file;Why it was refused;who;Nr."
    confirm(admin_client, flights, upload(admin_client, flights, text.replace(";x", ";2")))

    assert rows_of(flights) == [("UA", 1), ("AA", 2)]


def test_headers_of_refused_rows_are_no_formulas_and_are_taken_as_those_of_the_file(admin_client, flights):
    preview = upload(admin_client, flights, "=1+1;Nr.\nUA;1\nAA;x\n")
    preview = again(admin_client, flights, preview, **{"column-0": "carrier", "column-1": "number"})
    confirm(admin_client, flights, preview, skip_refused="on")

    text = refused_of(admin_client, flights, FileImport.objects.get()).decode()
    assert text.splitlines()[0].endswith(";'=1+1;Nr.")
    confirm(admin_client, flights, upload(admin_client, flights, text.replace(";x", ";2")))

    assert rows_of(flights) == [("UA", 1), ("AA", 2)]


def test_refused_rows_of_a_csv_file_keep_its_encoding(admin_client, flights):
    content = "carrier;number;notes\nAA;x;zażółć\n".encode("cp1250")
    preview = upload(admin_client, flights, content)
    preview = again(admin_client, flights, preview, encoding="cp1250")

    text = refused_of(admin_client, flights, preview.context["job"]).decode("cp1250")

    [_header, row] = csv.reader(io.StringIO(text), delimiter=";")
    assert row[2:] == ["AA", "x", "zażółć"]


def test_refused_rows_of_other_formats_are_in_those(admin_client, flights):
    content = json.dumps([{"carrier": "AA", "number": "x", "notes": 1.5}, {"carrier": "UA", "number": 1}])
    job = upload(admin_client, flights, content, "rows.json").context["job"]
    [told] = json.loads(refused_of(admin_client, flights, job))
    assert list(told)[2:] == ["carrier", "number", "notes"]
    assert (told["number"], float(told["notes"])) == ("x", 1.5)

    book = load_workbook(io.BytesIO(b"".join(admin_client.post(
        url(flights, "export"), {"format": "xlsx", "fields_": ["carrier", "number"]}
    ).streaming_content)))  # fmt: skip
    book.active.append(["toolong", 1])
    saved = io.BytesIO()
    book.save(saved)
    job = upload(admin_client, flights, saved.getvalue(), "rows.xlsx").context["job"]
    sheet = load_workbook(io.BytesIO(refused_of(admin_client, flights, job))).active
    assert [cell.value for cell in sheet[2]][2] == "toolong"


def test_that_rows_were_deleted_is_told_where_it_is_told_what_was_done(
    admin_client, flights, tmp_path, capsys
):
    imported(admin_client, flights)
    preview = upload(admin_client, flights, "carrier,number\nUA,1\n")
    preview = again(admin_client, flights, preview, key=["1"], missing="retire")
    assert 'value="Import 0 rows and delete 1"' in preview.content.decode()

    done = confirm(admin_client, flights, preview)

    assert "1 unchanged, 1 deleted, as the file lacks them." in text_of(done)
    assert "Imported 1" in text_of(admin_client.get(url(flights, "imports")))
    (tmp_path / "rows.csv").write_text("carrier,number\nBB,3\n")
    call_command("importrows", "flights", tmp_path / "rows.csv", key="number", missing="retire")
    assert "1 created, 0 changed, 0 unchanged, 0 refused, 1 deleted." in capsys.readouterr().out


def test_counts_are_written_as_people_read_them(admin_client, flights):
    rows = "".join(f"UA,{number}\n" for number in range(1200)) + "UA,x\n" * 1001
    preview = upload(admin_client, flights, f"carrier,number\n{rows}")
    assert "Leave out the 1,001 refused rows" in text_of(preview)
    confirm(admin_client, flights, preview, skip_refused="on")

    job = FileImport.objects.get()
    assert " 1,200 1,001 " in text_of(admin_client.get(url(flights, "imports")))
    assert "1,200 new rows taken out" in text_of(admin_client.get(url(flights, "import_undo", job.pk)))


def test_an_import_is_undone_after_its_preview_and_logged(admin_client, flights):
    flights.django_model.objects.create(carrier="XX", number=9)
    job = imported(admin_client, flights)
    edited = flights.django_model.objects.get(carrier="AA")
    edited.notes = "mine"
    edited.save()

    page = admin_client.get(url(flights, "import_undo", job.pk))
    assert (page.context["foreseen"].taken_out, page.context["foreseen"].in_the_way) == (1, 1)
    assert [row for _table, row, _here, _why in page.context["conflicts"]] == [edited.pk]
    assert len(rows_of(flights)) == 3
    done = admin_client.post(url(flights, "import_undo", job.pk), follow=True)

    assert "Undone" in text_of(done)
    assert rows_of(flights) == [("XX", 9), ("AA", 2)]
    assert "was undone" in LogEntry.objects.latest("pk").change_message
    again_ = admin_client.post(url(flights, "import_undo", job.pk), follow=True)
    assert "not undone yet" in text_of(again_)


def test_undoing_asks_for_the_permission_to_delete_what_was_made(admin_client, staff, flights):
    address = url(flights, "import_undo", imported(admin_client, flights).pk)

    assert staff("view").get(address).status_code == 403
    assert staff("view", "change", "add").post(address).status_code == 403
    assert staff("view", "delete").get(address).status_code == 200


def test_what_changed_nothing_cannot_be_undone(admin_client, staff, flights):
    content = "carrier,number\nUA,1\n"
    imported(admin_client, flights, content)
    preview = again(admin_client, flights, upload(admin_client, flights, content), key=["1"], existing="skip")
    confirm(admin_client, flights, preview)
    job = FileImport.objects.first()
    assert (job.stage, job.totals["skipped"]) == ("Imported", 1)

    viewer = staff("view")
    assert "Undo" not in text_of(viewer.get(url(flights, "import_page", job.pk)))
    told = viewer.post(url(flights, "import_undo", job.pk), follow=True)

    assert "there is nothing to undo" in text_of(told)
    job.refresh_from_db()
    assert job.stage == "Imported"


def test_the_refused_rows_of_an_import_that_was_undone_are_still_there(admin_client, flights):
    job = imported(admin_client, flights, "carrier,number\nUA,1\nAA,x\n", skip_refused="on")

    admin_client.post(url(flights, "import_undo", job.pk))

    job.refresh_from_db()
    assert job.stage == "Undone"
    assert refused_of(admin_client, flights, job).decode().splitlines()[1].endswith("AA,x")


def test_the_page_of_an_import_tells_what_every_row_got_to_who_may_see_it(admin_client, staff, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,1\n")
    confirm(
        admin_client, flights, again(admin_client, flights, preview, **{"constant-notes": "from the fair"})
    )
    job = FileImport.objects.get()
    flights.fields.filter(name="notes").update(name="remarks", label="Remarks")
    flights.sync()

    assert "Remarks, in every row from the fair" in text_of(
        staff("view").get(url(flights, "import_page", job.pk))
    )

    flights.fields.get(name="remarks").delete()
    flights.sync(allow_destructive=True)
    assert "from the fair" not in text_of(admin_client.get(url(flights, "import_page", job.pk)))


def test_a_file_that_was_imported_before_is_told_unless_that_was_undone(admin_client, staff, flights):
    told, content = "was imported into this table before", "carrier,number\nUA,1\n"
    first = upload(admin_client, flights, content)
    assert told not in text_of(upload(admin_client, flights, content))
    confirm(admin_client, flights, first)
    job = FileImport.objects.get(pk=first.context["job"].pk)

    link = url(flights, "import_page", job.pk)
    page = upload(admin_client, flights, content, "other.csv")
    assert told in text_of(page)
    assert f'href="{link}"' in page.content.decode()
    page = upload(staff("add"), flights, content)
    assert told in text_of(page)
    assert f'href="{link}"' not in page.content.decode()
    assert told not in text_of(upload(admin_client, flights, "carrier,number\nUA,2\n"))

    admin_client.post(url(flights, "import_undo", job.pk))
    assert told not in text_of(upload(admin_client, flights, content))


def test_rows_that_the_file_lacks_stay_where_rows_are_refused_and_the_pages_say_so(admin_client, flights):
    flights.django_model.objects.create(carrier="AA", number=7)
    words = "the rows that the file lacks stay"
    preview = upload(admin_client, flights, "carrier,number\nUA,1\n")
    preview = again(admin_client, flights, preview, key=["1"], missing="retire")
    assert words not in text_of(preview)
    confirm(admin_client, flights, preview)
    assert rows_of(flights) == [("UA", 1)]

    preview = upload(admin_client, flights, "carrier,number\nAA,2\nAA,x\n")
    assert words in text_of(preview)
    confirm(admin_client, flights, preview, skip_refused="on")

    assert words in text_of(admin_client.get(url(flights, "import_page", FileImport.objects.first().pk)))
    assert rows_of(flights) == [("UA", 1), ("AA", 2)]


def test_a_file_of_rows_that_exist_leads_to_the_key_that_finds_them(admin_client, staff, flights):
    flights.fields.filter(name="number").update(options={"unique": True})
    flights.sync()
    content = "carrier,number\nUA,1\nAA,2\n"
    confirm(admin_client, flights, upload(admin_client, flights, content))

    preview = upload(admin_client, flights, content.replace("AA", "BB"))
    assert "Find them by “number”" in text_of(preview)
    assert "Find them by" not in text_of(upload(staff("add", "view"), flights, content))
    changed = again(admin_client, flights, preview, key=["1"])
    confirm(admin_client, flights, changed)

    assert rows_of(flights) == [("UA", 1), ("BB", 2)]


def test_cells_may_be_pasted_instead_of_a_file(admin_client, flights):
    page = url(flights, "import")
    preview = admin_client.post(page, {"pasted": "carrier\tnumber\nUA\t1\n"}, follow=True)
    confirm(admin_client, flights, preview)

    assert rows_of(flights) == [("UA", 1)]
    refused = admin_client.post(page, {"pasted": "PK\x03\x04"})
    assert refused.context["form"].errors["pasted"]
    assert admin_client.post(page, {"pasted": " "}).context["form"].errors["import_file"]


def test_an_import_that_nobody_takes_up_says_what_is_missing(admin_client, flights, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "IMPORT_BACKGROUND_BYTES": 10}
    job = upload(admin_client, flights, "carrier,number\nUA,1\n").context["job"]
    FileImport.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=20))

    told = admin_client.get(url(flights, "import_progress", job.pk)).json()

    assert "none runs (“manage.py db_worker” starts one)" in told["state"]


def test_a_large_file_is_left_to_a_worker_and_its_page_tells_how_far_it_is(admin_client, flights, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "IMPORT_BACKGROUND_BYTES": 10}

    page = upload(admin_client, flights, "carrier,number\nUA,1\n")
    job = page.context["job"]
    told = admin_client.get(url(flights, "import_progress", job.pk)).json()
    assert (job.state, told["state"], told["can_be_cancelled"]) == ("waiting", "Waits for a worker", True)

    from dynadmin import background

    background.carry_out.call(job.pk, FileImport._meta.label)
    preview = admin_client.get(url(flights, "import_page", job.pk))
    confirm(admin_client, flights, preview)
    assert rows_of(flights) == []
    admin_client.post(url(flights, "import_cancel", job.pk))
    stopped = admin_client.get(url(flights, "import_page", job.pk))
    assert "Cancelled" in text_of(stopped)
    assert [column.field for column in stopped.context["columns"]] == ["carrier", "number"]


def test_a_failed_import_keeps_what_was_chosen_and_can_be_tried_again(admin_client, flights):
    preview = upload(admin_client, flights, "who,number\nUA,1\n")
    preview = again(admin_client, flights, preview, **{"column-0": "carrier"})
    flights.fields.filter(name="number").update(type="int", options={"unique": True})
    flights.sync(allow_destructive=True)
    flights.django_model.objects.create(carrier="AA", number=1)

    failed = confirm(admin_client, flights, preview)

    assert "1 row was refused, so nothing was imported" in text_of(failed)
    assert failed.context["columns"][0].field == "carrier"
    assert rows_of(flights) == [("AA", 1)]
    flights.django_model.objects.all().delete()
    confirm(admin_client, flights, again(admin_client, flights, failed))
    assert rows_of(flights) == [("UA", 1)]


def test_a_field_that_is_gone_is_told_and_chosen_anew(admin_client, flights):
    preview = upload(admin_client, flights, "carrier,number\nUA,1\n")
    flights.fields.get(name="number").delete()
    flights.sync(allow_destructive=True)

    failed = confirm(admin_client, flights, preview)

    assert "no longer has the field that the column “number” of the file fills" in text_of(failed)
    assert failed.context["columns"][1].field == ""


def test_somebody_who_may_not_see_what_a_column_refers_to_sees_no_rows(admin_client, staff, flights, tables):
    from dynadmin.schema import target_of

    planes = tables.make("planes", tail=("char", {"unique": True}))
    tables.add(flights, plane=("foreignkey", {"target": target_of(planes.pk)}))
    flights.sync()
    job = imported(admin_client, flights, "carrier,plane\nUA,secret\n,\nAA,\n", skip_refused="on")

    page = staff("view").get(url(flights, "import_page", job.pk))

    assert "secret" in text_of(admin_client.get(url(flights, "import_page", job.pk)))
    assert "secret" not in text_of(page)
    assert staff("view", "add").get(url(flights, "import_refused", job.pk)).status_code == 403


def test_the_first_page_names_the_columns_that_a_file_can_fill(admin_client, flights):
    page = text_of(admin_client.get(url(flights, "import")))

    told = page.partition("Columns of this table:")[2]
    assert "Flight number" in told
    for filled_by_itself in ("ID", "Created", "Changed"):
        assert filled_by_itself not in told
