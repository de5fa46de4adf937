"""A table from a file: all rows are read once, all columns decided."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.timezone import get_current_timezone, override
from django.utils.translation import gettext as _

from dynadmin.conversion.zones import zone_named
from dynadmin.inference.deciding import decide
from dynadmin.inference.fieldoptions import options_for
from dynadmin.inference.proposal import ColumnProposal, Proposal, Wish
from dynadmin.inference.reasons import reason_for
from dynadmin.inference.repeats import HashRoom
from dynadmin.inference.tally import MOST_TEXTS, Tally
from dynadmin.transfer.readers import Source

# So many cells stay near the processor: with more, looking at each takes twice as long.
_MOST_CELLS = 6_000
_FEWEST_ROWS = 50
# Different texts that are kept of all columns together, and at least of each.
_TEXTS, _FEWEST_TEXTS = 400_000, 500
_LONGEST_LABEL = 100


class Counted:
    """The columns of a file, counted: what is proposed can be asked again without reading it again.

    `empty_texts` stand for no value in all columns. `zone` names the time zone of moments that do not say
    theirs, else it is that in force. Raises BadFile when the file cannot be read to its end.
    """

    def __init__(
        self,
        source: Source,
        *,
        empty_texts: Iterable[str] = (),
        zone: str = "",
    ) -> None:
        self.headers = source.headers
        self.zone = (zone_named(zone) if zone else None) or get_current_timezone()
        room, empty = HashRoom(), frozenset(empty_texts)
        most = max(_FEWEST_TEXTS, min(MOST_TEXTS, _TEXTS // len(self.headers)))
        self.tallies = [Tally(self.zone, room, empty_texts=empty, most=most) for _header in self.headers]
        self.rows = self.ragged = 0
        for columns, rows, ragged in _chunks(source):
            self.rows += rows + ragged
            self.ragged += ragged
            for tally, cells in zip(self.tallies, columns, strict=True):
                tally.add(_texts(cells, tally) if source.format.is_typed else cells)

    def proposal(self, wishes: Mapping[int, Wish] | None = None) -> Proposal:
        """Return the table that the file would be, with what a person has said by position of the column."""
        wishes = wishes or {}
        with override(self.zone):
            columns = tuple(
                _column(tally, position, header, wishes.get(position, Wish()))
                for position, (header, tally) in enumerate(zip(self.headers, self.tallies, strict=True))
            )
        return Proposal(columns=columns, rows=self.rows, ragged=self.ragged)


def infer(source: Source, *, wishes: Mapping[int, Wish] | None = None) -> Proposal:
    """Return the table that a file would be. Raises BadFile when it cannot be read to its end."""
    return Counted(source).proposal(wishes)


def _column(tally: Tally, position: int, header: str, wish: Wish) -> ColumnProposal:
    decision = decide(tally, header, wish)
    options = options_for(tally, decision, header)
    return ColumnProposal(
        position=position,
        header=header,
        label=_label(header, position),
        type=decision.type,
        options=options,
        reason=reason_for(tally, decision, options),
        reading=decision.reading,
        samples=tuple(tally.samples),
        values=decision.values,
        empties=decision.empties,
        empty_texts=decision.empty_texts,
        misfits=decision.misfits,
        misfit_samples=decision.misfit_samples,
        questions=decision.questions,
        answers=wish.answers,
    )


def _label(header: str, position: int) -> str:
    """Return what people may call the column: `dep_time` is "Dep time"."""
    text = " ".join(header.replace("_", " ").split())[:_LONGEST_LABEL]
    text = text[:1].upper() + text[1:] if text.islower() else text
    return text or _("Column %(number)d") % {"number": position + 1}


# --- Rows as columns ---


def _chunks(source: Source) -> Iterator[tuple[Sequence[Sequence[Any]], int, int]]:
    """Yield some rows as columns, with how many they are, and how many are not as wide as others."""
    width = len(source.headers)
    for _lines, rows in source.chunks(max(_FEWEST_ROWS, _MOST_CELLS // width)):
        whole = rows if set(map(len, rows)) == {width} else [cells for cells in rows if len(cells) == width]
        columns: Sequence[Any] = list(zip(*whole, strict=True)) if whole else [()] * width
        yield columns, len(whole), len(rows) - len(whole)


def _texts(cells: Sequence[Any], tally: Tally) -> list[str]:
    """Return typed cells as texts; lists and objects among them are counted, as they are none."""
    tally.note_nested([text_of(cell) for cell in cells if isinstance(cell, list | dict)])
    return [text_of(cell) for cell in cells]


def text_of(cell: Any) -> str:
    """Return a typed cell, as of JSON, as the text that would be read as the same."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return json.dumps(cell, default=float, ensure_ascii=False) if isinstance(cell, list | dict) else str(cell)
