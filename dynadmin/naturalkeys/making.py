"""New rows for values that no row has."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _

from dynadmin.constraints.breaking import complaint_of
from dynadmin.naturalkeys.finding import Finder, Found

Reasons = tuple[str, ...]

_BATCH = 500


class RowMaker:
    """Makes rows that have nothing but a key, set by set; ``made`` counts them.

    Call it inside a transaction. As in ``bulk_create``, no signals are sent and ``save()`` is not called.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self.made = 0

    def make(self, values: Collection[Any]) -> dict[Any, Found | Reasons]:
        """Return by value the new row, or why there is none."""
        outcomes: dict[Any, Found | Reasons] = {}
        rows = []
        for value in values:
            try:
                rows.append(self._row(value))
            except ValidationError as error:
                outcomes[value] = tuple(error.messages)
        outcomes |= self._insert(rows)
        made = [value for value, outcome in outcomes.items() if isinstance(outcome, Found)]
        return outcomes | self._without_forbidden(made, outcomes)

    def _row(self, value: Any) -> models.Model:
        key = self._finder.key
        return self._finder.model(**{key.attname: key.clean(value, None)})

    def _insert(self, rows: list[models.Model]) -> dict[Any, Found | Reasons]:
        """Insert the rows, narrowed down to those that the database refuses."""
        if not rows:
            return {}
        key = self._finder.key.attname
        try:
            with transaction.atomic(using=self._finder.alias):
                made = self._finder.rows().bulk_create(rows, batch_size=_BATCH)
        except (IntegrityError, DataError) as error:
            if len(rows) == 1:
                return {getattr(rows[0], key): (self._words(error),)}
            half = len(rows) // 2
            return self._insert(rows[:half]) | self._insert(rows[half:])
        return {getattr(row, key): Found(row.pk) for row in made}

    def _words(self, error: Exception) -> str:
        complaint = complaint_of(error, self._finder.model) if isinstance(error, IntegrityError) else None
        return complaint or _("The database refuses this row: %(reason)s") % {
            "reason": str(error).splitlines()[0]
        }

    def _without_forbidden(self, made: list[Any], outcomes: dict[Any, Any]) -> dict[Any, Reasons]:
        """Take back the new rows that the limit does not allow to be chosen; return why, by value."""
        found = self._finder.find(made)
        forbidden = [value for value in made if value in found and not found[value].is_allowed]
        self.made += len(made) - len(forbidden)
        if forbidden:
            self._finder.rows().filter(pk__in=[outcomes[value].pk for value in forbidden])._raw_delete(
                self._finder.alias
            )
        reason = _("A new row would be none of those that may be chosen here.")
        return dict.fromkeys(forbidden, (reason,))
