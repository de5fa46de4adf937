"""The file of an export: written under a name that nobody knows, kept for some hours, then deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dynadmin.exports.records import FileExport
from dynadmin.transfer.uploads import KEPT, unpacked_path


@contextmanager
def new_file() -> Iterator[tuple[IO[bytes], Path]]:
    """Give a private file to write to; unless it is ``kept``, it is gone at the end of the block."""
    path = unpacked_path()
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            yield file, path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def kept(path: Path) -> Iterator[str]:
    """Make the file one that stays, unless something goes wrong in the block; gives its name."""
    stays = path.with_suffix(KEPT)
    path.rename(stays)
    try:
        yield stays.name
    except BaseException:
        stays.unlink(missing_ok=True)
        raise


def purge_exports() -> int:
    """Delete the exports whose time is over, with their files; return how many."""
    purged = 0
    for job in FileExport.objects.expired():
        job.remove_file()
        purged += job.delete()[0]
    return purged
