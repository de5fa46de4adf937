"""The app that holds the definitions and all that serves them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DynadminConfig(AppConfig):
    """Definitions of tables and fields, and the record of what is in force."""

    name = "dynadmin"
    label = "dynadmin"
    verbose_name = _("Definitions")
    default_auto_field = "django.db.models.BigAutoField"
