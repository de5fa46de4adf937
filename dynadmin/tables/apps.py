"""An app of their own, so that a table may bear any name without meeting dynadmin's models."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TablesConfig(AppConfig):
    """Owner of the content types, permissions and admin pages of all dynamic tables."""

    name = "dynadmin.tables"
    label = "tables"
    verbose_name = _("Tables")
    default_auto_field = "django.db.models.BigAutoField"
