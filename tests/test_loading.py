"""Rows into a table, the way that is fastest for what the table is like."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.loading import load_columns, loadable

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_indexed", [False, True])
def test_sqlite_is_given_many_rows_at_once_where_it_has_no_pages_of_indexes_to_save(is_indexed):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE loaded (n integer, t text)")
        if is_indexed:
            cursor.execute("CREATE INDEX loaded_t ON loaded (t)")
    as_loaded = loadable(connection)
    columns = [list(map(as_loaded, range(1_000))), [as_loaded(str(n % 7)) for n in range(1_000)]]

    with CaptureQueriesContext(connection) as queries:
        load_columns(connection, "loaded", ["n", "t"], columns)

    with connection.cursor() as cursor:
        cursor.execute("SELECT n, t FROM loaded ORDER BY n")
        assert cursor.fetchall() == [(n, str(n % 7)) for n in range(1_000)]
    if connection.vendor == "sqlite":
        [insert] = [query["sql"] for query in queries if "times: INSERT" in query["sql"]]
        assert (insert.count("(%s, %s)") == 1) == is_indexed
