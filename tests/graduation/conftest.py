"""Databases of their own for projects of their own, on the engine of the session."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection

from tests.graduation.project import Project

KEPT = {"ENGINE", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS"}


@pytest.fixture
def new_database(transactional_db, tmp_path) -> Iterator:
    """`new_database()`: the settings of an empty database."""
    made = []

    def new_database() -> dict:
        name = f"graduation_{uuid4().hex[:12]}"
        settings = {k: v for k, v in connection.settings_dict.items() if k in KEPT}
        if connection.vendor == "sqlite":
            return settings | {"NAME": str(tmp_path / name)}
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return settings | {"NAME": name}

    yield new_database
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def project(new_database, tmp_path) -> Project:
    """A project on an empty database."""
    path = tmp_path / "project"
    path.mkdir()
    return Project(path, new_database())
