"""``remove_stale_contenttypes``: Django's own, but for the content types of tables that are there.

Django takes each that has no class for stale. Tables in the trash have none, nor have those with a field of a
type that is not installed; and with its content type each would lose what was granted to groups.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.management.commands import remove_stale_contenttypes
from django.db import DEFAULT_DB_ALIAS

from dynadmin.factory import APP_LABEL, build_models
from dynadmin.registry import registry
from dynadmin.schema import Schema, TableSchema


class Command(remove_stale_contenttypes.Command):
    """Asks the revision in force which tables there are, and not this process which it serves."""

    def handle(self, **options: Any) -> None:
        """Do what Django does."""
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(**options)
            return
        registry.refresh()
        with _classes_for_all(registry.newest.schema):
            super().handle(**options)


@contextmanager
def _classes_for_all(schema: Schema) -> Iterator[None]:
    """Let each table that was not deleted for good have a class, if only one without fields."""
    config = apps.get_app_config(APP_LABEL)
    served = config.models
    bare = [TableSchema(id=t.id, name=t.name, label=t.label) for t in schema.tables.values() if not t.purged]
    stand_ins = {model._meta.model_name: model for model in build_models(bare).values()}
    config.models = {**stand_ins, **served}
    try:
        yield
    finally:
        config.models = served
