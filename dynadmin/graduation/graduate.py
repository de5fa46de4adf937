"""From tables to the files that make them models of an app. Nothing is written here but by ``write``."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.apps import AppConfig
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter

from dynadmin.factory import build_models
from dynadmin.graduation.expressions import Imports
from dynadmin.graduation.fields import Labels, app_fields, as_referring_to_models, taken_labels
from dynadmin.graduation.here import digest_of
from dynadmin.graduation.modules import NewFile, bindings_of, with_class
from dynadmin.graduation.source import class_source, meta_options
from dynadmin.graduation.takeover import TakeOver, TakeOverTogether
from dynadmin.models import keyed
from dynadmin.schema import Schema, TableSchema
from dynadmin.takenover import ordinary_models

LONGEST_NAME = 60  # of what a migration is about
# Whose tables the operation writes to: their migrations have to come before.
NEEDED = ("contenttypes", "auth", "dynadmin")


@dataclass(frozen=True, kw_only=True)
class Graduation:
    """Tables of a schema in force that become models of an app.

    ``names`` are those of the classes, by the id of the table.
    """

    schema: Schema
    app: AppConfig
    names: Mapping[int, str]
    loader: MigrationLoader

    @property
    def tables(self) -> list[TableSchema]:
        return [self.schema.tables[id] for id in self.names]

    @cached_property
    def labels(self) -> Labels:
        """The labels of all models that have or get a table."""
        return taken_labels() | {id: f"{self.app.label}.{name}" for id, name in self.names.items()}


def class_name_of(table: TableSchema) -> str:
    """Return the name that a table suggests for its class."""
    return "".join(word.capitalize() for word in table.name.split("_"))


def models_file(app: AppConfig, name: str) -> Path:
    """Return the module of the app into which a class of this name goes."""
    package = Path(app.path) / "models"
    return package / f"{name.lower()}.py" if package.is_dir() else Path(app.path) / "models.py"


def new_files(graduation: Graduation) -> list[NewFile]:
    """Return the files to write, in the order in which they have to be written.

    A model without its migration is one that ``migrate`` does not know yet; a migration without its model
    would have the next ``makemigrations`` drop the table.
    """
    return [*new_modules(graduation), new_migration(graduation)]


def new_modules(graduation: Graduation) -> list[NewFile]:
    """Return the files with the classes that are not written yet, and what makes them known in a package."""
    texts: dict[Path, str] = {}
    taken = ordinary_models()
    for table in graduation.tables:
        if table.db_table not in taken:
            name = graduation.names[table.id]
            path = models_file(graduation.app, name)
            texts[path] = _with_class_of(table, name, graduation, _text_of(path, texts))
            if path.name != "models.py":
                package = path.with_name("__init__.py")
                line = f"from .{path.stem} import {name}"
                texts[package] = f"{_text_of(package, texts).rstrip()}\n{line}\n".lstrip()
    return [NewFile(path=path, text=text) for path, text in texts.items()]


def _text_of(path: Path, texts: Mapping[Path, str]) -> str:
    """Return the text of a file as it will be, as far as it is known."""
    return texts.get(path) or (path.read_text(encoding="utf-8") if path.exists() else "")


def _with_class_of(table: TableSchema, name: str, graduation: Graduation, text: str) -> str:
    imports = Imports(taken=bindings_of(text) | {name: ""})
    code = class_source(table, name, imports, labels=graduation.labels, schema=graduation.schema)
    return with_class(text, imports, code)


def new_migration(graduation: Graduation) -> NewFile:
    """Return the migration behind the newest one of the app."""
    app, graph = graduation.app, graduation.loader.graph
    leaves = graph.leaf_nodes(app.label)
    number = 1 + max((int(name[:4]) for _app, name in leaves if name[:4].isdecimal()), default=0)
    names = "_".join(graduation.names.values()).lower()[:LONGEST_NAME]
    migration = Migration(f"{number:04d}_take_over_{names}", app.label)
    migration.dependencies = [*leaves, *_needed(graduation)]
    migration.initial = None if leaves else True
    operations = [take_over(table, graduation) for table in graduation.tables]
    migration.operations = operations if len(operations) == 1 else [TakeOverTogether(operations)]
    writer = MigrationWriter(migration)
    return NewFile(path=Path(writer.path), text=writer.as_string())


def _needed(graduation: Graduation) -> list[tuple[str, str]]:
    """Return the newest migrations of other apps whose models are written to or referred to."""
    targets = (field.target for table in graduation.tables for field in _turned(table, graduation).relations)
    labels = dict.fromkeys([*NEEDED, *sorted(target.split(".")[0] for target in targets)])
    others = [label for label in labels if label != graduation.app.label]
    return [leaf for label in others for leaf in graduation.loader.graph.leaf_nodes(label)]


def _turned(table: TableSchema, graduation: Graduation) -> TableSchema:
    return as_referring_to_models(table, graduation.labels, graduation.schema)


def take_over(table: TableSchema, graduation: Graduation) -> TakeOver:
    """Return the operation that gives the table to its model."""
    model, turned = build_models([table])[table.id], _turned(table, graduation)
    return TakeOver(
        name=graduation.names[table.id],
        fields=list(app_fields(model, turned, graduation.labels)),
        options=meta_options(model),
        key=keyed(table).key,
        digest=digest_of(turned),
    )


def write(files: Iterable[NewFile]) -> None:
    """Write the files, each whole or not at all."""
    for file in files:
        if not file.path.parent.exists():
            file.path.parent.mkdir()
            (file.path.parent / "__init__.py").touch()
        part = file.path.with_name(f"{file.path.name}.{os.getpid()}.part")
        part.write_text(file.text, encoding="utf-8")
        part.replace(file.path)
