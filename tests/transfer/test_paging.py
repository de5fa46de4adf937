"""How many pages SQLite keeps in memory while a file is imported."""

import pytest
from django.db import connection

from dynadmin.transfer import import_rows, open_source
from tests.staticapp.models import Flight

pytestmark = pytest.mark.django_db


def kept():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        return cursor.fetchone()[0]


def test_an_import_keeps_more_pages_and_afterwards_as_many_as_before(write):
    if connection.vendor == "sqlite":
        path, before, seen = write("distance,carrier\n" + "5,UA\n" * 3), kept(), []

        result = import_rows(Flight, open_source(path), key=[], progress=lambda _rows: seen.append(kept()))

        assert result.is_saved
        assert seen == [-16_000]
        assert kept() == before
