"""The models of apps that have taken over the table of an analyst."""

from django.apps import apps
from django.db import models

APP_LABEL = "tables"
TABLE_PREFIX = "dyn_t"


def ordinary_models() -> dict[str, type[models.Model]]:
    """Return the models of apps that have taken over a dynamic table, by the name of that table.

    One that Django does not manage only looks on.
    """
    if not apps.models_ready:
        return {}
    managed = (m for m in apps.get_models() if m._meta.managed and not m._meta.proxy)
    ordinary = (model for model in managed if model._meta.app_label != APP_LABEL)
    return {m._meta.db_table: m for m in ordinary if m._meta.db_table.startswith(TABLE_PREFIX)}
