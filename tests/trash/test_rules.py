"""Rules that went with a field come back with it, if its other fields are there and the rows allow it."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.urls import reverse

from dynadmin.exceptions import Obstructed
from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicConstraint, plan_all, restore_field, trash
from dynadmin.models.restoring import plan_restored_field
from dynadmin.plan import AddConstraint
from dynadmin.registry import registry
from tests.test_rules import add_rule
from tests.trash.retiring import retire

RESTORE = reverse("admin:dynadmin_trash_restore")


@pytest.fixture
def event(tables):
    """A table with a rule of each kind on two of its fields."""
    table = tables.make("event", label="Events", country="char", size="int", room="int", note="text")
    add_rule(table, "unique", "country", "size", label="Once a country")
    add_rule(table, "check", "size", operator="<", other="room")
    add_rule(table, "index", "room", "size")
    table.sync()
    table.django_model.objects.create(country="PL", size=1, room=9)
    return table


def rules(table) -> list:
    """Return the rules in force, which must be those of the draft too."""
    assert plan_all().is_empty
    assert list(find_drift(registry.newest.schema)) == []
    in_force = registry.newest.schema.tables[table.pk].constraints
    drafts = DynamicConstraint.objects.filter(model=table)
    assert [(rule.id, rule.label) for rule in in_force] == [(draft.pk, draft.label) for draft in drafts]
    return [rule.kind for rule in in_force]


def test_rules_that_went_with_a_field_come_back_with_it(event):
    before = registry.newest.schema.tables[event.pk]
    [size] = retire(event, "size")
    assert rules(event) == []
    words = restore_field(event.pk, size).operations

    assert len(words) == 4
    assert registry.newest.schema.tables[event.pk] == before
    assert rules(event) == ["unique", "check", "index"]
    with pytest.raises(IntegrityError), transaction.atomic():
        event.django_model.objects.create(country="PL", size=1, room=9)


@pytest.mark.parametrize("order", [["size", "room"], ["room", "size"]])
def test_a_rule_waits_for_the_last_of_its_fields(event, order):
    [size] = retire(event, "size")
    [room] = retire(event, "room")
    first, last = ({"size": size, "room": room}[name] for name in order)
    restore_field(event.pk, first)
    assert rules(event) == (["unique"] if first == size else [])

    restore_field(event.pk, last)
    assert sorted(rules(event)) == ["check", "index", "unique"]


def test_what_somebody_removed_stays_away(event):
    event.constraints.filter(kind="unique").delete()
    event.sync(allow_destructive=True)
    [size] = retire(event, "size")
    restore_field(event.pk, size)
    assert rules(event) == ["check", "index"]


def test_what_was_left_out_once_or_fits_no_more_stays_away(event):
    unique, check, _index = event.constraints.values_list("pk", flat=True)
    [size] = retire(event, "size")
    restore_field(event.pk, size, without=[unique, check])
    assert rules(event) == ["index"]
    retire(event, "size")
    event.fields.filter(name="room").update(type="json", options={})
    event.sync(allow_destructive=True)
    restore_field(event.pk, size)
    assert rules(event) == []


def test_what_was_made_again_does_not_come_back_twice(event):
    [size] = retire(event, "size")
    again = rule_ids(event, size)
    restore_field(event.pk, size, without=again)
    add_rule(event, "unique", "country", "size")
    event.sync()
    retire(event, "size")
    restore_field(event.pk, size)
    assert rules(event) == ["unique"]


@pytest.fixture
def broken(event):
    """A field in the trash, and rows that were edited since so that two of its rules are broken."""
    event.django_model.objects.create(country="DE", size=1, room=9)
    [size] = retire(event, "size")
    event.django_model.objects.update(country="PL")
    event.django_model.objects.filter(pk=1).update(room=0)
    return event, size


def test_rows_that_break_a_rule_keep_the_field_away_or_the_rule(broken):
    event, size = broken
    unique, check, index = rule_ids(event, size)
    with pytest.raises(Obstructed, match=r"2 rows of “Events” break the rule .* Rows: 1, 2"):
        restore_field(event.pk, size)
    with pytest.raises(Obstructed, match=r"1 row of “Events” breaks the rule .* Row: 1"):
        restore_field(event.pk, size, without=[unique])
    assert len(trash()) == 1

    restore_field(event.pk, size, without=[unique, check])
    assert rules(event) == ["index"]
    assert [rule.id for rule in registry.newest.schema.tables[event.pk].constraints] == [index]


def rule_ids(event, size):
    plan = plan_restored_field(event.pk, size)
    return [op.constraint.id for op in plan.operations if isinstance(op, AddConstraint)]


def test_the_page_shows_the_rows_and_asks_which_rules_to_do_without(broken, admin_client):
    event, size = broken
    unique, check, index = rule_ids(event, size)
    page = admin_client.post(RESTORE, {"item": f"c{size}"}).content.decode()
    assert "2 rows break this rule." in page
    assert "1 row breaks this rule." in page
    assert 'href="/admin/tables/event/1/change/"' in page
    assert "<code>PL</code>" in page
    assert f'name="without" value="{index}"' in page

    page = admin_client.post(RESTORE, {"item": f"c{size}", "without": [unique]}).content.decode()
    assert re.search(rf'value="{unique}"[^>]* checked', page)
    assert not re.search(rf'value="{check}"[^>]* checked', page)
    admin_client.post(RESTORE, {"item": f"c{size}", "without": [unique, check, "x", "9" * 5000]})
    assert rules(event) == ["index"]


def test_who_may_not_see_rows_is_shown_none_of_their_values(broken, client, django_user_model):
    _event, size = broken
    bob = django_user_model.objects.create_user("bob", is_staff=True)
    bob.user_permissions.set(Permission.objects.filter(codename="change_dynamicmodel"))
    client.force_login(bob)
    page = client.post(RESTORE, {"item": f"c{size}"}).content.decode()
    assert "2 rows break this rule." in page
    assert "<code>" not in page
