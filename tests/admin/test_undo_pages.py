"""The page before an undo: what it shows, refuses, and does."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from dynadmin.models import DynamicField, DynamicModel, SchemaRevision
from tests.admin.definition_page import page_url
from tests.admin.test_revisions import revision_url


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def flights(tables):
    """A table of two rows, made by one revision."""
    table = tables.make("flights", carrier="char", distance="int")
    for carrier in ("AA", "UA"):
        table.django_model.objects.create(carrier=carrier, distance=100)
    return table


def latest() -> SchemaRevision:
    return SchemaRevision.objects.latest("pk")


def rename(table: DynamicModel, name: str) -> SchemaRevision:
    table.fields.filter(pk=table.fields.first().pk).update(name=name, label=name.title())
    return table.sync()


def retire_distance(table: DynamicModel) -> SchemaRevision:
    DynamicField.objects.filter(model=table, name="distance").delete()
    return table.sync(allow_destructive=True)


def names(table: DynamicModel) -> list[str]:
    return [field.name for field in table.django_model.table_schema.live_fields]


def test_the_page_says_what_would_happen_and_does_nothing(browser, flights):
    revision = retire_distance(flights)

    page = browser.get(revision_url("undo", revision.pk)).content.decode()

    assert "Retire field “Distance” of “Flights”" in page
    assert "Restore field “Distance” of “Flights” with its values" in page
    assert "Nothing of this has happened yet." in page
    assert latest() == revision


def test_saying_yes_undoes_it_and_leads_to_the_new_revision(browser, flights):
    revision = retire_distance(flights)
    shown = browser.get(revision_url("undo", revision.pk)).context["shown"]

    response = browser.post(revision_url("undo", revision.pk), {"shown": shown}, follow=True)

    assert response.redirect_chain == [(revision_url("change", latest().pk), 302)]
    assert f"Revision {revision.pk} is undone." in response.content.decode()
    assert (latest().undoes, latest().author.username) == (revision, "admin")
    assert list(flights.django_model.objects.values_list("distance", flat=True)) == [100, 100]
    assert LogEntry.objects.first().get_change_message() == f"Undid revision {revision.pk}."


@pytest.mark.parametrize("shown", ["", "-", "0" * 64, None])
def test_what_was_not_shown_is_not_done(browser, flights, shown):
    revision = rename(flights, "airline")

    page = browser.post(revision_url("undo", revision.pk), {} if shown is None else {"shown": shown})

    assert "Nothing was undone." in page.content.decode()
    assert latest() == revision


def test_what_became_another_undo_meanwhile_is_shown_again(browser, flights):
    revision = rename(flights, "airline")
    shown = browser.get(revision_url("undo", revision.pk)).context["shown"]
    DynamicField.objects.create(model=flights, name="year", type="int", position=5)
    flights.sync()

    page = browser.post(revision_url("undo", revision.pk), {"shown": shown}).content.decode()

    assert "Nothing was undone." in page
    assert names(flights) == ["airline", "distance", "year"]
    assert "Rename field “airline” of “Flights” to “carrier”" in page


def test_what_was_changed_again_is_said_with_the_way_out(browser, flights):
    first = rename(flights, "airline")
    second = rename(flights, "company")

    response = browser.get(revision_url("undo", first.pk))

    page = response.content.decode()
    assert f"was changed again by revision {second.pk}; undo that first." in page
    assert f'href="{revision_url("change", second.pk)}"' in page
    assert 'name="_apply"' not in page
    answer = {"shown": response.context["shown"]}
    assert "Nothing was undone." in browser.post(revision_url("undo", first.pk), answer).content.decode()
    assert latest() == second


def test_changes_that_wait_are_in_the_way_with_a_link_to_them(browser, flights):
    revision = rename(flights, "airline")
    flights.fields.update(label="Waiting")

    page = browser.get(revision_url("undo", revision.pk)).content.decode()

    assert "wait to be applied: apply or discard them first." in page
    assert f'href="{page_url("plan", flights.pk)}"' in page


def test_rows_that_do_not_fit_any_more_are_told(browser, flights):
    flights.fields.filter(name="carrier").update(options={"max_length": 500})
    revision = flights.sync()
    flights.django_model.objects.create(carrier="x" * 400)

    page = browser.get(revision_url("undo", revision.pk)).content.decode()

    assert "would not fit" in page
    assert 'name="_apply"' not in page


def test_a_conversion_says_how_many_rows_get_back_what_they_had(browser, flights):
    flights.fields.filter(name="distance").update(type="text", options={})
    revision = flights.sync()
    flights.django_model.objects.create(carrier="DL", distance="7")

    page = browser.get(revision_url("undo", revision.pk)).content.decode()

    assert "2 rows get back exactly what they had." in page
    assert "1 row was edited or added since: its value is converted." in page


def test_what_is_undone_already_says_so(browser, flights):
    revision = rename(flights, "airline")
    rename(flights, "carrier")

    page = browser.get(revision_url("undo", revision.pk)).content.decode()

    assert "Nothing is left to undo" in page
    assert 'name="_apply"' not in page


def test_a_table_comes_back_with_its_definition(browser, flights):
    flights.retire()
    revision = latest()
    shown = browser.get(revision_url("undo", revision.pk)).context["shown"]

    browser.post(revision_url("undo", revision.pk), {"shown": shown})

    assert DynamicModel.objects.get().django_model.objects.count() == 2


def test_nothing_is_undone_of_a_revision_that_never_was(browser, flights):
    assert browser.get(revision_url("undo", 999_999)).status_code == 404
    assert browser.post(revision_url("undo", "x")).status_code == 404


# --- Who may ---

WHO = {
    "a rename": (lambda table: rename(table, "airline"), {"change"}),
    "a table created": (lambda table: latest(), {"change", "delete"}),
    "a table deleted": (lambda table: table.retire(), {"add", "change"}),
}


@pytest.mark.parametrize("case", WHO)
@pytest.mark.parametrize("missing", ["add", "change", "delete"])
def test_an_undo_takes_the_permissions_of_what_it_does(client, flights, django_user_model, case, missing):
    make, needed = WHO[case]
    revision = make(flights)
    user = django_user_model.objects.create_user("eve", is_staff=True)
    held = [f"{action}_dynamicmodel" for action in {"add", "change", "delete"} - {missing}]
    user.user_permissions.set(Permission.objects.filter(codename__in=[*held, "view_schemarevision"]))
    client.force_login(user)

    response = client.get(revision_url("undo", revision.pk))

    assert response.status_code == (403 if missing in needed else 200)
    if missing in needed:
        assert client.post(revision_url("undo", revision.pk), {"shown": "-"}).status_code == 403


def test_the_link_to_the_undo_is_for_who_may_follow_it(client, flights, django_user_model):
    user = django_user_model.objects.create_user("eve", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_schemarevision"))
    client.force_login(user)

    page = client.get(revision_url("change", latest().pk)).content.decode()

    assert revision_url("undo", latest().pk) not in page


# --- What a person decides on the page ---


@pytest.fixture
def too_long(flights):
    """The revision that let carriers be longer, one of which is by now."""
    flights.fields.filter(name="carrier").update(options={"max_length": 500})
    revision = flights.sync()
    flights.django_model.objects.create(carrier="x" * 400, distance=1)
    return revision


def choose(flights, word: str) -> dict[str, str]:
    return {f"f{flights.fields.first().pk}-on_failure": word}


def test_values_that_do_not_fit_any_more_can_be_decided_on(browser, flights, too_long):
    url = revision_url("undo", too_long.pk)
    counted = browser.post(url, {"_count": "", **choose(flights, "empty")}, follow=True)
    assert 'name="_apply"' in counted.content.decode()
    answer = {"shown": counted.context["shown"], "seen": counted.context["seen"]}

    browser.post(url, {**answer, **choose(flights, "empty")})

    assert latest().undoes == too_long
    assert list(flights.django_model.objects.order_by("pk").values_list("carrier", flat=True)) == [
        "AA",
        "UA",
        "",
    ]
    assert flights.fields.first().options["max_length"] == 255
    assert DynamicModel.objects.get().plan().is_empty


def test_texts_that_do_not_fit_any_more_can_be_kept_beside(browser, flights, too_long):
    url = revision_url("undo", too_long.pk)
    counted = browser.get(url, choose(flights, "keep"))

    browser.post(url, {"shown": counted.context["shown"], **choose(flights, "keep")})

    assert names(flights) == ["carrier", "carrier_original", "distance"]
    assert [field.name for field in flights.fields.all()] == names(flights)
    assert flights.django_model.objects.latest("pk").carrier_original == "x" * 400


def test_what_was_chosen_after_the_figures_were_shown_is_shown_first(browser, flights, too_long):
    url = revision_url("undo", too_long.pk)
    seen = browser.get(url, choose(flights, "empty")).context

    page = browser.post(url, {"shown": seen["shown"], "seen": seen["seen"], **choose(flights, "keep")})

    assert "these are the figures with what you chose" in page.content.decode()
    assert latest() == too_long


def test_the_rows_that_an_undo_affects_are_listed_and_exported(browser, flights, too_long):
    field = flights.fields.first().pk
    page = browser.get(revision_url("undo_rows", too_long.pk, field)).content.decode()
    csv = b"".join(browser.get(revision_url("undo_csv", too_long.pk, field)).streaming_content).decode()

    pk = flights.django_model.objects.latest("pk").pk
    assert f"/admin/tables/flights/{pk}/change/" in page
    assert "x" * 400 in csv
    assert csv.count("\n") == 2


def test_rows_are_only_for_who_may_see_those_of_the_table(client, flights, too_long, django_user_model):
    user = django_user_model.objects.create_user("eve", is_staff=True)
    held = ["view_schemarevision", "change_dynamicmodel"]
    user.user_permissions.set(Permission.objects.filter(codename__in=held))
    client.force_login(user)
    field = flights.fields.first().pk

    assert "xxx" not in client.get(revision_url("undo", too_long.pk)).content.decode()
    assert client.get(revision_url("undo_rows", too_long.pk, field)).status_code == 403
    assert client.get(revision_url("undo_csv", too_long.pk, field)).status_code == 403
