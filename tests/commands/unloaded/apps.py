"""The app's wiring."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class UnloadedConfig(AppConfig):
    """Takes away what loads the tables. It has to stand behind dynadmin."""

    name = "tests.commands.unloaded"
    label = "unloaded"

    def ready(self):
        connection_created.disconnect(dispatch_uid="dynadmin.load_tables")
