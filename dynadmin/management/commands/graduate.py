"""``graduate TABLE ... --app APP``: make tables that proved themselves models of an app, with their data."""

from argparse import ArgumentParser
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from django.apps import AppConfig, apps
from django.core.management.base import BaseCommand, CommandError
from django.core.management.utils import run_formatters
from django.db.migrations.loader import MigrationLoader

from dynadmin.graduation.graduate import Graduation, class_name_of, new_files, write
from dynadmin.graduation.modules import NewFile
from dynadmin.graduation.refusals import refusals
from dynadmin.registry import registry
from dynadmin.schema import TableSchema
from dynadmin.takenover import ordinary_models


class Command(BaseCommand):
    """Writes classes and a migration; the migration, when it is applied, takes the tables over."""

    help = (
        "Write a model class and a migration that take over a table as it is: rows, validation, choices, "
        "rules, grants and history. Nothing changes in the database before `migrate`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "tables", nargs="+", metavar="TABLE", help="The name of a table; several become models together."
        )
        parser.add_argument("--app", required=True, metavar="APP", help="The label of the app they go to.")
        parser.add_argument("--model", metavar="NAME", help="The name of the class, else as the table's.")
        parser.add_argument("--dry-run", action="store_true", help="Show the files; write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, or say why not."""
        app, tables = _app(options["app"]), [_table(name) for name in dict.fromkeys(options["tables"])]
        if options["model"] and len(tables) > 1:
            raise CommandError("--model is the name of one class: name one table with it.")
        loader = MigrationLoader(None)
        graduation = Graduation(
            schema=registry.newest.schema,
            app=app,
            names={table.id: name for table, name in self._unwritten(tables, app, options["model"], loader)},
            loader=loader,
        )
        if not graduation.names:
            return
        if problems := list(refusals(graduation)):
            raise CommandError("\n".join(problems))
        files = new_files(graduation)
        if options["dry_run"]:
            self._show(files)
            return
        write(files)
        run_formatters([str(files[-1].path)], stderr=self.stderr)  # the migration, which is all ours
        self._say(graduation, files)

    def _unwritten(
        self, tables: list[TableSchema], app: AppConfig, name: str | None, loader: MigrationLoader
    ) -> Iterator[tuple[TableSchema, str]]:
        """Yield the tables for which something is still to be written, with the names of their classes."""
        taken, known = ordinary_models(), loader.project_state().models
        for table in tables:
            model = taken.get(table.db_table)
            if model is None:
                yield table, name or class_name_of(table)
                continue
            options = model._meta
            if (options.app_label, options.model_name) in known:
                self.stdout.write(
                    f"{options.label} has the table. Hand it over: manage.py migrate {options.app_label}"
                )
            elif options.app_label != app.label:
                raise CommandError(
                    f"{options.label} has the table: graduate it with --app {options.app_label}."
                )
            else:
                yield table, options.object_name

    def _show(self, files: list[NewFile]) -> None:
        for file in files:
            old = file.path.read_text(encoding="utf-8") if file.path.exists() else ""
            lines = (old.splitlines(), file.text.splitlines())
            for line in unified_diff(*lines, str(file.path), str(file.path), lineterm=""):
                self.stdout.write(line)

    def _say(self, graduation: Graduation, files: list[NewFile]) -> None:
        for file in files:
            self.stdout.write(f"Wrote {file.path}")
        labels = ", ".join(f"“{table.label}”" for table in graduation.tables)
        stays = "stays as it is" if len(graduation.tables) == 1 else "stay as they are"
        self.stdout.write(
            f"Look at what was written. {labels} {stays} until: manage.py migrate {graduation.app.label}\n"
            "Then restart the processes that serve the project, and register what is new with the admin."
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
