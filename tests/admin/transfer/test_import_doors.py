"""What somebody may not do by an import, whatever was allowed before; and what forged pages come to."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from dynadmin.imports.records import FileImport
from dynadmin.schema import target_of
from tests.admin.row_pages import url
from tests.admin.transfer.screens import again, confirm, confirmation, rows_of, upload

pytestmark = pytest.mark.django_db(transaction=True)

FILE = "carrier,number\nUA,1\n"


def test_undoing_asks_for_the_permission_to_delete_what_was_made_in_other_tables(admin_client, tables):
    carrier = tables.make("carrier", code=("char", {"blank": False, "unique": True}))
    trip = tables.make("trip", number="int", carrier=("foreignkey", {"target": target_of(carrier.pk)}))
    preview = upload(admin_client, trip, "number,carrier\n1,UA\n")
    chosen = {"by-1": "code", "create-1": "on"}
    confirm(admin_client, trip, again(admin_client, trip, preview, **chosen))
    assert carrier.django_model.objects.count() == 1
    job = FileImport.objects.get()
    user = User.objects.create_user("some", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith=f"_t{trip.pk}"))
    client = Client()
    client.force_login(user)

    assert client.post(url(trip, "import_undo", job.pk)).status_code == 403

    user.user_permissions.add(Permission.objects.get(codename=f"delete_t{carrier.pk}"))
    client.post(url(trip, "import_undo", job.pk))
    assert carrier.django_model.objects.count() == 0


def test_arrays_are_told_by_keys_that_no_database_can_hold(admin_client, tables):
    trip = tables.make("trip", number="int")
    content = '{"a\\u0000b": [{"number": 1}], "\\ud800": [{"number": 2}], "c": [{"number": 3}]}'
    preview = upload(admin_client, trip, content, "rows.json")
    confirm(admin_client, trip, preview)
    preview = upload(admin_client, trip, content, "rows.json")
    sheets = [key for key, _label in preview.context["form"].fields["sheet"].choices]
    confirm(admin_client, trip, again(admin_client, trip, preview, sheet=sheets[1]))

    assert len(sheets) == 3
    assert list(trip.django_model.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]


def somebody(*tables):
    """Return who may do everything with these tables, and nothing else."""
    user = User.objects.create_user("some", is_staff=True)
    for table in tables:
        user.user_permissions.add(*Permission.objects.filter(codename__endswith=f"_t{table.pk}"))
    client = Client()
    client.force_login(user)
    return client


def test_columns_that_were_left_out_are_shown_to_who_had_the_file_only(admin_client, tables):
    trip = tables.make("trip", number="int")
    confirm(
        admin_client, trip, upload(admin_client, trip, "number,salary\n1,900\nx,901\n"), skip_refused="on"
    )
    job = FileImport.objects.get()

    assert b"901" in admin_client.get(url(trip, "import_page", job.pk)).content
    client = somebody(trip)
    assert b"901" not in client.get(url(trip, "import_page", job.pk)).content
    assert client.get(url(trip, "import_refused", job.pk)).status_code == 403


def test_rows_that_the_file_lacks_stay_when_rows_would_go_along_that_the_person_may_not_delete(tables):
    carrier = tables.make("carrier", code=("char", {"blank": False, "unique": True}))
    relation = {"target": target_of(carrier.pk), "on_delete": "cascade"}
    trip = tables.make("trip", carrier=("foreignkey", relation))
    gone = carrier.django_model.objects.create(code="UA")
    trip.django_model.objects.create(carrier=gone)
    client = somebody(carrier)

    again(client, carrier, upload(client, carrier, "code\nAA\n"), key=["0"], missing="retire")
    job = FileImport.objects.get()

    assert job.options["missing"] == "keep"


@pytest.mark.parametrize("seen", ["9" * 5000, str(2**40), "-1", "x", ""])
def test_a_forged_number_of_the_check_imports_nothing(admin_client, flights, seen):
    preview = upload(admin_client, flights, FILE)

    answer = confirm(admin_client, flights, preview, seen=seen)

    assert answer.status_code == 200
    assert rows_of(flights) == []


def test_null_characters_in_what_a_page_sends_are_no_error_of_the_server(admin_client, flights):
    preview = upload(admin_client, flights, FILE)

    again(admin_client, flights, preview, **{"constant-notes": "a\0b", "also_empty": "x\0", "key": "1\0"})
    answer = again(admin_client, flights, preview, **{"by-0": "\0", "column-0": "\0"})

    assert answer.status_code == 200
    answer = admin_client.post(url(flights, "process_import"), {**confirmation(preview), "import": "1\0"})
    assert answer.status_code == 302
    assert upload(admin_client, flights, "carrier,n\0te\nUA,1\n", "r\0ws.csv").status_code == 200


def test_an_import_that_was_never_checked_is_not_begun_by_a_forged_confirmation(admin_client, flights):
    preview = upload(admin_client, flights, FILE)
    FileImport.objects.update(phase="upload", plan={}, options={})

    confirm(admin_client, flights, preview)

    assert rows_of(flights) == []
