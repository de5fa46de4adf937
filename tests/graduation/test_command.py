"""``graduate``: what it refuses before it writes anything, and where it writes."""

from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

from dynadmin.graduation.graduate import Graduation, class_name_of, models_file, new_files, write
from dynadmin.graduation.modules import NewFile
from dynadmin.models import DynamicField
from dynadmin.registry import registry


@pytest.fixture
def flights(tables):
    return tables.make("flights", carrier="char")


def refusal(table: str = "flights", app: str = "staticapp", **options) -> str:
    with pytest.raises(CommandError) as failure:
        call_command("graduate", table, app=app, stdout=StringIO(), dry_run=True, **options)
    return str(failure.value)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"table": "ghost"}, "There is no table 'ghost'"),
        ({"app": "ghost"}, "No installed app with label 'ghost'."),
        ({"app": "auth"}, "The app 'auth' is not this project's own"),
        ({"app": "dynadmin"}, "The app 'dynadmin' is not this project's own"),
        ({"app": "tables"}, "The app 'tables' is not this project's own"),
        ({"model": "class"}, "'class' cannot be the name of a class"),
        ({"model": "a b"}, "'a b' cannot be the name of a class"),
        ({"model": "_Flight"}, "'_Flight' cannot be the name of a class"),
        ({"model": "Maker"}, "has something called 'Maker' already"),
        ({"model": "models"}, "has something called 'models' already"),
        ({}, "The app 'staticapp' has changes without a migration: run makemigrations staticapp first"),
    ],
)
def test_what_cannot_be_is_said(flights, arguments, expected):
    assert expected in refusal(**arguments)


def test_changes_that_wait_are_not_lost(flights):
    DynamicField.objects.create(model=flights, name="year", type="int", position=9)

    assert "“Flights” has changes that are not applied: apply or discard them first." in refusal()


def test_a_retired_table_does_not_graduate(flights):
    flights.retire()

    assert "There is no table 'flights'" in refusal()


@pytest.mark.parametrize(("name", "expected"), [("flights", "Flights"), ("tail_numbers_2", "TailNumbers2")])
def test_a_class_is_called_as_the_table(tables, name, expected):
    table = tables.make(name, carrier="char")
    registry.refresh()

    assert class_name_of(registry.newest.schema.tables[table.pk]) == expected


# --- Where it writes ---


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The app of the tests' own models, as if it stood somewhere else."""
    app = apps.get_app_config("staticapp")
    monkeypatch.setattr(app, "path", str(tmp_path))
    return app


def files_for(table, app) -> list[NewFile]:
    registry.refresh()
    loader = MigrationLoader(None)
    schema = registry.newest.schema
    return new_files(Graduation(schema=schema, app=app, names={table.pk: "Flight"}, loader=loader))


def test_the_class_goes_behind_what_is_there(flights, app, tmp_path):
    (tmp_path / "models.py").write_text("from django.db import models\n\nX = 1\n")

    module, migration = files_for(flights, app)

    assert module.path == tmp_path / "models.py"
    imports = "from django.db import models\nfrom dynadmin.fieldtypes import fields\n"
    assert module.text.startswith(f"{imports}\n\nX = 1\n\n\nclass Flight(models.Model):")
    assert migration.path.name == "0001_take_over_flight.py"
    assert "dynadmin.graduation.takeover.TakeOver(" in migration.text


def test_where_models_are_a_package_it_gets_a_module_of_its_own(flights, app, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("from .plane import Plane\n")

    module, package, _migration = files_for(flights, app)

    assert models_file(app, "Flight") == module.path == tmp_path / "models" / "flight.py"
    assert package.text == "from .plane import Plane\nfrom .flight import Flight\n"


def test_files_are_written_whole_and_folders_made(tmp_path):
    path = tmp_path / "migrations" / "0001_x.py"

    write([NewFile(path=path, text="x = 'ü'\n")])

    assert path.read_text(encoding="utf-8") == "x = 'ü'\n"
    assert sorted(p.name for p in Path(path.parent).iterdir()) == ["0001_x.py", "__init__.py"]
