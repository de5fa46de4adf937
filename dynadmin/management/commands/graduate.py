"""``graduate TABLE --app APP``: make a table that proved itself a model of an app, with its data as it is."""

from argparse import ArgumentParser
from difflib import unified_diff
from typing import Any

from django.apps import AppConfig, apps
from django.core.management.base import BaseCommand, CommandError
from django.core.management.utils import run_formatters
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model

from dynadmin.factory import ordinary_models
from dynadmin.graduation.graduate import class_name_of, new_files, new_migration, write
from dynadmin.graduation.modules import NewFile
from dynadmin.graduation.refusals import refusals
from dynadmin.registry import registry
from dynadmin.schema import TableSchema


class Command(BaseCommand):
    """Writes a class and a migration; the migration, when it is applied, takes the table over."""

    help = (
        "Write a model class and a migration that take over a table as it is: rows, validation, choices, "
        "rules, grants and history. Nothing changes in the database before `migrate`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", help="The name of the table.")
        parser.add_argument("--app", required=True, metavar="APP", help="The label of the app it goes to.")
        parser.add_argument("--model", metavar="NAME", help="The name of the class, else as the table's.")
        parser.add_argument("--dry-run", action="store_true", help="Show the files; write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, or say why not."""
        app, table = _app(options["app"]), _table(options["table"])
        loader = MigrationLoader(None)
        if model := ordinary_models().get(table.db_table):
            files = self._rest(table, model, loader)
        else:
            name = options["model"] or class_name_of(table)
            schema = registry.newest.schema
            if problems := list(refusals(table, app, name, schema=schema, loader=loader)):
                raise CommandError("\n".join(problems))
            files = new_files(table, app, name, loader=loader)
        if options["dry_run"]:
            self._show(files)
        elif files:
            write(files)
            run_formatters([str(files[-1].path)], stderr=self.stderr)  # the migration, which is all ours
            self._say(table, app, files)

    def _rest(self, table: TableSchema, model: type[Model], loader: MigrationLoader) -> list[NewFile]:
        """Return what is still to be written for a model that has the table: its migration, or nothing."""
        options, app = model._meta, model._meta.app_config
        if (options.app_label, options.model_name) not in loader.project_state().models:
            return [new_migration(table, app, options.object_name, loader=loader)]
        self.stdout.write(
            f"{options.label} has the table. Hand it over: manage.py migrate {options.app_label}"
        )
        return []

    def _show(self, files: list[NewFile]) -> None:
        for file in files:
            old = file.path.read_text(encoding="utf-8") if file.path.exists() else ""
            lines = (old.splitlines(), file.text.splitlines())
            for line in unified_diff(*lines, str(file.path), str(file.path), lineterm=""):
                self.stdout.write(line)

    def _say(self, table: TableSchema, app: AppConfig, files: list[NewFile]) -> None:
        for file in files:
            self.stdout.write(f"Wrote {file.path}")
        self.stdout.write(
            f"Look at what was written. “{table.label}” stays as it is until: manage.py migrate {app.label}\n"
            "Then restart the processes that serve it, and register the class with the admin."
        )


def _app(label: str) -> AppConfig:
    try:
        return apps.get_app_config(label)
    except LookupError as error:
        raise CommandError(str(error)) from error


def _table(name: str) -> TableSchema:
    registry.refresh()
    schema = registry.newest.schema
    try:
        return schema.table_named(name)
    except KeyError:
        released = (t for t in schema.tables.values() if t.name == name and t.released)
        if table := next(released, None):
            raise CommandError(f"The table {name!r} was handed over to {table.released}.") from None
        raise CommandError(f"There is no table {name!r}: name one that is in force.") from None
