"""What an import did, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.imports.records import FileImport


def number(count: int) -> str:
    """Return a count as people read it."""
    return number_format(count, use_l10n=True, force_grouping=True)


def made_words(made: dict[str, int]) -> list[str]:
    """Return what rows the tables get that relations of the imported one refer to."""
    words = []
    for table, count in made.items():
        message = ngettext("%(count)s new row of “%(table)s”", "%(count)s new rows of “%(table)s”", count)
        words.append(message % {"count": number(count), "table": table})
    return words


def spared_words(missing: str, refused: int) -> str:
    """Return why rows that the file lacks stay though they were to be deleted; "" where they do not."""
    if not refused or missing != "retire":
        return ""
    return _("As rows are refused, the rows that the file lacks stay: a refused row is not absent.")


def summary(job: FileImport) -> str:
    """Return what was done, for the message and the history."""
    return summary_of(job.totals, job.file_name)


def summary_of(totals: Mapping[str, Any], file_name: str) -> str:
    """Return what was done with the rows of a file."""
    created = totals.get("created", 0)
    parts = [
        ngettext("%(count)s row created", "%(count)s rows created", created) % {"count": number(created)},
        _("%(count)s changed") % {"count": number(totals.get("changed", 0))},
        _("%(count)s unchanged") % {"count": number(totals.get("skipped", 0))},
        *made_words(totals.get("made", {})),
    ]
    if retired := totals.get("retired", 0):
        parts.append(_("%(count)s deleted, as the file lacks them") % {"count": number(retired)})
    if refused := totals.get("refused", 0):
        parts.append(_("%(count)s refused and left out") % {"count": number(refused)})
    return _("Imported %(file)s: %(what)s.") % {"file": file_name, "what": ", ".join(parts)}
