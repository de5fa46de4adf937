"""The app of the ordinary models."""

from django.apps import AppConfig


class StaticAppConfig(AppConfig):
    """Has no migrations: the tests' database gets its tables at once."""

    name = "tests.staticapp"
    label = "staticapp"
    default_auto_field = "django.db.models.BigAutoField"
