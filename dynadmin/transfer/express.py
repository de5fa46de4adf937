"""Lines of a file that go to PostgreSQL as they stand, once all their cells are known to be legal.

Where every column has a shape of texts that are legal and mean to the database what they mean to the field
(see `fieldtypes.bulk`), one regular expression says of a block of lines that all of them are. Lines that it
does not take, and everything from the first quote on, are read cell by cell as ever: only that refuses.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.numbering import take_numbers
from dynadmin.transfer import batches
from dynadmin.transfer.ahead import ahead
from dynadmin.transfer.batches import Batch, BatchReader
from dynadmin.transfer.cells import Judge
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.expressrefs import Numbered, NumberedColumns, name_shape
from dynadmin.transfer.linecopy import LineCopy
from dynadmin.transfer.readers import Source
from dynadmin.transfer.readers.delimited import DelimitedSource
from dynadmin.transfer.results import Outcome
from dynadmin.transfer.taking import Taker

# Letters of a block of lines, and blocks of a batch.
_BLOCK = 1 << 17
_MOST_BLOCKS = 8
# Of what part of the lines of a block the cells have to be looked at for the whole block to be read so.
_MANY = 0.3
# From so many bytes on a file names the rows of small tables so often that all of them are read beforehand.
_LARGE = 1 << 20


class Lines(Sequence[list[str]]):
    """The cells of plain lines, cut when they are asked for. Among the texts may be rows of cells."""

    def __init__(self, delimiter: str, texts: list[str] | None = None) -> None:
        self.texts: list[str] = [] if texts is None else texts
        self._delimiter = delimiter

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, place: Any) -> Any:
        return self._cut(self.texts[place])

    def _cut(self, text: Any) -> Any:
        return text.rstrip("\r\n").split(self._delimiter) if isinstance(text, str) else text


@dataclass(kw_only=True)
class ExpressBatch(Batch):
    """A batch with plain lines beside the rows that were read cell by cell.

    ``odd`` are lines that are yet to be read so, each with its number. ``numbered`` are the plain lines as
    they are sent.
    """

    plain: Lines
    plain_lines: list[int] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    numbered: Numbered = field(default_factory=lambda: Numbered(lines=[]))

    def drop_until(self, line: int) -> None:
        """Leave out the rows up to this line, which were taken before."""
        super().drop_until(line)
        self.keep_plain([number > line for number in self.plain_lines])

    def keep_plain(self, kept: Sequence[bool]) -> None:
        """Leave out the other plain lines."""
        for column in (self.plain.texts, self.plain_lines, self.numbered.lines):
            column[:] = compress(column, kept)

    @property
    def count(self) -> int:
        """How many rows of the file are in it."""
        return len(self.plain_lines) + len(self.odd) + len(self) + len(self.refused)


class Express:
    """Gives the batches of a file whose columns all have shapes."""

    def __init__(self, source: DelimitedSource, reader: BatchReader, shapes: Sequence[str]) -> None:
        self.delimiter = source.delimiter
        self.fields = reader.fields
        # How many times as many rows as others a batch has.
        self.times = 1
        self.texts = [
            place
            for place, judge in enumerate(reader.judges)
            if isinstance(judge, Judge) and judge.empty_is_text
        ]
        self._source = source
        self._reader = reader
        row = re.escape(self.delimiter).join(shapes)
        self._row = re.compile(rf"{row}\r?\n?")
        self._rows = re.compile(rf"(?:{row}\r?\n)*+(?:{row})?")
        self._named = NumberedColumns(reader.judges, self.delimiter)
        # The line of the first quote.
        self._rest = 0

    def batches(self) -> Iterator[Batch]:
        """Give all rows of the file."""
        if self._source.size > _LARGE:
            self._named.look_ahead()
        read = self._batches()
        # What has to be asked is asked here; after the first lines most is known.
        for batch in read if self._reader.asks_nobody else ahead(read):
            self._judge(batch)
            yield batch
        if self._rest:
            yield from self._reader.batches(first=self._rest)

    def _batches(self) -> Iterator[ExpressBatch]:
        """Give all lines up to the first quote, not judged yet."""
        most = batches._MOST_ROWS * self.times
        batch, blocks = self._empty(), 0
        for first, lines in self._source.line_blocks(_BLOCK):
            if not lines:
                self._rest = first
                break
            for start in range(0, len(lines), most):
                self._add(batch, first + start, lines[start : start + most])
                blocks += 1
                if batch.count >= most or blocks >= _MOST_BLOCKS * self.times:
                    yield self._with_numbers(batch)
                    batch, blocks = self._empty(), 0
        if blocks:
            yield self._with_numbers(batch)

    def _with_numbers(self, batch: ExpressBatch) -> ExpressBatch:
        batch.numbered = self._named.numbered(batch.plain.texts)
        return batch

    def _judge(self, batch: ExpressBatch) -> None:
        """Give plain lines the numbers of the rows that they name, and read odd ones cell by cell."""
        if refused := self._named.look_up(batch.numbered):
            texts, lines = batch.plain.texts, batch.plain_lines
            batch.odd += [(lines[place], texts[place]) for place in refused]
            batch.keep_plain([place not in refused for place in range(len(texts))])
        if batch.odd:
            lines, texts = zip(*sorted(batch.odd), strict=True)
            batch.odd = []
            read, rows = self._source.rows_of(lines, texts)
            if rows:
                self._reader.judge(batch, read, list(rows))

    def _empty(self) -> ExpressBatch:
        return ExpressBatch(plain=Lines(self.delimiter))

    def _add(self, batch: ExpressBatch, first: int, lines: list[str]) -> None:
        numbers = range(first, first + len(lines))
        batch.last_line = numbers[-1]
        # A line of nothing is no row, and of one empty cell neither.
        if len(self.fields) > 1 and self._rows.fullmatch("".join(lines)):
            batch.plain.texts += lines
            batch.plain_lines += numbers
            return
        taken = list(map(self._row.fullmatch, lines)) if len(self.fields) > 1 else [None] * len(lines)
        odd = [place for place, match in enumerate(taken) if match is None]
        if len(odd) > _MANY * len(lines):
            odd = list(range(len(lines)))
            taken = [None] * len(lines)
        batch.plain.texts += [line for line, match in zip(lines, taken, strict=True) if match]
        batch.plain_lines += [number for number, match in zip(numbers, taken, strict=True) if match]
        batch.odd += [(numbers[place], lines[place]) for place in odd]

    def unpacked(self, batch: ExpressBatch) -> Batch:
        """Return the batch with all its rows read cell by cell."""
        plain = Batch(last_line=batch.last_line, refused=batch.refused)
        pairs = [
            *zip(batch.plain_lines, batch.plain, strict=True),
            *zip(batch.lines, batch.rows, strict=True),
        ]
        pairs.sort(key=lambda pair: pair[0])
        self._reader.judge(plain, [line for line, _row in pairs], [row for _line, row in pairs])
        return plain


def express_of(
    model: type[models.Model],
    source: Source,
    reader: BatchReader,
    plan: ColumnPlan,
    connection: BaseDatabaseWrapper,
) -> Express | None:
    """Return the express for this file, None where not every column has a shape."""
    if connection.vendor != "postgresql" or type(source) is not DelimitedSource:
        return None
    if len(reader.judges) != len(source.headers) or len(plan.matched) != len(source.headers):
        return None
    if source.delimiter not in ",;\t|":
        return None
    shapes = [
        judge.plain_shape if isinstance(judge, Judge) else name_shape(judge, model, plan, source.delimiter)
        for judge in reader.judges
        if not isinstance(judge.field, models.AutoField) or judge.field.name in plan.key
    ]
    if len(shapes) != len(reader.judges) or None in shapes:
        return None
    return Express(source, reader, [shape for shape in shapes if shape])


class ExpressTaker:
    """Takes the batches of an express; one that the database refuses is taken with care."""

    def __init__(
        self,
        model: type[models.Model],
        express: Express,
        careful: Taker,
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._model = model
        self._express = express
        self._careful = careful
        self._writer = careful.writer
        self._connection = connection
        key = [model._meta.pk.column] if self._writer.needs_numbers else []
        columns = [field.column for field in express.fields]
        texts = [columns[place] for place in express.texts]
        table = model._meta.db_table
        self._copy = LineCopy(connection, table, [*key, *columns], texts, express.delimiter)

    def take(self, batch: ExpressBatch) -> None:
        """Write and count the rows of a batch, as a Taker does."""
        try:
            with transaction.atomic(using=self._connection.alias):
                numbers = self._insert(batch)
        except (IntegrityError, DataError):
            # The database has the last word, and says it row by row.
            self._careful.take(self._express.unpacked(batch))
            return
        report = self._careful.report
        for part in (Batch(lines=batch.plain_lines, rows=batch.plain), batch):
            report.count(Outcome.CREATED, part, range(len(part)), {})
        self._careful.notes.created(numbers)
        report.count_refused(batch.refused)

    def _insert(self, batch: ExpressBatch) -> list[int]:
        """Insert all rows, numbered in the order of the file; return their numbers where they are known."""
        plain, count = len(batch.plain), len(batch.plain) + len(batch)
        numbers = take_numbers(self._model, count, self._connection) if self._writer.needs_numbers else []
        given = _in_order(numbers, [*batch.plain_lines, *batch.lines]) if len(batch) else numbers
        if plain:
            fields, numbered = self._express.fields, batch.numbered
            with self._writer.keylocks.held(fields, plain, numbered.numbers.get):
                self._copy.take(numbered.lines, *([given[:plain]] if numbers else ()))
        if len(batch):
            self._writer.insert(batch, None, given[plain:])
        return numbers


def _in_order(numbers: Sequence[int], lines: Sequence[int]) -> list[int]:
    """Return the numbers so that they rise with the lines."""
    if not numbers:
        return []
    given = [0] * len(lines)
    for number, place in zip(numbers, sorted(range(len(lines)), key=lines.__getitem__), strict=True):
        given[place] = number
    return given
