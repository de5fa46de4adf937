"""FileJob: what the records of imports and exports have in common, which are jobs with a file."""

from pathlib import Path

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.factory import APP_LABEL
from dynadmin.jobs import Job
from dynadmin.registry import registry
from dynadmin.transfer.uploads import kept_file


class FileJob(Job):
    """Rows on their way from a file into a table, or from a table into a file.

    ``target`` is the label of the model, as ``tables.T5``. ``stored`` names the file in the private
    directory, "" as long as there is none.
    """

    target = models.CharField(max_length=120, blank=True)
    file_name = models.CharField(_("file"), max_length=255)
    size = models.BigIntegerField(_("size in bytes"), default=0)
    stored = models.CharField(max_length=40, blank=True)

    class Meta(Job.Meta):
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return self.file_name

    @property
    def model(self) -> type[models.Model] | None:
        """The class of the table as this process has it now; None if there is none any more."""
        app_label, _dot, name = self.target.rpartition(".")
        if app_label == APP_LABEL and name[1:].isdecimal():
            return registry.current.models.get(int(name[1:]))
        try:
            return apps.get_model(self.target) if app_label else None
        except LookupError:
            return None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return kept_file(self.stored)

    @property
    def has_file(self) -> bool:
        """Whether the file is still there."""
        return bool(self.stored) and self.path.exists()

    def remove_file(self) -> None:
        """Delete the file; it does not matter if it is gone already."""
        if self.stored:
            self.path.unlink(missing_ok=True)
