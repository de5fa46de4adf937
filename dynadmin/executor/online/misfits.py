"""The rows whose value does not fit, by work: counted again at the end, when no value can change any more."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from dynadmin.executor.online.names import misfits_name

# The id of a row, and why its value does not fit: in no language, and in that of the worker.
Misfit = tuple[int, str, str]


def note_misfits(
    change: int, work: int, misfits: Sequence[Misfit], *, instead_of: Sequence[int] = ()
) -> None:
    """Note rows and the reason of each; what was noted of the rows ``instead_of`` is forgotten."""
    name = misfits_name(change)
    if connection.vendor == "sqlite":
        _note_one_by_one(name, work, misfits, instead_of)
        return
    with connection.cursor() as cursor:
        if instead_of:
            sql = f"DELETE FROM {name} WHERE work = %s AND pk = ANY(%s)"  # noqa: S608
            cursor.execute(sql, [work, list(instead_of)])
        if misfits:
            cursor.execute(
                f"INSERT INTO {name} SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[]) "  # noqa: S608
                "ON CONFLICT (work, pk) DO UPDATE SET code = EXCLUDED.code, reason = EXCLUDED.reason",
                [work, *map(list, zip(*misfits, strict=True))],
            )


def _note_one_by_one(name: str, work: int, misfits: Sequence[Misfit], instead_of: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        gone = [(work, pk) for pk in instead_of]
        cursor.executemany(f"DELETE FROM {name} WHERE work = %s AND pk = %s", gone)  # noqa: S608
        cursor.executemany(
            f"INSERT OR REPLACE INTO {name} VALUES (%s, %s, %s, %s)",  # noqa: S608
            [(work, pk, code, str(reason)) for pk, code, reason in misfits],
        )


def count_misfits(change: int) -> dict[int, dict[str, tuple[str, int]]]:
    """Return the reason in words and the number of rows, by work and code."""
    counts: dict[int, dict[str, tuple[str, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT work, code, min(reason), count(*) FROM {misfits_name(change)} GROUP BY 1, 2"  # noqa: S608
        )
        for work, code, reason, count in cursor.fetchall():
            counts[work][code] = (reason, count)
    return counts
