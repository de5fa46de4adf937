"""What a database administrator granted on the view of a table, through changes of the table."""

import pytest
from django.db import connection

pytestmark = pytest.mark.only_on("postgresql")


def run(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def reader(tables):
    """A role of the server, under a name that tests on other databases do not use."""
    role = f"reader_of_{connection.settings_dict['NAME']}"
    run(f"CREATE ROLE {role}")
    yield role
    run(f"DROP OWNED BY {role}")
    run(f"DROP ROLE {role}")


def may(role: str, privilege: str, view: str, column: str = "") -> bool:
    question = f"has_table_privilege('{role}', '{view}', '{privilege}')"
    if column:
        question = f"has_column_privilege('{role}', '{view}', '{column}', '{privilege}')"
    return run(f"SELECT {question}") == [(True,)]


def test_grants_stay_under_new_names(tables, reader):
    event = tables.make("event", country="char", size="int", note="text")
    run(f"GRANT UPDATE ON tables.event TO {reader}")
    run(f"GRANT SELECT (id, country, note) ON tables.event TO {reader}")
    event.name = "happening"
    event.save()
    event.fields.filter(name="country").update(name="nation")
    event.fields.filter(name="note").delete()
    event.sync(allow_destructive=True)

    assert may(reader, "UPDATE", "tables.happening")
    readable = [c for c in ("id", "nation", "size") if may(reader, "SELECT", "tables.happening", c)]
    assert readable == ["id", "nation"]


def test_a_table_of_a_name_used_before_inherits_no_grant_on_its_view(tables, reader):
    first = tables.make("salary", amount="decimal")
    run(f"GRANT SELECT ON tables.salary TO {reader}")
    first.retire()
    tables.make("salary", amount="decimal")

    assert not may(reader, "SELECT", "tables.salary")
