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

from dynadmin.conf import conf
from dynadmin.imports.findings import RefusedLine, refused_from_json, refused_line
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


def read_notes(path: Path, length: int) -> Iterator[RefusedLine]:
    """Yield the rows noted in so much of a file; none where there is no file any more."""
    if not length or not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            yield refused_from_json(json.loads(line))
            if file.tell() >= length:
                return


def first_notes(path: Path, length: int) -> tuple[RefusedLine, ...]:
    """Return those rows that are shown."""
    return tuple(islice(read_notes(path, length), conf.IMPORT_MAX_REFUSED))


def frequent_reasons(path: Path, length: int) -> tuple[tuple[str, str, int], ...]:
    """Return the most frequent reasons: label, words and count."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in read_notes(path, length):
        for label, words in row.reasons:
            for reason in words:
                # A reason that quotes the value may be another one in each row.
                if len(counts) < _MOST_REASONS or (label, reason) in counts:
                    counts[label, reason] += 1
    return tuple((label, words, count) for (label, words), count in counts.most_common(_SHOWN_REASONS))
