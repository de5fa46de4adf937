"""Where classes are made out of everybody's sight."""

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.db import models

from dynadmin.takenover import APP_LABEL


class ScratchApps(Apps):
    """A registry in which classes are made out of everybody's sight.

    The host project's models are found in the global registry; tables of analysts are not, as a class in use
    would be given the other side of a relation whose class may never be used.
    """

    def __init__(self) -> None:
        super().__init__(installed_apps=())

    def get_registered_model(self, app_label: str, model_name: str) -> type[models.Model]:
        if app_label != APP_LABEL:
            return global_apps.get_registered_model(app_label, model_name)
        try:
            return self.all_models[APP_LABEL][model_name.lower()]
        except KeyError:
            raise LookupError(f"{app_label}.{model_name} is not made yet.") from None

    def clear_cache(self) -> None:
        """Do nothing: nothing is cached here, and Django calls this once a class."""


def is_installed(label: str) -> bool:
    """Whether there is a static model of this label."""
    try:
        return bool(global_apps.get_registered_model(*label.split(".")))
    except LookupError:
        return False


def leave_scratch(model: type[models.Model]) -> None:
    """Make the class one of the global registry's, and let go of the scratch it was made in."""
    # Meta.apps would keep the scratch registry, and with it every class it ever saw, alive.
    model._meta.apps = global_apps
    model._meta.original_attrs.pop("apps", None)
