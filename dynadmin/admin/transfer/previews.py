"""What an import would do or did, in the words and figures of the screens."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.db.models.options import Options
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.exceptions import TransferError
from dynadmin.imports.findings import SHOWN, Findings
from dynadmin.imports.summaries import made_words, number, spared_words
from dynadmin.transfer.readers import Source

_EXAMPLES = 3


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One of the totals: the number as people read it, and what it counts."""

    number: str
    label: str
    is_refused: bool = False


def findings_context(findings: Findings, missing: str) -> dict[str, Any]:
    """Return what the templates show of a check. ``missing``: what becomes of rows that the file lacks."""
    totals = findings.totals
    return {
        "outcome": findings,
        "figures": figures_of(asdict(findings.totals)),
        "made": made_words(findings.made),
        "spared": spared_words(missing, findings.totals.refused),
        "good": totals.created + totals.changed + totals.retired,
        "good_words": _good_words(totals.created + totals.changed, totals.retired),
        "labels": [label for _id, label in findings.fields],
        "samples": [(kind.value, findings.samples.get(kind.value, ())) for kind in SHOWN],
        "refused": findings.refused,
        "refused_in_all": findings.totals.refused,
        "reasons": [(label, words, number(count)) for label, words, count in findings.reasons],
        "no_values": findings.no_values,
    }


def _good_words(taken: int, retired: int) -> str:
    """Return what the button says that it does."""
    words = ngettext("Import %(count)s row", "Import %(count)s rows", taken) % {"count": number(taken)}
    if not retired:
        return words
    return _("%(import)s and delete %(count)s") % {"import": words, "count": number(retired)}


def figures_of(totals: Mapping[str, Any]) -> list[Figure]:
    """Return the totals."""
    refused, retired = totals.get("refused", 0), totals.get("retired", 0)
    deleted = [Figure(number=number(retired), label=_("deleted, as the file lacks them"))] if retired else []
    return [
        Figure(number=number(totals.get("created", 0)), label=_("new")),
        Figure(number=number(totals.get("changed", 0)), label=_("changed")),
        Figure(number=number(totals.get("skipped", 0)), label=_("skipped, as nothing in them differs")),
        *deleted,
        Figure(number=number(refused), label=_("refused"), is_refused=refused > 0),
    ]


def label_of(opts: Options, name: str) -> str:
    """Return what people call a field."""
    return str(capfirst(opts.get_field(name).verbose_name))


def examples_of(source: Source) -> Sequence[Sequence[Any]]:
    """Return the first rows of a file."""
    try:
        return [cells for _line, cells in islice(source, _EXAMPLES)]
    except TransferError:
        # The preview itself says what is wrong with the file.
        return []
