"""From a table to the files that make it a model of an app. Nothing is written here but by ``write``."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.apps import AppConfig
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from dynadmin.factory import build_models
from dynadmin.graduation.expressions import Imports
from dynadmin.graduation.here import digest_of
from dynadmin.graduation.modules import NewFile, bindings_of, with_class
from dynadmin.graduation.source import class_source, meta_options
from dynadmin.graduation.takeover import TakeOver
from dynadmin.models import keyed
from dynadmin.schema import TableSchema

# Whose tables the operation writes to: their migrations have to come before.
NEEDED = ("contenttypes", "auth", "dynadmin")


def class_name_of(table: TableSchema) -> str:
    """Return the name that a table suggests for its class."""
    return "".join(word.capitalize() for word in table.name.split("_"))


def models_file(app: AppConfig, name: str) -> Path:
    """Return the module of the app into which a class of this name goes."""
    package = Path(app.path) / "models"
    return package / f"{name.lower()}.py" if package.is_dir() else Path(app.path) / "models.py"


def new_files(table: TableSchema, app: AppConfig, name: str, *, loader: MigrationLoader) -> list[NewFile]:
    """Return the files to write for a table in force, in the order in which they have to be written.

    A model without its migration is one that ``migrate`` does not know yet; a migration without its model
    would have the next ``makemigrations`` drop the table.
    """
    return [*new_module(table, app, name), new_migration(table, app, name, loader=loader)]


def new_module(table: TableSchema, app: AppConfig, name: str) -> list[NewFile]:
    """Return the file with the class, and the one that makes it known where models are a package."""
    path = models_file(app, name)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    imports = Imports(taken=bindings_of(text) | {name: ""})
    code = class_source(table, name, imports)
    files = [NewFile(path=path, text=with_class(text, imports, code))]
    if path.name != "models.py":
        package = path.with_name("__init__.py")
        known = package.read_text(encoding="utf-8") if package.exists() else ""
        line = f"from .{path.stem} import {name}"
        files.append(NewFile(path=package, text=f"{known.rstrip()}\n{line}\n".lstrip()))
    return files


def new_migration(table: TableSchema, app: AppConfig, name: str, *, loader: MigrationLoader) -> NewFile:
    """Return the migration behind the newest one of the app."""
    leaves = loader.graph.leaf_nodes(app.label)
    number = 1 + max((int(name[:4]) for _app, name in leaves if name[:4].isdecimal()), default=0)
    migration = Migration(f"{number:04d}_take_over_{name.lower()}", app.label)
    needed = [leaf for label in NEEDED for leaf in loader.graph.leaf_nodes(label)]
    migration.dependencies = [*leaves, *needed]
    migration.initial = None if leaves else True
    migration.operations = [take_over(table, name)]
    writer = MigrationWriter(migration)
    return NewFile(path=Path(writer.path), text=writer.as_string())


def take_over(table: TableSchema, name: str) -> TakeOver:
    """Return the operation that gives the table to a model of this name."""
    model = build_models([table])[table.id]
    fields = [(field.name, field.clone()) for field in model._meta.local_fields]
    told = {"key": keyed(table).key, "digest": digest_of(table)}
    return TakeOver(name=name, fields=fields, options=meta_options(model), **told)


def write(files: Iterable[NewFile]) -> None:
    """Write the files, each whole or not at all."""
    for file in files:
        if not file.path.parent.exists():
            file.path.parent.mkdir()
            (file.path.parent / "__init__.py").touch()
        part = file.path.with_name(f"{file.path.name}.{os.getpid()}.part")
        part.write_text(file.text, encoding="utf-8")
        part.replace(file.path)
