"""Relations on the screens of imports and exports."""

import pytest
from django.contrib.auth.models import Permission, User

from dynadmin.schema import target_of
from tests.admin.row_pages import url
from tests.admin.transfer.screens import again, confirm, text_of, upload

pytestmark = pytest.mark.django_db(transaction=True)

FILE = "carrier,number,plane\nUA,1,N1\nAA,2,N2\n"


@pytest.fixture
def planes(tables, flights):
    """Planes, which the flights refer to."""
    planes = tables.make("planes", label="Planes", tail=("char", {"unique": True}), maker="char")
    tables.add(flights, plane=("foreignkey", {"target": target_of(planes.pk)}))
    flights.sync()
    for tail in ("N1", "N2"):
        planes.django_model.objects.create(tail=tail, maker="Boeing")
    return planes


def tails(flights):
    return list(flights.django_model.objects.order_by("pk").values_list("plane__tail", flat=True))


def allow(client, table, *actions):
    """Let the person of a client do these things with a table."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    codenames = [f"{action}_t{table.pk}" for action in actions]
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def test_the_preview_proposes_the_column_that_matches_and_imports_by_it(admin_client, flights, planes):
    preview = upload(admin_client, flights, FILE)

    column = preview.context["columns"][2]
    assert (column.reference.by, column.reference.is_creating) == ("tail", False)
    confirm(admin_client, flights, preview)
    assert tails(flights) == ["N1", "N2"]


def test_another_column_can_be_chosen(admin_client, flights, planes):
    planes.django_model.objects.filter(tail="N2").update(maker="Airbus")
    preview = upload(admin_client, flights, "carrier,plane\nUA,Airbus\nUA,N1\n")
    assert preview.context["outcome"].totals.refused == 1

    preview = again(admin_client, flights, preview, **{"by-1": "maker"})

    assert preview.context["columns"][1].reference.by == "maker"
    assert "No row of “Planes” has “N1” as its “Maker”." in text_of(preview)


def test_rows_are_made_when_ticked_and_the_page_says_how_many(admin_client, flights, planes):
    preview = upload(admin_client, flights, "carrier,plane\nUA,N8\nUA,N9\n")
    assert "No row of “Planes” has “N8” as its “Tail”." in text_of(preview)

    preview = again(admin_client, flights, preview, **{"by-1": "tail", "create-1": "on"})
    assert "2 new rows of “Planes”" in text_of(preview)
    done = confirm(admin_client, flights, preview)

    assert "2 new rows of “Planes”" in text_of(done)
    assert tails(flights) == ["N8", "N9"]


def test_one_who_may_not_see_the_target_cannot_fill_or_export_it(staff, flights, planes):
    client = staff("add", "view", "change")

    preview = upload(client, flights, FILE)
    assert preview.context["columns"][2].field == ""
    assert "N1" not in text_of(again(client, flights, preview, **{"column-2": "plane"})).split("Columns")[0]
    form = client.get(url(flights, "export")).context["form"]
    assert "plane" not in dict(form.fields["fields_"].choices)


def test_one_who_may_not_see_what_new_rows_need_is_told_that(staff, flights, planes):
    flights.fields.filter(name="plane").update(options={"target": target_of(planes.pk), "null": False})
    flights.sync()

    told = text_of(upload(staff("add", "view"), flights, FILE))

    assert "tables to which these refer, so that no column can fill them: Plane." in told


def test_the_page_of_an_import_says_by_what_rows_were_found(admin_client, flights, planes):
    preview = upload(admin_client, flights, FILE)
    done = confirm(admin_client, flights, preview)
    planes.fields.filter(name="tail").update(name="code", label="Code")
    planes.sync()

    page = admin_client.get(url(flights, "import_page", preview.context["job"].pk))

    assert done.status_code == 200
    assert "Plane, found by Code" in text_of(page)


def test_one_who_may_not_add_to_the_target_is_not_offered_it(staff, flights, planes):
    client = staff("add")
    allow(client, planes, "view")

    preview = upload(client, flights, "carrier,plane\nUA,N8\n")
    assert not preview.context["columns"][1].reference.may_create
    preview = again(client, flights, preview, **{"by-1": "tail", "create-1": "on"})

    assert preview.context["outcome"].totals.refused == 1
    assert planes.django_model.objects.count() == 2


def test_refused_rows_are_given_with_their_keys(admin_client, flights, planes):
    preview = upload(admin_client, flights, "carrier,plane\nUA,N8\n")

    response = admin_client.get(url(flights, "import_refused", preview.context["job"].pk))

    assert "UA,N8" in b"".join(response.streaming_content).decode()


def test_an_export_goes_by_the_column_that_was_chosen(admin_client, flights, planes):
    confirm(admin_client, flights, upload(admin_client, flights, FILE))
    chosen = {"format": "csv", "fields_": ["carrier", "plane"]}

    usual = admin_client.post(url(flights, "export"), chosen)
    by_id = admin_client.post(url(flights, "export"), {**chosen, "by_plane": "id"})
    refused = admin_client.post(url(flights, "export"), {**chosen, "by_plane": "maker"})

    assert sorted(b"".join(usual.streaming_content).split()) == [b"AA,N2", b"UA,N1", b"carrier,plane"]
    assert b"".join(by_id.streaming_content).split()[0] == b"carrier,plane_id"
    assert "“Maker” does not tell the rows of “Planes”" in text_of(refused)
