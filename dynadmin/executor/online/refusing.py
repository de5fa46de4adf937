"""What ends a change because the rows are not what they were when somebody agreed to it."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from dynadmin.exceptions import Obstructed, StalePlan
from dynadmin.executor.online.misfits import Misfit
from dynadmin.executor.online.works import Work

SAMPLES = 5


def refuse_misfits(work: Work, misfits: Sequence[Misfit]) -> NoReturn:
    """Raise Obstructed: values were written that do not fit, and nobody said what becomes of such."""
    _pk, code, reason = misfits[0]
    rows = ", ".join(str(pk) for pk, other, _reason in misfits if other == code)
    message = _(
        "Values of field “%(field)s” of “%(table)s” were written meanwhile that do not fit: %(reason)s. "
        "Rows: %(rows)s. Look at the plan again."
    )
    raise Obstructed(message % (work.operation.words | {"reason": reason.rstrip("."), "rows": rows}))


def refuse_repeated(work: Work, column: str, error: DatabaseError) -> NoReturn:
    """Raise Obstructed: a value that has to be unique is there more than once."""
    values = ", ".join(map(str, _repeated(work, column))) or _("values")
    message = _("Field “%(field)s” cannot be unique: %(values)s are there more than once.")
    raise Obstructed(message % (work.operation.words | {"values": values})) from error


def _repeated(work: Work, column: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {work.before.db_table} WHERE {column} IS NOT NULL "  # noqa: S608
            "GROUP BY 1 HAVING count(*) > 1 LIMIT %s",
            [SAMPLES],
        )
        return [value for (value,) in cursor.fetchall()]


def refuse_more_misfits(work: Work, found: Mapping[str, tuple[str, int]], agreed: Mapping[str, int]) -> None:
    """Raise StalePlan if more values do not fit than somebody agreed to lose."""
    for code, (reason, count) in found.items():
        if count > agreed.get(code, 0):
            message = _(
                "The rows of “%(table)s” changed meanwhile: %(count)d values of field “%(field)s” do not fit "
                "(%(reason)s), and %(agreed)d were agreed to. Nothing was changed; look at the plan again."
            )
            words = {"count": count, "reason": reason.rstrip("."), "agreed": agreed.get(code, 0)}
            raise StalePlan(message % (work.operation.words | words))
