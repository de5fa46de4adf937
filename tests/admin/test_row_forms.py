"""The form of a row: nobody's work is overwritten unseen, and nobody's input is lost."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from dynadmin.models import DynamicModel
from tests.admin.row_pages import RowPage, errors_of, url


@pytest.fixture
def flights(tables) -> DynamicModel:
    return tables.make(
        "flights",
        label="Flights",
        carrier=("char", {"max_length": 20, "help_text": "Two letters & no more"}),
        distance="int",
        notes="text",
        is_late=("bool", {"null": False, "default": False}),
    )


@pytest.fixture
def row(flights):
    return flights.django_model.objects.create(carrier="UA", distance=100, notes="one\ntwo")


@pytest.fixture
def opened(admin_client, flights, row) -> RowPage:
    return RowPage(admin_client, url(flights, "change", row.pk))


def change_field(table: DynamicModel, name: str, **changes) -> None:
    """Change a field's definition as somebody else does meanwhile."""
    table.fields.filter(name=name).update(**changes)
    table.sync()


def rights(table: DynamicModel, *actions: str) -> User:
    """Return a member of staff who may do these things with the table's rows."""
    user = User.objects.create_user("eve", is_staff=True)
    codenames = [f"{action}_t{table.pk}" for action in actions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- Saving ---


def test_a_row_is_added_and_the_history_tells(admin_client, flights):
    page = RowPage(admin_client, url(flights, "add"))
    page["carrier"] = "LH"

    page.save()

    row = flights.django_model.objects.get()
    assert row.carrier == "LH"
    history = admin_client.get(url(flights, "history", row.pk)).content.decode()
    assert "in a form" in history
    assert "<ins>LH</ins>" in history


def test_the_history_names_the_changed_fields_and_survives_a_rename(admin_client, flights, row, opened):
    opened["distance"] = "200"
    opened.save()
    flights.name = "journeys"
    flights.save()
    flights.sync()

    history = admin_client.get(f"/admin/tables/journeys/{row.pk}/history/").content.decode()

    assert '<th scope="row">Distance</th>' in history
    assert "<ins>200</ins>" in history


def test_saving_what_nobody_changed_changes_nothing(opened, row):
    opened.save()

    row.refresh_from_db()
    assert row.notes == "one\ntwo"
    assert LogEntry.objects.get().get_change_message() == "No fields changed."


def test_errors_keep_the_input(opened):
    opened["distance"] = "far"
    opened["notes"] = "mine"

    response = opened.save()

    assert "not a whole number" in errors_of(response)
    assert (opened["distance"], opened["notes"]) == ("far", "mine")


def test_help_texts_and_labels_are_escaped_once(admin_client, flights):
    change_field(flights, "notes", label="<b>Notes</b>")

    page = admin_client.get(url(flights, "add")).content.decode()

    assert "Two letters &amp; no more" in page
    assert "<b>Notes</b>" not in page
    assert "&lt;b&gt;Notes&lt;/b&gt;" in page


def test_fields_the_program_fills_in_are_shown_but_not_asked_for(admin_client, tables):
    table = tables.make("notes", title="char", made=("datetime", {"auto_now_add": True}))
    row = table.django_model.objects.create(title="x")

    added = RowPage(admin_client, url(table, "add"))
    changed = admin_client.get(url(table, "change", row.pk)).content.decode()

    assert "made" not in added.data
    assert "field-made" in changed
    assert 'name="made"' not in changed


def test_who_may_only_view_gets_everything_to_read_and_nothing_to_save(flights, row):
    response = logged_in(rights(flights, "view")).get(url(flights, "change", row.pk))

    page = response.content.decode()
    assert "UA" in page
    assert 'name="carrier"' not in page
    assert 'name="_save"' not in page


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_who_may_only_view_is_refused_the_rest(flights, row, page):
    address = url(flights, page, *([] if page == "add" else [row.pk]))

    assert logged_in(rights(flights, "view")).post(address).status_code == 403


# --- Somebody else changed the row ---


def test_a_field_both_changed_is_not_overwritten_unseen(opened, row, flights):
    flights.django_model.objects.update(carrier="LH")
    opened["carrier"] = "AA"

    response = opened.save()

    assert response.status_code == 409
    assert "Somebody else changed this to: LH" in errors_of(response)
    assert opened["carrier"] == "AA"
    row.refresh_from_db()
    assert row.carrier == "LH"


def test_who_changed_the_row_is_told(opened, row, flights):
    other = logged_in(rights(flights, "view", "change"))
    theirs = RowPage(other, opened.address)
    theirs["carrier"] = "LH"
    theirs.save()
    opened["carrier"] = "AA"

    assert "eve changed this row at" in errors_of(opened.save())


def test_saving_again_overwrites_knowingly(opened, row, flights):
    flights.django_model.objects.update(carrier="LH")
    opened["carrier"] = "AA"
    opened.save()

    assert opened.save().status_code == 302
    row.refresh_from_db()
    assert row.carrier == "AA"


def test_a_second_change_of_the_other_is_told_again(opened, row, flights):
    opened["carrier"] = "AA"
    for theirs in ("LH", "BA"):
        flights.django_model.objects.update(carrier=theirs)
        response = opened.save()
        assert response.status_code == 409
        assert theirs in errors_of(response)


def test_what_only_the_other_changed_stays_theirs(opened, row, flights):
    flights.django_model.objects.update(distance=999)
    opened["carrier"] = "AA"

    opened.save()

    row.refresh_from_db()
    assert (row.carrier, row.distance) == ("AA", 999)
    assert "Somebody else changed Distance meanwhile" in opened.client.get("/admin/").content.decode()


def test_after_a_conflict_too_what_only_the_other_changed_stays_theirs(opened, row, flights):
    flights.django_model.objects.update(carrier="LH", distance=999, is_late=True)
    opened["carrier"] = "AA"

    opened.save()
    opened.save()

    row.refresh_from_db()
    assert (row.carrier, row.distance, row.is_late) == ("AA", 999, True)


def test_the_same_change_by_both_is_no_conflict(opened, flights):
    flights.django_model.objects.update(carrier="AA")
    opened["carrier"] = "AA"

    assert opened.save().status_code == 302


def test_a_wrong_input_does_not_hide_a_conflict(opened, row, flights):
    flights.django_model.objects.update(carrier="LH")
    opened["carrier"], opened["distance"] = "AA", "far"
    opened.save()
    opened["distance"] = "5"

    # The first answer has told both, so this one means it.
    assert opened.save().status_code == 302
    row.refresh_from_db()
    assert row.carrier == "AA"


def test_a_row_deleted_meanwhile_can_be_added_again(opened, flights):
    flights.django_model.objects.all().delete()
    opened["carrier"] = "AA"

    response = opened.save()

    assert response.status_code == 409
    assert "Somebody else has deleted this row" in errors_of(response)
    assert not flights.django_model.objects.exists()
    assert opened.save().status_code == 302
    assert flights.django_model.objects.get().carrier == "AA"


def test_a_forged_token_is_no_reason_to_fail(opened, row):
    opened["_opened"] = "forged:token"
    opened["carrier"] = "AA"

    opened.save()

    row.refresh_from_db()
    assert row.carrier == "AA"


# --- Somebody else changed the table ---


def test_a_field_added_meanwhile_is_told_before_anything_is_saved(opened, row, flights, tables):
    tables.add(flights, gate=("char", {"default": "B1"}))
    flights.sync()
    opened["carrier"] = "AA"

    response = opened.save()

    assert response.status_code == 409
    assert "There is a new field “Gate”." in errors_of(response)
    row.refresh_from_db()
    assert row.carrier == "UA"
    opened.save()
    changed = flights.django_model.objects.get(pk=row.pk)
    assert (changed.carrier, changed.gate) == ("AA", "B1")


def test_what_was_entered_into_a_field_removed_meanwhile_is_shown(opened, flights):
    opened["notes"] = "precious"
    flights.fields.get(name="notes").delete()
    flights.sync(allow_destructive=True)

    response = opened.save()

    assert response.status_code == 409
    assert "Field “Notes” was removed; you had entered: precious" in errors_of(response)
    assert opened.save().status_code == 302


def test_names_swapped_meanwhile_do_not_swap_the_input(opened, row, flights):
    first, second = flights.fields.get(name="carrier"), flights.fields.get(name="notes")
    flights.fields.filter(pk=first.pk).update(name="spare")
    flights.fields.filter(pk=second.pk).update(name="carrier")
    flights.fields.filter(pk=first.pk).update(name="notes")
    flights.sync()
    opened["carrier"] = "AA"

    opened.save()  # tells that both are called something else now
    assert opened["notes"] == "AA"
    opened.save()

    changed = flights.django_model.objects.get(pk=row.pk)
    assert (changed.notes, changed.carrier) == ("AA", "one\ntwo")


def test_a_new_label_is_told(opened, flights):
    change_field(flights, "distance", label="Distance in miles")

    response = opened.save()

    assert "Field “Distance” is now called “Distance in miles”." in errors_of(response)


def test_a_form_of_a_table_renamed_meanwhile_is_saved(opened, row, flights):
    flights.name = "journeys"
    flights.save()
    flights.sync()
    opened["carrier"] = "AA"

    response = opened.save()

    assert (response.status_code, response["Location"]) == (307, f"/admin/tables/journeys/{row.pk}/change/")
    opened.address = response["Location"]
    opened.save()
    row.refresh_from_db()
    assert row.carrier == "AA"


def test_a_form_of_a_table_retired_meanwhile_gives_the_input_back(opened, flights):
    flights.retire()
    opened["carrier"] = "precious"

    response = opened.save()

    assert response.status_code == 404
    assert "was retired" in response.content.decode()
    assert "precious" in response.content.decode()


def test_a_table_changed_before_a_row_is_added_keeps_the_input(admin_client, flights, tables):
    page = RowPage(admin_client, url(flights, "add"))
    page["carrier"] = "AA"
    tables.add(flights, gate="char")
    flights.sync()

    assert page.save().status_code == 409
    assert page["carrier"] == "AA"
    assert page.save().status_code == 302
