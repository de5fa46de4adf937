"""The rows whose value does not fit, by work: counted again at the end, when no value can change any more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection

from dynadmin.executor.online.names import misfits_name

Misfits = Iterable[tuple[int, str]]


def note_misfits(change: int, work: int, misfits: Misfits, *, instead_of: Iterable[int] = ()) -> None:
    """Note rows and the reason of each; what was noted of the rows ``instead_of`` is forgotten."""
    name, rows, forgotten = misfits_name(change), list(misfits), list(instead_of)
    with connection.cursor() as cursor:
        if forgotten:
            cursor.execute(f"DELETE FROM {name} WHERE work = %s AND pk = ANY(%s)", [work, forgotten])  # noqa: S608
        if rows:
            cursor.execute(
                f"INSERT INTO {name} SELECT %s, * FROM unnest(%s::bigint[], %s::text[]) "  # noqa: S608
                "ON CONFLICT (work, pk) DO UPDATE SET reason = EXCLUDED.reason",
                [work, [pk for pk, _reason in rows], [reason for _pk, reason in rows]],
            )


def count_misfits(change: int) -> Mapping[int, Mapping[str, int]]:
    """Return how many rows do not fit, by work and reason."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT work, reason, count(*) FROM {misfits_name(change)} GROUP BY 1, 2")  # noqa: S608
        for work, reason, count in cursor.fetchall():
            counts[work][reason] = count
    return counts


def first_misfits(change: int, work: int, most: int) -> list[int]:
    """Return the ids of the first rows that do not fit."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pk FROM {misfits_name(change)} WHERE work = %s ORDER BY pk LIMIT %s",  # noqa: S608
            [work, most],
        )
        return [pk for (pk,) in cursor.fetchall()]
