"""The app that holds the definitions and all that serves them."""

import logging

from django.apps import AppConfig
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, DatabaseError
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class DynadminConfig(AppConfig):
    """Definitions of tables and fields, and the record of what is in force."""

    name = "dynadmin"
    label = "dynadmin"
    verbose_name = _("Definitions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Wire, and touch no database."""
        from dynadmin.checks import check_drift, check_installation

        autodiscover_modules("fieldtypes", "kinds")
        checks.register(check_installation, checks.Tags.models)
        checks.register(check_drift, checks.Tags.database)
        connection_created.connect(load_tables, dispatch_uid="dynadmin.load_tables")


def load_tables(*, connection, **kwargs) -> None:
    """Know the tables from a process's first connection on, whatever runs in it.

    Commands and shells ask no middleware. Without the classes, deleting a user would not see the rows that
    refer to them, and ``remove_stale_contenttypes`` would take every table for gone, and its grants with it.
    """
    from dynadmin.registry import registry

    if connection.alias != DEFAULT_DB_ALIAS or registry.newest.revision:
        return
    try:
        registry.refresh()
    except DatabaseError:
        # A database older than this program; "migrate" must still be able to connect and mend that.
        logger.warning("The tables could not be loaded: run migrate.", exc_info=True)
