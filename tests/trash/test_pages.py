"""The pages of the trash: who may do what, what they say, and that nothing happens unseen."""

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dynadmin.models import DynamicModel, SchemaRevision, restore_field
from dynadmin.models.retired import trash
from dynadmin.registry import registry
from tests.trash.retiring import column_names, retire, run
from tests.trash.test_limits import use_up

LIST, RESTORE, PURGE = (reverse(f"admin:dynadmin_trash{page}") for page in ("", "_restore", "_purge"))


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def event(tables):
    table = tables.make("event", label="Events", country="char", size="int", note="text")
    table.django_model.objects.create(country="PL", size=3, note="x")
    return table


@pytest.fixture
def thrown_away(event, tables):
    """A field and a table in the trash; their keys."""
    [note] = retire(event, "note")
    other = tables.make("other", label="Others", x="char")
    pk = other.pk
    other.retire()
    return f"c{note}", f"t{pk}"


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- The list ---


def test_the_list_says_what_when_who_and_how_much(browser, thrown_away):
    field, table = thrown_away

    page = browser.get(LIST).content.decode()

    assert page.index("Others") < page.index("Note")
    assert "Field of “Events”" in page
    assert "just now" in page
    assert f'value="{field}"' in page
    assert f'value="{table}"' in page


def test_an_empty_trash_says_what_it_is_for(browser):
    page = browser.get(LIST).content.decode()

    assert "The trash is empty" in page
    assert "for 30 days at least" in page


def test_the_list_is_turned_page_by_page(browser, tables):
    table = tables.make("wide", keeps="char", **{f"f{number:02}": "char" for number in range(30)})
    retire(table, *[f"f{number:02}" for number in range(30)])

    first, second = (browser.get(LIST, {"page": number}).context["lines"] for number in (1, 2))

    assert (len(first), len(second)) == (25, 5)
    assert not {line.item.key for line in first} & {line.item.key for line in second}


def test_the_number_of_queries_does_not_grow(browser, event, tables):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(LIST)
        return len(captured)

    retire(event, "note")
    tables.make("other0", x="char").retire()
    queries()
    few = queries()
    retire(event, "size")
    for number in range(1, 4):
        tables.make(f"other{number}", x="char").retire()

    assert queries() == few


def test_labels_are_text(browser, tables):
    table = tables.make("event", label="<b>Bold</b>", country="char")
    table.retire()

    page = browser.get(LIST).content.decode()

    assert "<b>Bold" not in page
    assert "&lt;b&gt;Bold" in page


@pytest.mark.parametrize("path", ["/admin/", "/admin/dynadmin/", "/admin/dynadmin/dynamicmodel/"])
def test_other_pages_lead_to_the_trash(browser, path):
    assert f'href="{LIST}"' in browser.get(path).content.decode()


def test_a_table_in_the_trash_leads_there(browser, event):
    page = browser.get(reverse("admin:dynadmin_dynamicmodel_delete", args=[event.pk]))
    url = reverse("admin:dynadmin_dynamicmodel_delete", args=[event.pk])
    response = browser.post(url, {"shown": page.context["shown"]}, follow=True)
    assert f'href="{LIST}"' in messages_of(response)[0]

    assert f'href="{LIST}"' in browser.get("/admin/tables/event/").content.decode().split("<main")[1]


# --- Who may ---

