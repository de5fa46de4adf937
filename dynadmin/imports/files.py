"""The file of an import: taken in from an upload, opened, and deleted when it is of no use any more."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import SeveralFiles, UploadGone
from dynadmin.factory import APP_LABEL
from dynadmin.imports.mapping import headers_digest
from dynadmin.imports.records import FileImport, Phase
from dynadmin.jobs import State
from dynadmin.registry import registry
from dynadmin.transfer.readers import Source, open_source
from dynadmin.transfer.texts import storable
from dynadmin.transfer.uploads import Upload

_REFUSED = ".refused"
_LONGEST_NAME = 255


def take_in(
    upload: Upload, *, model: type[models.Model] | None, user: AbstractBaseUser | None, **reading: Any
) -> FileImport:
    """Make an upload the file of a new import, into this table or one that is still to be made.

    ``reading`` is how it is opened, see ``open_source``. Raises UploadGone when somebody has it already, and
    BadFile when it cannot be read: then it is deleted.
    """
    purge_imports()
    size = upload.path.stat().st_size if upload.path.exists() else 0
    job = FileImport(
        target=model._meta.label if model else "",
        author=user,
        file_name=storable(upload.name)[-_LONGEST_NAME:],
        size=size,
        sha256=upload.sha256,
        stored=upload.kept(),
        state=State.DONE,
        reading={name: value for name, value in reading.items() if value is not None},
    )
    try:
        job.headers = headers_digest(_opened(job).headers)
        job.save()
    except BaseException:
        remove_files(job)
        raise
    return job


def _opened(job: FileImport) -> Source:
    """Return the rows of a file just taken in; of an archive of several, those of the first."""
    try:
        return open_file(job)
    except SeveralFiles as error:
        job.reading |= {"member": error.members[0]}
        return open_file(job)


def open_file(job: FileImport) -> Source:
    """Return the rows of the file as it was said that it is read. Raises BadFile, and UploadGone."""
    if not job.has_file:
        raise UploadGone(_("The file of this import is no longer there. Please choose it again."))
    return open_source(job.path, name=job.file_name, **job.reading)


def refused_path(job: FileImport) -> Path:
    """Return the path of the file in which the refused rows of an import are noted."""
    return job.path.with_suffix(_REFUSED)


def remove_files(job: FileImport) -> None:
    """Delete the files of an import; it does not matter if they are gone already."""
    if job.stored:
        job.remove_file()
        refused_path(job).unlink(missing_ok=True)


def purge_imports() -> int:
    """Delete imports that nobody confirmed in time, and the files of those long over; return how many.

    Of imports into tables that were deleted for good nothing is kept: they have values of rows.
    """
    unconfirmed = timezone.now() - timedelta(seconds=conf.UPLOAD_MAX_AGE_S)
    over = timezone.now() - timedelta(days=conf.IMPORT_FILE_DAYS)
    purged = 0
    labels = FileImport.objects.order_by().values_list("target", flat=True).distinct()
    into_gone = Q(target__in=[label for label in labels if _is_gone(label)])
    old = Q(pk__in=FileImport.objects.unconfirmed().filter(heartbeat_at__lt=unconfirmed).values("pk"))
    for job in FileImport.objects.filter(into_gone | old):
        remove_files(job)
        purged += job.delete()[0]
    ended = FileImport.objects.carried_out().exclude(stored="").filter(finished_at__lt=over)
    for job in ended:
        remove_files(job)
        purged += FileImport.objects.filter(pk=job.pk).update(stored="")
    return purged


def _is_gone(label: str) -> bool:
    """Whether this was a table that people made, and nothing of it is left."""
    app_label, _dot, name = label.rpartition(".")
    if app_label != APP_LABEL or not name[1:].isdecimal():
        return False
    table = registry.current.schema.tables.get(int(name[1:]))
    return table is None or table.purged


def is_confirmable(job: FileImport) -> bool:
    """Return whether an import has been checked and may be carried out as it was."""
    return (job.phase, job.state) == (Phase.CHECK, State.DONE)
