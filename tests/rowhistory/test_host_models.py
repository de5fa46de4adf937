"""Models of the host project are deleted as fast as ever, whatever tables refer to them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models.deletion import Collector
from django.test.utils import CaptureQueriesContext

from tests.rowhistory.told import told


@pytest.fixture
def note(tables):
    """A table whose rows go with a user; no row refers to them."""
    return tables.make(
        "note", text="char", who=("foreignkey", {"target": "auth.User", "on_delete": "cascade"})
    )


@pytest.mark.parametrize("model", [Session, LogEntry])
def test_what_no_table_refers_to_goes_in_one_statement(note, model, django_assert_num_queries):
    rows = model.objects.all()

    assert Collector(using="default", origin=rows).can_fast_delete(rows)
    with transaction.atomic(), django_assert_num_queries(1):
        rows.delete()


def test_rows_that_go_with_a_user_are_noted_by_one_statement_however_many(note):
    def queries(name, count):
        user = User.objects.create_user(name)
        note.django_model.objects.bulk_create(note.django_model(text=name, who=user) for _ in range(count))
        with CaptureQueriesContext(connection) as asked:
            user.delete()
        return len(asked)

    assert queries("ada", 1) == queries("bob", 50)
    assert [change[0] for change in told(note)].count("deleted") == 51