ALLOWED = {
    "nothing": ([], 403, 403, 403, 403),
    "view": (["view"], 200, 403, 403, 403),
    "change": (["change"], 200, 302, 403, 403),
    "add": (["view", "add"], 200, 403, 302, 403),
    "delete": (["view", "delete"], 200, 403, 403, 200),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_each_way_asks_for_its_permission(client, django_user_model, thrown_away, case):
    actions, *expected = ALLOWED[case]
    bob = django_user_model.objects.create_user("bob", is_staff=True)
    bob.user_permissions.set(
        Permission.objects.filter(codename__in=[f"{action}_dynamicmodel" for action in actions])
    )
    client.force_login(bob)
    field, table = thrown_away

    answers = [
        client.get(LIST),
        client.post(RESTORE, {"item": field}),
        client.post(RESTORE, {"item": table}),
        client.post(PURGE, {"item": [field, table]}),
    ]

    assert [answer.status_code for answer in answers] == expected
    page = answers[0].content.decode()
    assert ("Delete the chosen for good" in page) == ("delete" in actions)


def test_the_trash_is_for_those_who_are_logged_in(client, thrown_away):
    assert client.get(LIST).status_code == 302
    assert client.post(RESTORE, {"item": thrown_away[0]}).url.startswith("/admin/login/")


@pytest.mark.parametrize("path", [RESTORE, PURGE])
def test_nothing_happens_on_get(browser, thrown_away, path):
    assert browser.get(path, {"item": thrown_away}).status_code == 405
    assert len(trash()) == 2


# --- Restoring ---


def test_restoring_a_field_says_what_was_done_and_logs_it(browser, event, thrown_away):
    response = browser.post(RESTORE, {"item": thrown_away[0]}, follow=True)

    [message] = messages_of(response)
    assert "Restore field “Note” of “Events” with its values." in message
    assert 'href="/admin/tables/event/"' in message
    assert event.django_model.objects.get().note == "x"
    entry = LogEntry.objects.first()
    assert (entry.action_flag, entry.object_id) == (CHANGE, str(event.pk))
    assert SchemaRevision.objects.latest("pk").author.username == "admin"


def test_restoring_a_table_makes_it_listed_again(browser, thrown_away):
    response = browser.post(RESTORE, {"item": thrown_away[1]}, follow=True)

    assert "Restore table “Others” with its rows." in messages_of(response)[0]
    assert browser.get("/admin/tables/other/").status_code == 200
    assert LogEntry.objects.first().action_flag == ADDITION


def test_waiting_changes_are_linked(browser, event, tables, thrown_away):
    tables.add(event, draft="int")

    page = browser.post(RESTORE, {"item": thrown_away[0]}).content.decode()

    assert "wait to be applied" in page
    assert reverse("admin:dynadmin_dynamicmodel_plan", args=[event.pk]) in page
    assert len(trash()) == 2


@pytest.fixture
def required(tables):
    """A required field in the trash, and a row that was made without it."""
    table = tables.make("event", country="char", needed=("int", {"null": False, "blank": False}))
    table.django_model.objects.create(country="PL", needed=1)
    [needed] = retire(table, "needed")
    table.django_model.objects.create(country="DE")
    return table, f"c{needed}"


def values(table) -> dict:
    return dict(table.django_model.objects.values_list("country", "needed"))


def test_a_field_that_must_have_a_value_comes_back_as_one_that_need_not(browser, required):
    table, key = required
    asked = browser.post(RESTORE, {"item": key})
    assert "1 row of “Event” has none" in asked.content.decode()

    browser.post(RESTORE, {"item": key, "how": "optional"})

    assert values(table) == {"PL": 1, "DE": None}


def test_a_field_that_must_have_a_value_comes_back_with_one(browser, required):
    table, key = required
    refused = browser.post(RESTORE, {"item": key, "how": "value", "value": "many"})
    page = refused.content.decode()
    assert "does not fit" in page
    assert 'value="many"' in page

    browser.post(RESTORE, {"item": key, "how": "value", "value": "7"})

    assert values(table) == {"PL": 1, "DE": 7}


@pytest.mark.parametrize("how", ["", "x"])
def test_an_answer_that_is_none_is_asked_again(browser, required, how):
    _table, key = required

    assert browser.post(RESTORE, {"item": key, "how": how}).context["form"].errors
    assert len(trash()) == 1


@pytest.mark.parametrize("item", ["", "c999", "t0", "x", "c1'; DROP TABLE auth_user; --"])
def test_what_is_not_in_the_trash_is_not_restored(browser, thrown_away, item):
    response = browser.post(RESTORE, {"item": item}, follow=True)

    assert "not in the trash any more" in messages_of(response)[0]
    assert len(trash()) == 2


# --- Deleting for good ---


def test_what_goes_is_said_before_and_nothing_else_goes(browser, event, thrown_away):
    field, table = thrown_away
    page = browser.post(PURGE, {"item": [field]})
    assert "values: 1" in page.content.decode()
    assert len(trash()) == 2

    response = browser.post(PURGE, {"item": [field], "shown": page.context["shown"]}, follow=True)

    assert messages_of(response) == ["Delete field “Note” of “Events” with its values for good."]
    assert [item.key for item in trash()] == [table]
    assert field not in column_names(event.pk)
    assert "Deleted “Note” for good" in LogEntry.objects.first().change_message


def test_what_a_field_was_before_is_said_to_go_with_it(browser, event):
    event.fields.filter(name="country").update(type="text", options={})
    event.sync()
    page = browser.get(LIST).content.decode()
    assert "Values of a field of “Events” before its conversion" in page
    assert (
        reverse("admin:dynadmin_schemarevision_undo", args=[SchemaRevision.objects.latest("pk").pk]) in page
    )
    [country] = retire(event, "country")

    response = browser.post(PURGE, {"item": [f"c{country}_1"]})

    assert {line.item.key for line in response.context["lines"]} == {f"c{country}", f"c{country}_1"}
    browser.post(PURGE, {"item": [f"c{country}_1"], "shown": response.context["shown"]})
    assert trash() == ()


def test_a_table_that_goes_is_logged(browser, thrown_away):
    _field, table = thrown_away
    shown = browser.post(PURGE, {"item": [table]}).context["shown"]

    browser.post(PURGE, {"item": [table], "shown": shown})

    entry = LogEntry.objects.first()
    assert (entry.action_flag, entry.object_repr) == (DELETION, "Others")


@pytest.mark.parametrize("shown", ["", "-", "0" * 64])
def test_what_was_not_shown_is_not_deleted(browser, thrown_away, shown):
    browser.post(PURGE, {"item": thrown_away, "shown": shown})

    assert len(trash()) == 2


def test_what_was_restored_meanwhile_is_asked_about_again(browser, event, thrown_away):
    field, table = thrown_away
    shown = browser.post(PURGE, {"item": [field, table]}).context["shown"]
    restore_field(event.pk, int(field[1:]))

    response = browser.post(PURGE, {"item": [field, table], "shown": shown})

    assert "1 of what you chose is not in the trash any more" in messages_of(response)[0]
    assert "Nothing was deleted." in messages_of(response)[1]
    assert [line.item.key for line in response.context["lines"]] == [table]
    assert [item.key for item in trash()] == [table]


def test_nothing_chosen_is_said(browser, thrown_away):
    response = browser.post(PURGE, {}, follow=True)

    assert messages_of(response) == ["Choose what to delete for good first."]


def test_what_stands_in_the_way_of_a_purge_is_on_the_page(browser, event, thrown_away):
    field, _table = thrown_away
    run(f"CREATE VIEW report AS SELECT {field} FROM dyn_t{event.pk}")
    try:
        page = browser.post(PURGE, {"item": [field]})
        assert "drop report first" in page.content.decode()
        browser.post(PURGE, {"item": [field], "shown": page.context["shown"]})
        assert len(trash()) == 2
    finally:
        run("DROP VIEW report")


# --- Rebuilding ---


@pytest.mark.only_on("postgresql")
def test_a_table_that_runs_out_of_columns_is_told_and_rebuilt(browser, event):
    use_up(event, 1300)
    url = reverse("admin:dynadmin_trash_rebuild", args=[event.pk])
    page = browser.get(LIST).content.decode()
    assert "“Events” has used 1304 of 1600 columns" in page
    assert url in page
    assert "as 1300 that were deleted for good still count" in browser.get(url).content.decode()

    response = browser.post(url, follow=True)

    assert "Rebuild table “Events”" in messages_of(response)[0]
    assert "has used" not in response.content.decode()
    assert event.django_model.objects.get().note == "x"


@pytest.mark.only_on("sqlite")
def test_there_is_nothing_to_rebuild_on_sqlite(browser, event):
    url = reverse("admin:dynadmin_trash_rebuild", args=[event.pk])

    assert "nothing to rebuild" in browser.get(url).content.decode()
    assert SchemaRevision.objects.count() == 1
    browser.post(url)
    assert SchemaRevision.objects.count() == 1


def test_a_table_that_is_gone_is_not_rebuilt(browser, event):
    assert browser.get(reverse("admin:dynadmin_trash_rebuild", args=[999])).status_code == 404


def test_a_rebuild_asks_for_the_permission_to_change(client, django_user_model, event):
    bob = django_user_model.objects.create_user("bob", is_staff=True)
    bob.user_permissions.set(Permission.objects.filter(codename="view_dynamicmodel"))
    client.force_login(bob)

    assert client.post(reverse("admin:dynadmin_trash_rebuild", args=[event.pk])).status_code == 403
    assert DynamicModel.objects.exists()
    assert registry.newest.revision == SchemaRevision.objects.latest("pk").pk
