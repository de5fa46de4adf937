"""What tests of real tables share: making them in one line, and leaving no trace of them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from tests import cleaning


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
    # Tables refer to each other.
    with connection.constraint_checks_disabled(), transaction.atomic():
        cleaning.execute(list(_dropping()))
        cleaning.delete_from(model._meta.db_table for model in apps.get_app_config("dynadmin").get_models())
        cleaning.delete_dynamic_grants()
    ContentType.objects.clear_cache()
    registry.refresh()


def _dropping() -> Iterator[str]:
    """Yield the statements that drop tables, and what was made with them."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_list(cursor)
        ours = [i.name for i in found if i.type != "v" and i.name.startswith(("dyn_t", "dyn_o", "dyn_m"))]
        if connection.vendor == "postgresql":
            yield "DROP SCHEMA IF EXISTS tables CASCADE"
            cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'dyn\\_%'")
            yield from [f"DROP FUNCTION {function} CASCADE" for (function,) in cursor.fetchall()]
            if ours:
                yield f"DROP TABLE {', '.join(ours)} CASCADE"
            return
    yield from [f"DROP VIEW {i.name}" for i in found if i.type == "v" and i.name.startswith("tables_")]
    yield from [f"DROP TABLE {name}" for name in ours]


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


def run_python(code: str, *arguments: str, **environment: str) -> str:
    """Run code in a process of its own; return what it printed. It must succeed."""
    done = _run("-c", code, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_manage(*arguments: str, typed: str | None = None, **environment: str) -> subprocess.CompletedProcess:
    """Run a management command in a process of its own, with what somebody types there."""
    return _run("-m", "django", *arguments, typed=typed, **environment)


def _run(*arguments: str, typed: str | None = None, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        env=process_environment() | environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )
