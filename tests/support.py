"""What tests of real tables share: making them in one line, and leaving no trace of them."""

import os
import re
import subprocess
import sys

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from dynadmin.models import (
    DynamicConstraint,
    DynamicField,
    DynamicModel,
    RowChange,
    SchemaChange,
    SchemaRevision,
)
from dynadmin.registry import registry


class Tables:
    """Makes tables: ``tables.make("flights", carrier=("char", {"max_length": 2}), distance="int")``."""

    def define(
        self, name: str, *, label: str = "", folder: str = "", of_kind: str = "plain", **fields
    ) -> DynamicModel:
        """Return a definition that is not applied yet."""
        table = DynamicModel.objects.create(name=name, label=label, folder=folder, kind=of_kind)
        self.add(table, **fields)
        return table

    def make(self, name: str, **arguments) -> DynamicModel:
        """Return a definition that is applied."""
        table = self.define(name, **arguments)
        table.sync()
        return table

    def add(self, table: DynamicModel, **fields) -> None:
        """Add fields to a definition; a field is a type's slug, or a pair of slug and options."""
        start = table.fields.count()
        for position, (name, spec) in enumerate(fields.items(), start=start):
            slug, options = (spec, {}) if isinstance(spec, str) else spec
            DynamicField.objects.create(model=table, name=name, type=slug, options=options, position=position)


def without_tokens(html: str) -> str:
    """Return a page without what is made at random for each: any short word may turn up in it by chance."""
    return re.sub(r"[\w:-]{32,}", "", html)


def drop_everything() -> None:
    """Take all dynamic tables out of the database, physically, and out of this process."""
    with connection.cursor() as cursor:
        names = connection.introspection.get_table_list(cursor)
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA IF EXISTS tables CASCADE")
            cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'dyn\\_%'")
            for (function,) in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION {function} CASCADE")
        for info in names:
            if info.type == "v" and info.name.startswith("tables_"):
                cursor.execute(f'DROP VIEW "{info.name}"')
        with connection.constraint_checks_disabled():  # tables refer to each other
            for info in names:
                if info.type != "v" and info.name.startswith(("dyn_t", "dyn_o", "dyn_m")):
                    cascade = "CASCADE" if connection.vendor == "postgresql" else ""
                    cursor.execute(f'DROP TABLE "{info.name}" {cascade}')
    DynamicConstraint.objects.all().delete()
    SchemaChange.objects.all().delete()
    DynamicField.objects.all().delete()
    DynamicModel.objects.all().delete()
    SchemaRevision.objects.all().delete()
    RowChange.objects.all().delete()
    ContentType.objects.filter(app_label="tables").delete()
    ContentType.objects.clear_cache()
    registry.refresh()


def process_environment() -> dict[str, str]:
    """Return the environment of a new process that works on this test's database."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.process_settings",
        "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"]),
    }


def manage(*arguments: str, **environment: str) -> str:
    """Run a management command in a process of its own; return what it printed. It must succeed."""
    done = run_manage(*arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_manage(*arguments: str, typed: str | None = None, **environment: str) -> subprocess.CompletedProcess:
    """Run a management command in a process of its own, with what somebody types there."""
    command = [sys.executable, "-W", "error", "-m", "django", *arguments]
    return subprocess.run(
        command,
        env=process_environment() | environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )
