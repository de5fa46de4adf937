"""The chain of revisions, each made from the one before."""

from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.state import State
from dynadmin.revisions import SchemaRevision, load_schema


@register
class BrokenChain(Kind):
    id = "dynadmin.W151"
    title = gettext_lazy("A revision is not made from the one before it.")
    hint = gettext_lazy(
        "Revisions were deleted or written by hand: a process that knows an older one has to read the whole "
        "schema, and history has a gap. --repair joins the two; what they say stays."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for number, base, before in state.broken_revisions if state.is_whole else ():
            words = {"number": number, "base": base, "before": before}
            what = (
                _("Revision %(number)d is made from %(base)d, but the one before it is %(before)d.") % words
            )
            yield self.drift(_("Revision %(number)d") % words, what, partial(_join, number, before))


def _join(number: int, before: int, editor, state: State) -> None:
    changed = load_schema(number).changed_since(load_schema(before))
    SchemaRevision.objects.filter(pk=number).update(
        base=before, changes=[table.to_json() for table in changed]
    )
