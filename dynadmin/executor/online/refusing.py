"""What ends a change because the rows are not what they were when somebody agreed to it.

No message has a value in it: who may change tables reads it, and need not be one who may see their rows.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from django.db import DatabaseError, connection
from django.db.models import Model
from django.utils.translation import gettext as _

from dynadmin.conversion.choices import STOPPING
from dynadmin.exceptions import Obstructed, StalePlan
from dynadmin.executor.online.misfits import Misfit, note_misfits
from dynadmin.executor.online.works import Work
from dynadmin.executor.violations import sentence, violations_of
from dynadmin.plan import AddConstraint

SAMPLES = 5


def note_or_refuse(
    change: int, work: Work, misfits: Sequence[Misfit], *, instead_of: Sequence[int] = ()
) -> None:
    """Note which rows do not fit, or raise Obstructed where nobody said what becomes of such.

    What was noted of the rows ``instead_of`` is forgotten.
    """
    if misfits and work.choices.on_failure in STOPPING:
        _refuse_misfits(work, misfits[:SAMPLES])
    if misfits or instead_of:
        note_misfits(change, work.number, misfits, instead_of=instead_of)


def _refuse_misfits(work: Work, misfits: Sequence[Misfit]) -> NoReturn:
    _pk, code, reason = misfits[0]
    rows = ", ".join(str(pk) for pk, other, _reason in misfits if other == code)
    message = _(
        "Values of field “%(field)s” of “%(table)s” were written meanwhile that do not fit: %(reason)s. "
        "Rows: %(rows)s. Look at the plan again."
    )
    raise Obstructed(message % (work.operation.words | {"reason": reason.rstrip("."), "rows": rows}))


def refuse_repeated(work: Work, column: str, error: DatabaseError) -> NoReturn:
    """Raise Obstructed: a value that has to be unique is there more than once."""
    message = _("Field “%(field)s” cannot be unique: values are there more than once.")
    if pairs := [f"{first} = {last}" for first, last in _repeated(work, column)]:
        message = _("Field “%(field)s” cannot be unique: rows have the same value. Rows: %(rows)s.")
        raise Obstructed(message % (work.operation.words | {"rows": ", ".join(pairs)})) from error
    raise Obstructed(message % work.operation.words) from error


def refuse_broken(rule: AddConstraint, model: type[Model], error: DatabaseError) -> NoReturn:
    """Raise Obstructed: rows break the rule that is to be added. ``model`` has the columns as they are."""
    found = violations_of(rule.constraint, rule.table, model._base_manager.all())
    known = {field.name for field in model._meta.concrete_fields}
    if known.issuperset(part.name for part in found.parts):
        raise Obstructed(sentence(rule, found, found.count())) from error
    message = _("Rows of “%(table)s” break the rule “%(rule)s”.")
    raise Obstructed(message % (rule.words | {"rule": rule.rule})) from error


def _repeated(work: Work, column: str) -> list[tuple[int, int]]:
    """Return the first and the last row with each of some values that are there more than once."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(id), max(id) FROM {work.before.db_table} WHERE {column} IS NOT NULL "  # noqa: S608
            f"GROUP BY {column} HAVING count(*) > 1 ORDER BY 1 LIMIT %s",
            [SAMPLES],
        )
        return cursor.fetchall()


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
