"""CSV and TSV as PostgreSQL writes them by itself, which is several times as fast as a program can."""

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models

from dynadmin.transfer.sqltexts import Template, without_marks

# No more at a time than the processor keeps at hand: so many lines, or bytes where the lines are long.
_CHUNK = 1_000
_PIECE = 1 << 18
# The bytes are counted after so many lines.
_LOOK = 50


def copied_rows(
    rows: models.QuerySet,
    texts: Sequence[Template],
    *,
    delimiter: str,
    progress: Callable[[int], object] = bool,
) -> Iterator[bytes]:
    """Yield the lines of the rows, some hundred at a time; each cell is one of the texts.

    The lines are those of Python's csv writer if there are two columns or more: a lone empty cell is written
    in another way.
    """
    connection = connections[rows.db]
    try:
        # What the screens join for their own columns is of no use here.
        query = rows.select_related(None).values_list(*texts).query
        sql, params = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return
    statement = f"COPY ({sql}) TO STDOUT (FORMAT csv, DELIMITER '{delimiter}', ENCODING 'UTF8')"
    with connection.wrap_database_errors, connection.cursor() as cursor:  # noqa: SIM117
        with cursor.cursor.copy(statement, params) as copy:
            for lines, count in _chunks(copy):
                yield without_marks(_with_line_ends(lines))
                progress(count)


def _chunks(copy: Any) -> Iterator[tuple[bytes, int]]:
    """Yield some hundred lines at a time as the server sends them, and how many they are.

    What has come from the server already is taken from the buffer of the driver, in half of the time that
    asking for one line after the other would take; and put down at once, as the collector of garbage would
    look again and again through those that are kept.
    """
    take = copy.connection.pgconn.get_copy_data
    lines = io.BytesIO()
    write = lines.write
    count, size = 0, 1
    while size > 0:
        for _line in repeat(None, _LOOK):
            size, line = take(1)
            # Where nothing has come it has to be waited for.
            if size == 0 and (line := copy.read()):
                size = len(line)
            if size <= 0:
                break
            write(line)
            count += 1
        if count >= _CHUNK or lines.tell() >= _PIECE or size <= 0:
            yield lines.getvalue(), count
            lines.seek(0)
            lines.truncate()
            count = 0
    if size < 0:
        _check_end(copy.connection.pgconn)


def _check_end(pgconn: Any) -> None:
    """Take the results that follow the last line. Raises what the server says."""
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus

    while (result := pgconn.get_result()) is not None:
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)


def _with_line_ends(lines: bytes) -> bytes:
    """Return the lines ended as in CSV: PostgreSQL ends them with ``\\n`` alone."""
    if b'"' not in lines:
        # No cell has a line end of its own, so this is all in one step.
        return lines.replace(b"\n", b"\r\n")
    parts = lines.split(b'"')
    # Every other part is within quotes.
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)
