"""What an import did or would do, in the words and figures of the screens."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models.options import Options
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.exceptions import TransferError
from dynadmin.transfer.readers import Source
from dynadmin.transfer.results import ImportResult, Outcome

_EXAMPLES = 3
# What programs write where they have no value.
_NO_VALUE = frozenset(["NA", "N/A", "#N/A", "NULL", "NONE", "NIL", "NAN", "-", "--", "?", "\\N"])


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the totals: the number as people read it, and what it counts."""

    number: str
    label: str
    is_refused: bool = False


def outcome_context(outcome: ImportResult | None, opts: Options) -> dict[str, Any]:
    """Return what the templates show of an outcome."""
    if outcome is None:
        return {"outcome": None}
    labels = {column.field: label_of(opts, column.field) for column in outcome.plan.matched if column.field}
    good = outcome.totals.created + outcome.totals.changed
    shown = (Outcome.CREATED, Outcome.CHANGED, Outcome.SKIPPED)
    return {
        "outcome": outcome,
        "figures": figures(outcome),
        "made": made_words(outcome, opts),
        "good": good,
        "good_words": ngettext("Import %(count)s row", "Import %(count)s rows", good)
        % {"count": number(good)},
        "labels": list(labels.values()),
        "samples": [(kind, outcome.samples_of(kind)) for kind in shown],
        "refused": [
            (row, [(labels.get(name, ""), words) for name, words in row.reasons.items()])
            for row in outcome.refused
        ],
        "reasons": [
            (labels.get(reason.field, ""), reason.words, number(reason.count)) for reason in outcome.reasons
        ],
        "no_values": no_values(outcome),
    }


def figures(outcome: ImportResult) -> list[Figure]:
    """Return the totals."""
    totals = outcome.totals
    return [
        Figure(number=number(totals.created), label=_("new")),
        Figure(number=number(totals.changed), label=_("changed")),
        Figure(number=number(totals.skipped), label=_("skipped, as nothing in them differs")),
        Figure(number=number(totals.refused), label=_("refused"), is_refused=totals.refused > 0),
    ]


def made_words(outcome: ImportResult, opts: Options) -> list[str]:
    """Return what rows the tables get that relations of the imported one refer to."""
    words = []
    for name, count in outcome.made.items():
        table = opts.get_field(name).remote_field.model._meta.verbose_name_plural
        message = ngettext("%(count)s new row of “%(table)s”", "%(count)s new rows of “%(table)s”", count)
        words.append(message % {"count": number(count), "table": table})
    return words


def number(count: int) -> str:
    """Return a count as people read it."""
    return number_format(count, use_l10n=True, force_grouping=True)


def label_of(opts: Options, name: str) -> str:
    """Return what people call a field."""
    return str(capfirst(opts.get_field(name).verbose_name))


def no_values(outcome: ImportResult) -> list[str]:
    """Return the texts of refused cells that other programs write where they have no value."""
    positions = outcome.plan.positions()
    cells = (
        row.cells[positions[name]]
        for row in outcome.refused
        for name in row.reasons
        if name in positions and positions[name] < len(row.cells)
    )
    return list(dict.fromkeys(cell for cell in cells if cell.strip().upper() in _NO_VALUE))


def examples_of(source: Source) -> Sequence[Sequence[Any]]:
    """Return the first rows of a file."""
    try:
        return [cells for _line, cells in islice(source, _EXAMPLES)]
    except TransferError:
        # The preview itself says what is wrong with the file.
        return []


def summary(outcome: ImportResult, name: str, made: Sequence[str] = ()) -> str:
    """Return in words what an import did, for the message and the history."""
    totals = outcome.totals
    parts = [
        ngettext("%(count)s row created", "%(count)s rows created", totals.created)
        % {"count": number(totals.created)},
        _("%(count)s changed") % {"count": number(totals.changed)},
        _("%(count)s unchanged") % {"count": number(totals.skipped)},
    ]
    parts += made
    if totals.refused:
        parts.append(_("%(count)s refused and left out") % {"count": number(totals.refused)})
    return _("Imported %(file)s: %(what)s.") % {"file": name, "what": ", ".join(parts)}
