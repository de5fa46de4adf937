"""FileImport: the record of an import, from the upload of its file to its undoing."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dynadmin.imports.filejobs import FileJob
from dynadmin.jobs import Jobs, State


class Phase(models.TextChoices):
    """What an import is at, or has ended with."""

    UPLOAD = "upload", _("Uploaded")
    CHECK = "check", _("Checking")
    IMPORT = "import", _("Importing")
    BACK = "back", _("Taking everything back")
    UNDO = "undo", _("Undoing")


_STAGES = {
    (Phase.UPLOAD, State.DONE): _("Uploaded"),
    (Phase.CHECK, State.DONE): _("Checked, not imported"),
    (Phase.CHECK, State.FAILED): _("Cannot be imported as chosen"),
    (Phase.CHECK, State.CANCELLED): _("Check cancelled"),
    (Phase.IMPORT, State.DONE): _("Imported"),
    (Phase.UNDO, State.DONE): _("Undone"),
    (Phase.UNDO, State.FAILED): _("Imported, could not be undone"),
}

# Whose rows are in the table.
IMPORTED = Q(phase=Phase.IMPORT, state=State.DONE) | Q(phase=Phase.UNDO, state=State.FAILED)


class Imports(Jobs):
    """Imports, by what has become of them."""

    def into(self, model: type[models.Model]) -> "Imports":
        """Return the imports into the table of a model."""
        return self.filter(target=model._meta.label)

    def carried_out(self) -> "Imports":
        """Return those that were at least begun: what is only uploaded or checked has changed nothing."""
        return self.exclude(phase__in=(Phase.UPLOAD, Phase.CHECK))

    def of_the_same_file(self, job: "FileImport") -> "Imports":
        """Return those whose rows are in the table, of a file that is to the byte that of another import."""
        same = self.filter(IMPORTED, target=job.target, sha256=job.sha256)
        return same.exclude(pk=job.pk) if job.sha256 else self.none()

    def unconfirmed(self) -> "Imports":
        """Return those that wait for a person, and have changed nothing."""
        return self.filter(phase__in=(Phase.UPLOAD, Phase.CHECK)).exclude(
            state__in=(State.WAITING, State.RUNNING)
        )


class FileImport(FileJob):
    """Rows of a file into a table. It waits for a person in the states of the phases UPLOAD and CHECK.

    ``target`` is "" while the table is still to be made. ``reading`` is how the file is opened, ``plan`` and
    ``options`` how its rows are taken, with fields by ids; ``checked`` what the check has found, ``totals``
    what was done. ``position`` is the line of the last row that is committed, and how long the
    file of refused rows was then. ``checks`` counts the checks: who confirms says which one they have seen.
    """

    too_late = (Phase.UNDO,)
    taking_back = Phase.BACK
    word = "import"

    sha256 = models.CharField(_("checksum"), max_length=64, blank=True)
    headers = models.CharField(max_length=64, blank=True)

    phase = models.CharField(_("step"), max_length=10, choices=Phase, default=Phase.UPLOAD)
    reading = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    checks = models.PositiveIntegerField(default=0)
    checked = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)

    objects = Imports.as_manager()

    class Meta(FileJob.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["target", "headers"], name="dynadmin_import_target"),
            models.Index(
                fields=["state"],
                name="dynadmin_import_unfinished",
                condition=Q(state__in=("waiting", "running")),
            ),
        ]

    @property
    def stage(self) -> str:
        """What has become of it, in words."""
        if self.is_unfinished:
            return str(self.get_phase_display())
        return str(_STAGES.get((self.phase, self.state), self.get_state_display()))

    @property
    def is_open(self) -> bool:
        """Whether a person may still choose how it is done: nothing has been, or all was taken back."""
        in_hand = self.phase in {Phase.UPLOAD, Phase.CHECK, Phase.BACK}
        return not self.is_unfinished and (
            in_hand or (self.phase, self.state) == (Phase.IMPORT, State.CANCELLED)
        )

    @property
    def is_imported(self) -> bool:
        """Whether its rows are in the table."""
        return (self.phase, self.state) in {(Phase.IMPORT, State.DONE), (Phase.UNDO, State.FAILED)}

    # --- What people order; each in one statement, so that who clicks twice orders once ---

    def order(self, phase: Phase, *, among: Q, **changes: Any) -> bool:
        """Have a worker begin with this phase, if it is among these; False if it is not, or under way."""
        free = FileImport.objects.filter(among, pk=self.pk).exclude(state__in=(State.WAITING, State.RUNNING))
        ordered = free.update(
            phase=phase,
            state=State.WAITING,
            done=0,
            done_before=0,
            error="",
            attempts=0,
            worker="",
            started_at=None,
            claimed_at=None,
            finished_at=None,
            heartbeat_at=Now(),
            is_cancel_requested=False,
            **{"position": [], **changes},
        )
        self.refresh_from_db()
        return bool(ordered)
