"""Notes which rows people write while a change runs, so that what they write is not missed.

A trigger writes the id of each such row into a log, in the transaction of the writer: a note is there exactly
when the row is. Whoever goes through the rows takes notes out of the log and does those rows again.
"""

from collections.abc import Iterable, Iterator

from django.db import connection

from dynadmin.executor.online.names import function_name, log_name, misfits_name, trigger_names


def begin_sql(change: int) -> Iterator[str]:
    """Yield the statements that make the log, the list of misfits and the function; they lock no table."""
    log, misfits, function = log_name(change), misfits_name(change), function_name(change)
    yield f"CREATE TABLE {log} (t bigint NOT NULL, pk bigint NOT NULL)"
    yield f"CREATE TABLE {misfits} (work int, pk bigint, code text, reason text, PRIMARY KEY (work, pk))"
    # With the rights of whoever makes it: a role that may write rows need not know of the log. So what it
    # calls must not depend on where that role looks for things.
    target = f"{_qualified(log)} (t, pk)"
    yield f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                INSERT INTO {target} VALUES (TG_ARGV[0]::bigint, OLD.id);
            ELSE
                INSERT INTO {target} VALUES (TG_ARGV[0]::bigint, NEW.id);
            END IF;
            RETURN NULL;
        END $$
    """  # noqa: S608


def watch_sql(change: int, table: int, columns: Iterable[str]) -> Iterator[str]:
    """Yield the statements that make the triggers of a table, which note changes of these columns."""
    written, updated = trigger_names(change)
    names = list(columns)
    call = f"EXECUTE FUNCTION {function_name(change)}('{table:d}')"
    differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in names)
    yield f"CREATE TRIGGER {written} AFTER INSERT OR DELETE ON dyn_t{table:d} FOR EACH ROW {call}"
    yield (
        f"CREATE TRIGGER {updated} AFTER UPDATE OF {', '.join(names)} ON dyn_t{table:d} "
        f"FOR EACH ROW WHEN ({differs}) {call}"
    )


def end_watch_sql(change: int, table: int) -> Iterator[str]:
    """Yield the statements that drop the triggers of a table."""
    for name in trigger_names(change):
        yield f"DROP TRIGGER IF EXISTS {name} ON dyn_t{table:d}"


def end_sql(change: int) -> Iterator[str]:
    """Yield the statements that drop what ``begin_sql`` made; after the triggers."""
    yield f"DROP FUNCTION IF EXISTS {function_name(change)}()"
    yield f"DROP TABLE IF EXISTS {log_name(change)}, {misfits_name(change)}"


def take_notes(change: int, most: int) -> list[tuple[int, int]]:
    """Take notes out of the log: pairs of a table and a row, each once. Returns none when none are left."""
    log = log_name(change)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {log} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {log} LIMIT %s)) RETURNING t, pk",  # noqa: S608
            [most],
        )
        return sorted(set(cursor.fetchall()))


def count_notes(change: int, most: int) -> int:
    """Return how many notes wait; no more than ``most`` are counted."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {log_name(change)} LIMIT %s) t", [most])  # noqa: S608
        return cursor.fetchone()[0]


def _qualified(name: str) -> str:
    """Return the name with its schema: whoever fires the trigger may look elsewhere first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return f"{connection.ops.quote_name(cursor.fetchone()[0])}.{name}"
