"""The app that holds the definitions and all that serves them."""

import logging
from importlib import import_module

from django.apps import AppConfig
from django.core import checks
from django.core.management import CommandError, get_commands
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

STALE = "remove_stale_contenttypes"


class DynadminConfig(AppConfig):
    """Definitions of tables and fields, and the record of what is in force."""

    name = "dynadmin"
    label = "dynadmin"
    verbose_name = _("Definitions")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Find those models too that stand above the definitions: the records of work with rows."""
        super().import_models()
        for records in ("imports.records", "exports.records"):
            import_module(f"dynadmin.{records}")

    def ready(self) -> None:
        """Wire, and touch no database."""
        # What is wired needs models, which can be imported once the apps are loaded: so in all of these.
        from dynadmin.checks import check_drift, check_installation

        autodiscover_modules("fieldtypes", "kinds")
        checks.register(check_installation, checks.Tags.models)
        checks.register(check_drift, checks.Tags.database)
        connection_created.connect(load_tables, dispatch_uid="dynadmin.load_tables")
        pre_migrate.connect(refuse_to_forget, sender=self, dispatch_uid="dynadmin.refuse_to_forget")
        # Of two apps with a command of one name the first in INSTALLED_APPS has it, and that may be Django's.
        if get_commands().get(STALE) == "django.contrib.contenttypes":
            get_commands()[STALE] = self.name


def load_tables(*, connection, **kwargs) -> None:
    """Know the tables as they are when a process connects, whatever runs in it.

    Commands, shells and workers ask no middleware: without the classes, deleting a user would not see the
    rows that refer to them. Asked each time, as another connection may be to another database, that of a
    test, and as a worker that connects for each task would else see for days what was there on the first.
    """
    from dynadmin.registry import registry

    if connection.alias != DEFAULT_DB_ALIAS:
        return
    try:
        registry.refresh()
    except DatabaseError:
        # A database older than this program; "migrate" must still be able to connect and mend that.
        logger.warning("The tables could not be loaded: run migrate.", exc_info=True)


def refuse_to_forget(*, using, plan=(), **kwargs) -> None:
    """Keep ``migrate dynadmin zero`` from taking away the record of tables that are there."""
    from dynadmin.executor.emptying import count_tables, tables_in_database

    goes = any(
        backwards and migration.app_label == DynadminConfig.label and migration.name.startswith("0001_")
        for migration, backwards in plan
    )
    if using == DEFAULT_DB_ALIAS and goes and (tables := tables_in_database()):
        number = count_tables(tables)
        raise CommandError(
            f"There are {number} dynamic tables in the database, and nobody could tell any more "
            "what is in them. Delete them in the admin, and for good (purgedynamic --older-than 0 --yes), or "
            "drop everything with flush. Nothing was done."
        )
