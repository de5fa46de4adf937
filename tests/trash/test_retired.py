"""What is in the trash, since when, and who put it there."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.models import SchemaRevision, restore_table
from dynadmin.models.retired import trash
from tests.trash.retiring import retire


def summary():
    return [(item.kind, item.key, item.label, item.table.label) for item in trash()]


def test_the_newest_comes_first_with_who_and_when(tables, django_user_model):
    ada = django_user_model.objects.create_user("ada")
    event, other = tables.make("event", a="char", b="char"), tables.make("other", x="char")
    [b] = retire(event, "b")
    other_id = other.pk
    other.retire(user=ada)

    assert summary() == [("table", f"t{other_id}", "Other", "Other"), ("field", f"c{b}", "B", "Event")]
    newest = trash()[0]
    assert (newest.who, newest.when) == (ada, SchemaRevision.objects.latest("pk").created_at)
    assert newest.expires == newest.when + timedelta(days=30)
    assert trash()[1].who is None


def test_nothing_in_it_is_nothing(tables):
    tables.make("event", a="char")

    assert trash() == ()


def test_the_fields_of_a_retired_table_are_part_of_it(tables):
    event = tables.make("event", a="char", b="char")
    retire(event, "b")
    pk = event.pk
    event.retire()
    assert [item.key for item in trash()] == [f"t{pk}"]
    restore_table(pk)

    assert [item.label for item in trash()] == ["B"]


def test_the_number_of_queries_does_not_grow(tables):
    event = tables.make("event", **{f"a{number}": "char" for number in range(8)})
    retire(event, "a1")
    with CaptureQueriesContext(connection) as few:
        trash()
    for number in range(2, 8):
        retire(event, f"a{number}")
    with CaptureQueriesContext(connection) as many:
        trash()

    assert len(many) == len(few)
