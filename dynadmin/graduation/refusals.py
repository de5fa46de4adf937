"""What keeps a table from becoming a model of an app, before anything is written."""

import keyword
import os
from collections.abc import Iterator
from pathlib import Path

from django.apps import AppConfig, apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from dynadmin.factory import APP_LABEL
from dynadmin.graduation.graduate import models_file
from dynadmin.graduation.modules import bindings_of
from dynadmin.models.drafting import waiting_tables
from dynadmin.schema import Schema, TableSchema

OURS = {"dynadmin", APP_LABEL}


def refusals(
    table: TableSchema, app: AppConfig, name: str, *, schema: Schema, loader: MigrationLoader
) -> Iterator[str]:
    """Yield a sentence for each thing that stands in the way."""
    yield from _of_name(app, name)
    yield from _of_app(app, loader)
    yield from _of_relations(table, schema)
    if list(waiting_tables(schema, [table.id])):
        yield f"“{table.label}” has changes that are not applied: apply or discard them first."


def _of_relations(table: TableSchema, schema: Schema) -> Iterator[str]:
    """Yield why neither side of a relation to another dynamic table can leave the other behind."""
    for other, field in schema.referring_to(table.id):
        yield (
            f"“{field.label}” of “{other.label}” refers to “{table.label}”, and tables made here "
            "cannot refer to a model that was one of them: delete that field first."
        )
    for field in table.relations:
        if field.target_table is not None or field.stored == "links":
            yield (
                f"“{field.label}” refers to rows of a table that stays here, or keeps its values in a table "
                "of links, which a model cannot take over: delete that field first."
            )


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
