"""Lines of a file sent to PostgreSQL as they stand, into any table."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db.backends.base.base import BaseDatabaseWrapper

# Lines that go to the server together.
_AT_ONCE = 1_000


class LineCopy:
    """Copies lines of cells into these columns of a table; `texts` are those where nothing is an empty text.

    Each line may have some more cells in front of it.
    """

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        table: str,
        columns: Sequence[str],
        texts: Sequence[str],
        delimiter: str,
    ) -> None:
        self._connection = connection
        self._delimiter = delimiter
        quote = connection.ops.quote_name
        forced = f", FORCE_NOT_NULL ({', '.join(map(quote, texts))})" if texts else ""
        written = "E'\\t'" if delimiter == "\t" else f"'{delimiter}'"
        self._sql = (
            f"COPY {quote(table)} ({', '.join(map(quote, columns))}) FROM STDIN"
            f" WITH (FORMAT csv, DELIMITER {written}, NULL ''{forced})"
        )

    def take(self, lines: list[str], *before: Sequence[int]) -> None:
        """Send the lines, which are given without their ends, each with numbers in front of it."""
        rows: Iterable[str] = lines
        if before:
            texts = (map(str, numbers) for numbers in before)
            rows = map(self._delimiter.join, zip(*texts, lines, strict=True))
        rows = iter(rows)
        with (
            self._connection.cursor() as cursor,
            self._connection.wrap_database_errors,
            cursor.cursor.copy(self._sql) as copy,
        ):
            while some := list(islice(rows, _AT_ONCE)):
                some.append("")
                copy.write("\n".join(some))
