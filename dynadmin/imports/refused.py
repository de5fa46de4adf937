"""The refused rows of an import: noted as they are met, in step with what is committed, and told again.

They are noted in a file beside that of the import, one line of JSON each; how long the file was at the last
commit stands in the record. Whoever takes the import up again cuts it there.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import models

from dynadmin.conf import conf
from dynadmin.imports.files import open_file, refused_path
from dynadmin.imports.findings import RefusedLine, refused_from_json, refused_line
from dynadmin.imports.mapping import plan_known
from dynadmin.imports.records import FileImport
from dynadmin.transfer.refusals import RefusedFile, refused_file
from dynadmin.transfer.results import RefusedRow

_SHOWN_REASONS = 10
_MOST_REASONS = 2_000


class Notebook:
    """Where the refused rows of a run are noted; a context. ``length`` is what is to be kept of it so far."""

    def __init__(self, path: Path, labels: Mapping[str, str], *, length: int = 0) -> None:
        self._path = path
        self._labels = labels
        self._length = length
        self._noted = 0

    def __enter__(self) -> Self:
        self._path.touch(mode=0o600)
        self._file = self._path.open("r+b")
        self._file.truncate(self._length)
        self._file.seek(self._length)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def note(self, row: RefusedRow) -> None:
        """Note one row; its cells too, as long as they will be shown."""
        line = refused_line(row, self._labels)
        self._noted += 1
        if self._noted > conf.IMPORT_MAX_REFUSED:
            line = replace(line, cells=())
        self._file.write(json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n")

    def kept(self) -> int:
        """Return how long it is, with all that was noted written down."""
        self._file.flush()
        return self._file.tell()


def notes_of(job: FileImport) -> Iterator[RefusedLine]:
    """Yield the refused rows of an import as far as it has come; none where their file is gone."""
    length = job.position[1] if job.position else 0
    if not length or not job.stored or not refused_path(job).exists():
        return
    with refused_path(job).open("rb") as file:
        for line in file:
            yield refused_from_json(json.loads(line))
            if file.tell() >= length:
                return


def first_notes(job: FileImport) -> tuple[RefusedLine, ...]:
    """Return those rows that are shown."""
    return tuple(islice(notes_of(job), conf.IMPORT_MAX_REFUSED))


def refused_rows_of(job: FileImport, model: type[models.Model]) -> RefusedFile:
    """Return the refused rows of an import into this model as a file like its own. Raises TransferError."""
    told = ((row.line, row.words) for row in notes_of(job))
    return refused_file(open_file(job), told, model=model, plan=plan_known(model, job.plan))


def frequent_reasons(job: FileImport) -> tuple[tuple[str, str, int], ...]:
    """Return the most frequent reasons: label, words and count."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in notes_of(job):
        for label, words in row.reasons:
            for reason in words:
                # A reason that quotes the value may be another one in each row.
                if len(counts) < _MOST_REASONS or (label, reason) in counts:
                    counts[label, reason] += 1
    return tuple((label, words, count) for (label, words), count in counts.most_common(_SHOWN_REASONS))
