"""A gzip or ZIP archive of one file, unpacked beside the uploads while somebody reads it.

What is unpacked is counted: what an archive says of its sizes need not be true.
"""

import gzip
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile, SeveralFiles
from dynadmin.transfer.contents import GZIP, ZIP, ZIP_EMPTY, beginning_of, workbook_format
from dynadmin.transfer.uploads import unpacked_path

_CHUNK = 1 << 20
# Small archives may be as dense as they like.
_ALWAYS_FINE = 10_000_000
_MOST_MEMBERS = 2_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """The file to read: where it is, what it is called, and whether it has to be deleted afterwards."""

    path: Path
    name: str
    is_temporary: bool = False
    member: str | None = None
    members: tuple[str, ...] = ()

    def remove(self) -> None:
        """Delete what was unpacked."""
        if self.is_temporary:
            self.path.unlink(missing_ok=True)


def unpack(path: Path, name: str, member: str | None = None) -> Unpacked:
    """Return the file that an archive holds; a file that is no archive as it is.

    Raises BadFile for broken and too large archives, SeveralFiles for one of several when none is chosen.
    """
    head = beginning_of(path)
    if head.startswith(GZIP):
        with _explained(), gzip.open(path) as file:
            return Unpacked(path=_written(file, path), name=_inner_name(name), is_temporary=True)
    if head.startswith((ZIP, ZIP_EMPTY)) and workbook_format(path) is None and not _is_named_workbook(name):
        with _explained(), zipfile.ZipFile(path) as archive:
            return _from_zip(archive, path, member)
    return Unpacked(path=path, name=name)


def _inner_name(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name


def _is_named_workbook(name: str) -> bool:
    """Return whether the reader of workbooks should say what is wrong with it."""
    return PurePath(name.lower()).suffix in (".xlsx", ".xlsm", ".ods")


def _from_zip(archive: zipfile.ZipFile, path: Path, member: str | None) -> Unpacked:
    infos = {info.filename: info for info in archive.infolist() if _is_file(info)}
    if not infos:
        raise BadFile(_("There is no file in the archive."))
    if len(infos) > _MOST_MEMBERS:
        message = _("There are more than %(limit)d files in the archive.")
        raise BadFile(message % {"limit": _MOST_MEMBERS})
    members = tuple(infos)
    if member is None and len(members) > 1:
        message = _("There are several files in the archive, choose one: %(members)s.")
        raise SeveralFiles(message % {"members": ", ".join(members[:20])}, members)
    info = infos.get(member or members[0])
    if info is None:
        message = _("There is no file %(member)s in the archive; there are: %(members)s.")
        raise BadFile(message % {"member": member, "members": ", ".join(members[:20])})
    if info.compress_type not in _METHODS:
        raise BadFile(_("The archive is packed in a way that is not read. Pack it as plain ZIP or gzip."))
    # What the directory of an archive says of sizes need not be true, and the module stops there.
    info.file_size = conf.IMPORT_MAX_UNPACKED_BYTES + 2 * _CHUNK
    with archive.open(info) as file:
        unpacked = _written(file, path)
    return Unpacked(
        path=unpacked, name=info.filename, is_temporary=True, member=info.filename, members=members
    )


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Return whether this is a file, and none that an operating system adds by itself."""
    name = PurePath(info.filename)
    return not info.is_dir() and not name.name.startswith(".") and "__MACOSX" not in name.parts


def _written(file: IO[bytes], archive: Path) -> Path:
    """Write a file out of an archive, as long as it is not too large, and return its path."""
    path = unpacked_path()
    limit = _limit(archive.stat().st_size)
    written = lines = 0
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            while chunk := file.read(_CHUNK):
                written += len(chunk)
                if written > limit:
                    raise BadFile(_too_large(limit))
                out.write(chunk)
                lines += chunk.count(b"\n")
    except _BROKEN as error:
        path.unlink(missing_ok=True)
        message = _("The archive is damaged or cut off after line %(line)d of the file in it.")
        raise BadFile(message % {"line": lines}) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _limit(size: int) -> int:
    return min(conf.IMPORT_MAX_UNPACKED_BYTES, max(_ALWAYS_FINE, size * conf.IMPORT_MAX_RATIO))


def _too_large(limit: int) -> str:
    if limit < conf.IMPORT_MAX_UNPACKED_BYTES:
        message = _("The archive unpacks to more than %(ratio)d times its size. Unpack it and import that.")
        return message % {"ratio": conf.IMPORT_MAX_RATIO}
    message = _("The archive unpacks to more than %(limit)d bytes, the most that is read.")
    return message % {"limit": limit}


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        message = _("The archive cannot be unpacked: %(reason)s.")
        raise BadFile(message % {"reason": str(error).rstrip(".") or type(error).__name__}) from error
