"""Tables that refer to each other are not torn apart by becoming models of an app."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dynadmin.graduation.refusals import refusals
from dynadmin.registry import registry


@pytest.mark.parametrize(("side", "words"), [(0, "refers to “Planes”"), (1, "a table that stays here")])
def test_neither_side_of_a_relation_becomes_a_model(fleet, side, words):
    schema = registry.newest.schema
    app, loader = apps.get_app_config("staticapp"), MigrationLoader(connection)

    found = " ".join(refusals(schema.tables[fleet[side].pk], app, "Thing", schema=schema, loader=loader))

    assert words in found
