"""What keeps tables from becoming models of an app, before anything is written."""

import keyword
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from dynadmin.factory import APP_LABEL
from dynadmin.graduation.graduate import Graduation, models_file
from dynadmin.graduation.modules import bindings_of
from dynadmin.models.drafting import waiting_tables
from dynadmin.plan import computed_from
from dynadmin.schema import TableSchema
from dynadmin.takenover import ordinary_models

OURS = {"dynadmin", APP_LABEL}


def refusals(graduation: Graduation) -> Iterator[str]:
    """Yield a sentence for each thing that stands in the way."""
    app, taken = graduation.app, ordinary_models()
    new = [table for table in graduation.tables if table.db_table not in taken]
    for table in new:
        yield from _of_name(app, graduation.names[table.id])
    yield from _of_twice([graduation.names[table.id] for table in new])
    if new:
        yield from _of_app(app, graduation.loader)
    yield from _of_relations(graduation)
    for table in waiting_tables(graduation.schema, list(graduation.names)):
        yield f"“{table.label}” has changes that are not applied: apply or discard them first."


def _of_twice(names: list[str]) -> Iterator[str]:
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            yield f"Two classes would be called {name!r}: graduate one of the tables first, with --model."


def _of_relations(graduation: Graduation) -> Iterator[str]:
    """Yield why tables cannot leave others behind: those they refer to, and those computed from them."""
    schema, going = graduation.schema, graduation.names
    for table in graduation.tables:
        for field in table.relations:
            if field.target_table is not None and field.target_table not in graduation.labels:
                other = schema.tables[field.target_table]
                yield (
                    f"“{field.label}” of “{table.label}” refers to “{other.label}”, a table that stays here. "
                    + _together(graduation, other)
                )
    for table, field in computed_from(schema, going):
        yield (
            f"“{field.label}” of “{table.label}” is computed from a table that would be gone: delete that "
            f"field first. Or: {_together(graduation, table)}"
        )


def _together(graduation: Graduation, other: TableSchema) -> str:
    """Return the command after which a table and all that it refers to are models as well."""
    schema = graduation.schema
    found: dict[int, None] = {}
    waiting = [*graduation.names, other.id]
    while waiting:
        id = waiting.pop(0)
        if id not in found and (id in graduation.names or id not in graduation.labels):
            found[id] = None
            waiting += sorted(schema.tables[id].targets)
    names = " ".join(schema.tables[id].name for id in found)
    return f"Graduate them together: manage.py graduate {names} --app {graduation.app.label}"


def _of_name(app: AppConfig, name: str) -> Iterator[str]:
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or "__" in name:
        yield f"{name!r} cannot be the name of a class: give another one with --model."
        return
    path = models_file(app, name)
    here = bindings_of(path.read_text(encoding="utf-8")) if path.exists() else {}
    if name.lower() in app.models or name in here:
        yield f"The app {app.label!r} has something called {name!r} already: give another name with --model."


def _of_app(app: AppConfig, loader: MigrationLoader) -> Iterator[str]:
    path = Path(app.path)
    if app.label in OURS or {"site-packages", "dist-packages"} & set(path.parts):
        yield f"The app {app.label!r} is not this project's own: choose one of its apps."
        return
    module, _explicit = MigrationLoader.migrations_module(app.label)
    if module is None:
        yield f"Migrations of the app {app.label!r} are switched off in MIGRATION_MODULES."
        return
    for folder in {path, path / "models", path / "migrations"}:
        if folder.exists() and not os.access(folder, os.W_OK):
            yield f"{folder} cannot be written to."
    if len(loader.graph.leaf_nodes(app.label)) > 1:
        yield f"The app {app.label!r} has migrations that conflict: run makemigrations --merge first."
    elif _has_changes(app, loader):
        yield f"The app {app.label!r} has changes without a migration: run makemigrations {app.label} first."


def _has_changes(app: AppConfig, loader: MigrationLoader) -> bool:
    only = {app.label}
    # Without being told of it three times, Django passes over an app that never had a migration.
    asked = MigrationQuestioner(specified_apps=only)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps), asked)
    return app.label in detector.changes(graph=loader.graph, trim_to_apps=only, convert_apps=only)
