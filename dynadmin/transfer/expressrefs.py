"""Lines whose cells name rows of other tables, with the numbers of these rows instead."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from dynadmin.transfer.cells import Refusal
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.references import target_of
from dynadmin.transfer.resolving import ReferenceJudge

# Longer cells are looked at one by one.
_LONGEST = 200


@dataclass(kw_only=True)
class Numbered:
    """Lines without their ends, with numbers in them, and by column which numbers these are.

    At the places of ``unknown`` lines are as they were: whether they name rows is to be looked up.
    """

    lines: list[str]
    numbers: dict[str, set[str]] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)


class NumberedColumns:
    """The columns of a file that name rows of other tables."""

    def __init__(self, judges: Sequence[Any], delimiter: str) -> None:
        self._judges = {
            position: judge for position, judge in enumerate(judges) if isinstance(judge, ReferenceJudge)
        }
        self._delimiter = delimiter
        # What the cells seen lately mean: in CSV nothing is what stands for nothing.
        self._known: dict[int, dict[str, str]] = {position: {} for position in self._judges}

    def look_ahead(self) -> None:
        """Look up all rows of tables with few, so that most numbers are known without asking later."""
        for position, judge in self._judges.items():
            # What is gone meanwhile would be made again by one that makes rows.
            if judge.resolver.maker is None and (names := judge.resolver.names()):
                self._learn(position, set(names))

    def numbered(self, texts: Sequence[str]) -> Numbered:
        """Return the lines with the numbers that are known, asking nobody."""
        lines = "".join(texts).replace("\r", "").split("\n")[: len(texts)]
        result = Numbered(lines=lines)
        if self._judges:
            self._put_in(result, range(len(lines)))
        return result

    def _put_in(self, result: Numbered, places: Iterable[int]) -> None:
        # One line after the other, as columns of many lines are more than the processor keeps at hand.
        columns = [
            (position, self._known[position], result.numbers.setdefault(judge.field.column, set()))
            for position, judge in self._judges.items()
        ]
        lines, delimiter, cuts = result.lines, self._delimiter, max(self._judges) + 1
        for place in places:
            row = lines[place].split(delimiter, cuts)
            try:
                for position, known, numbers in columns:
                    number = row[position] = known[row[position]]
                    numbers.add(number)
            except KeyError:
                result.unknown.append(place)
            else:
                lines[place] = delimiter.join(row)
        for _position, _known, numbers in columns:
            numbers.discard("")

    def look_up(self, result: Numbered) -> set[int]:
        """Look up what is not known; return the places of lines that name no row, and stay as they are."""
        if places := result.unknown:
            cuts = max(self._judges) + 1
            rows = [result.lines[place].split(self._delimiter, cuts) for place in places]
            for position in self._judges:
                self._learn(position, {row[position] for row in rows})
            result.unknown = []
            self._put_in(result, places)
        return set(result.unknown)

    def _learn(self, position: int, cells: set[str]) -> None:
        judge, known = self._judges[position], self._known[position]
        judge.resolver.look_up(cells)
        if len(known) + len(cells) > judge.resolver.remembered:
            known.clear()
        for cell, loaded in judge.loaded(cells).items():
            if type(loaded) is not Refusal:
                known[cell] = "" if loaded == judge.null else loaded


def name_shape(judge: Any, model: type[models.Model], plan: ColumnPlan, delimiter: str) -> str | None:
    """Return a regular expression of cells that may name a row of another table; None if they cannot.

    None too where there is a key, where rows have no numbers, and where they may be rows of the same file.
    """
    if plan.key or not isinstance(judge, ReferenceJudge) or judge.keeps_empty:
        return None
    target = target_of(judge.field)
    if target is model or not isinstance(target._meta.pk, models.IntegerField):
        return None
    return rf'[^"\r\n{re.escape(delimiter)}]{{0,{_LONGEST}}}+'
