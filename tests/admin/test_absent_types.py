"""Pages about tables with fields of a type that is not installed any more: they say so."""

import pytest
from django.db import connection
from django.urls import reverse

from dynadmin.fieldtypes import field_types
from dynadmin.models import DynamicField, SchemaRevision
from dynadmin.models.retired import trash
from dynadmin.registry import registry
from tests.admin.definition_page import page_url
from tests.admin.plan_page import draft
from tests.admin.test_revisions import revision_url
from tests.trash.retiring import retire

PURGE = reverse("admin:dynadmin_trash_purge")
SENTENCE = "There is no field type “ip”."


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def hosts(tables):
    """A table with an address, another in the trash, and one that was converted."""
    table = tables.make("hosts", label="Hosts", title="char", address="ip", old="ip", size="ip")
    table.django_model.objects.create(title="a")
    retire(table, "old")
    draft(table, "size", "char")
    table.sync(allow_destructive=True)
    return table


@pytest.fixture
def without_type(hosts, monkeypatch):
    """Take the type out of the program, as if its app was."""

    def take_out():
        monkeypatch.delitem(field_types._types, "ip")
        registry.refresh()

    return take_out


def change_type(table):
    return draft(table, "address", "char")


def change_another(table):
    return draft(table, "title", "int")


def remove(table):
    field = DynamicField.objects.get(model=table, name="address")
    pk, _deleted = field.pk, field.delete()
    return pk


PAGES = ["plan/rows/{}/", "plan/rows/{}.csv", "plan/rules/1/", "plan/rules/1.csv", "delete/", "history/"]


@pytest.mark.parametrize("change", [change_type, change_another, remove])
def test_no_page_of_a_plan_breaks(browser, hosts, without_type, change):
    field_id = change(hosts)
    without_type()

    for page in ["plan/", *PAGES]:
        url = page_url("plan", hosts.pk).replace("plan/", page.format(field_id))
        assert browser.get(url, follow=True).status_code == 200


def test_the_page_of_the_plan_says_what_is_missing(browser, hosts, without_type):
    change_type(hosts)
    without_type()

    assert SENTENCE in browser.get(page_url("plan", hosts.pk)).content.decode()


def test_what_cannot_be_applied_is_refused_in_words(browser, hosts, without_type):
    change_type(hosts)
    without_type()

    response = browser.post(page_url("plan", hosts.pk), {"_apply": "", "shown": "-"})

    assert response.status_code == 200
    assert SENTENCE in response.content.decode()


def test_every_revision_can_be_looked_at_and_asked_for_its_undo(browser, hosts, without_type):
    without_type()

    for revision in SchemaRevision.objects.all():
        for page in ("change", "undo"):
            assert browser.get(revision_url(page, revision.pk)).status_code == 200
        assert browser.post(revision_url("undo", revision.pk), {"shown": "-"}).status_code == 200


def test_a_part_of_such_a_table_is_not_purged_and_words_say_why(browser, hosts, without_type):
    without_type()
    keys = [item.key for item in trash()]
    assert len(keys) == 2

    for key in keys:
        shown = browser.post(PURGE, {"item": key})
        assert SENTENCE in shown.content.decode()
        refused = browser.post(PURGE, {"item": key, "shown": shown.context["shown"]})
        assert SENTENCE in refused.content.decode()
    assert [item.key for item in trash()] == keys


def test_a_whole_table_is_purged_all_the_same(browser, hosts, without_type):
    key = f"t{hosts.pk}"
    hosts.retire()
    without_type()
    shown = browser.post(PURGE, {"item": key}).context["shown"]

    browser.post(PURGE, {"item": key, "shown": shown})

    assert trash() == ()
    with connection.cursor() as cursor:
        assert f"dyn_t{hosts.pk}" not in connection.introspection.table_names(cursor)
