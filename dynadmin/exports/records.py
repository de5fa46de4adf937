"""FileExport: the record of an export that a worker writes, from its order until its file is deleted."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dynadmin.conf import conf
from dynadmin.imports.filejobs import FileJob
from dynadmin.jobs import Jobs, State

_SALT = "dynadmin.exports"


class Phase(models.TextChoices):
    """What an export is at."""

    WRITE = "write", _("Writing the file")


class Exports(Jobs):
    """Exports, by whose and of what they are."""

    def of(self, model: type[models.Model], author: object) -> "Exports":
        """Return a person's exports of the table of a model."""
        return self.filter(target=model._meta.label, author=author)

    def expired(self) -> "Exports":
        """Return those whose time is over."""
        oldest = timezone.now() - timedelta(hours=conf.EXPORT_KEEP_HOURS)
        return self.filter(finished_at__lt=oldest)


class FileExport(FileJob):
    """Rows of a list on their way into a file.

    ``query`` is the address of the list after its question mark, ``keys`` are those of the rows that were
    ticked in it (none: all), ``site`` is the admin on which it was seen. ``options`` are arguments of
    ``export_rows``, with fields by ids. The file is stored once it is whole.
    """

    word = "export"

    query = models.TextField(blank=True)
    keys = models.JSONField(default=list)
    site = models.CharField(max_length=80, default="admin")
    language = models.CharField(max_length=20, blank=True)
    options = models.JSONField(default=dict)

    phase = models.CharField(_("step"), max_length=10, choices=Phase, default=Phase.WRITE)

    objects = Exports.as_manager()

    class Meta(FileJob.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(fields=["author", "target"], name="dynadmin_export_author"),
            models.Index(
                fields=["state"],
                name="dynadmin_export_unfinished",
                condition=Q(state__in=("waiting", "running")),
            ),
        ]

    @property
    def stage(self) -> str:
        """What has become of it, in words."""
        if self.is_unfinished:
            return str(self.get_phase_display())
        if self.state == State.DONE:
            return str(_("Ready")) if self.is_ready else str(_("Expired"))
        return str(self.get_state_display())

    @property
    def expires_at(self) -> datetime | None:
        """When the link ends."""
        return self.finished_at and self.finished_at + timedelta(hours=conf.EXPORT_KEEP_HOURS)

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to be had."""
        is_over = self.expires_at is None or self.expires_at <= timezone.now()
        return self.state == State.DONE and bool(self.stored) and not is_over

    @property
    def token(self) -> str:
        """What a link to the file has to hold."""
        return signing.dumps([self.pk, self.stored], salt=_SALT)

    def is_told_by(self, token: str) -> bool:
        """Whether a link is one to this file, made in the time for which it is kept."""
        try:
            told = signing.loads(token, salt=_SALT, max_age=conf.EXPORT_KEEP_HOURS * 3600)
        except signing.BadSignature:
            return False
        return told == [self.pk, self.stored]
