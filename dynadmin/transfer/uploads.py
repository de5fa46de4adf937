"""Uploaded files: private, named by us, handed out for a signed token only, or kept for an import.

A token names the file, the person and the table, and expires. What a browser sends back is never used as a
file name before its signature has been checked. A file that is kept is its keeper's to remove.
"""

import hashlib
import os
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile, UploadGone

_SALT = "dynadmin.transfer.uploads"
_NAME = re.compile(r"[0-9a-f]{32}(\.claimed|\.unpacked)?")
KEPT = ".kept"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A stored upload: where it is, what the person called it, and the token that stands for it."""

    path: Path
    name: str
    token: str
    sha256: str = ""

    def remove(self) -> None:
        """Delete the file; it does not matter if it is gone already."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def claimed(self) -> Iterator["Upload"]:
        """Give the upload to one import only: who clicks twice does not import twice.

        Unless it is removed meanwhile, others find it again afterwards. Raises UploadGone when it is taken.
        """
        mine = replace(self, path=self.path.with_suffix(".claimed"))
        try:
            # A rename succeeds for one of all who try it at once.
            self.path.rename(mine.path)
        except FileNotFoundError:
            raise UploadGone(_gone_words()) from None
        try:
            yield mine
        finally:
            if mine.path.exists():
                mine.path.rename(self.path)

    def kept(self) -> str:
        """Make it a file that is not removed when it is old; return its name, see ``kept_file``.

        Raises UploadGone when somebody has it already.
        """
        kept = self.path.with_suffix(KEPT)
        try:
            self.path.rename(kept)
        except FileNotFoundError:
            raise UploadGone(_gone_words()) from None
        return kept.name


def kept_file(name: str) -> Path:
    """Return the path of a file that was kept under this name, or of one that belongs to it."""
    return _directory() / name


def store_upload(
    chunks: Iterable[bytes], *, name: str, user_id: object, model: type[models.Model] | None
) -> Upload:
    """Write the chunks to a private file, one at a time. Raises BadFile when it becomes too large."""
    purge_uploads()
    path = _directory() / secrets.token_hex(16)
    written = 0
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                written += len(chunk)
                if written > conf.IMPORT_MAX_BYTES:
                    message = _("The file is larger than %(limit)d bytes, the most that is taken.")
                    raise BadFile(message % {"limit": conf.IMPORT_MAX_BYTES})
                file.write(chunk)
                digest.update(chunk)
    except OSError as error:
        path.unlink(missing_ok=True)
        message = _("The file could not be stored: %(reason)s.")
        raise BadFile(message % {"reason": error.strerror or error}) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    facts = [path.name, str(user_id), _label(model), name, digest.hexdigest()]
    token = signing.dumps(facts, salt=_SALT)
    return Upload(path=path, name=name, token=token, sha256=digest.hexdigest())


def find_upload(token: str, *, user_id: object, model: type[models.Model] | None) -> Upload:
    """Return the upload that the token stands for.

    Raises UploadGone when the token is forged, too old, of another person or table, or the file is no more.
    """
    try:
        file_name, owner, label, name, sha256 = signing.loads(
            token, salt=_SALT, max_age=conf.UPLOAD_MAX_AGE_S
        )
    except (signing.BadSignature, ValueError, TypeError):
        raise UploadGone(_gone_words()) from None
    path = _directory() / file_name
    if owner != str(user_id) or label != _label(model) or not path.is_file():
        raise UploadGone(_gone_words())
    return Upload(path=path, name=name, token=token, sha256=sha256)


def _label(model: type[models.Model] | None) -> str:
    """Return what tells the table that a file is for; "" where it is still to be made."""
    return model._meta.label if model else ""


def _gone_words() -> str:
    return _("The uploaded file is no longer there. Please choose it again.")


def purge_uploads() -> int:
    """Delete the uploads that nobody confirmed in time; return how many."""
    oldest = time.time() - conf.UPLOAD_MAX_AGE_S
    purged = 0
    for path in _directory().iterdir():
        # Another process may take it away at any moment.
        with suppress(FileNotFoundError):
            if _NAME.fullmatch(path.name) and path.stat().st_mtime < oldest:
                path.unlink()
                purged += 1
    return purged


def unpacked_path() -> Path:
    """Return where what an archive holds may be written; left behind, it is purged like an upload."""
    return _directory() / f"{secrets.token_hex(16)}.unpacked"


def _directory() -> Path:
    """Return the private directory of uploads, made when it is not there."""
    chosen = conf.UPLOAD_DIR
    path = Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"dynadmin-uploads-{os.getuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.stat(follow_symlinks=False)
    # Others can make directories in a temp directory too, and would own what is put there.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ImproperlyConfigured(f"{path} must be a directory of this user alone (mode 700), for uploads.")
    return path
