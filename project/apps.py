"""The ready-made installation as an app, so that Django finds its commands."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Carries the commands that prepare an installation."""

    name = "project"
