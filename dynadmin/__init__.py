"""Tables that people define in the Django admin, served as ordinary Django models."""

__version__ = "0.1.0"

APPS = [
    "dynadmin",
    "dynadmin.tables",
    "django_jsonform",
    "import_export",
    "rest_framework",
    "rest_framework.authtoken",
    "django_tasks_db",
]
"""What a host project adds to its INSTALLED_APPS: itself, and the apps it stands on."""
