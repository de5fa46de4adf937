"""The front door: what is done with a definition, from its plan to its end."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import NotApplied
from dynadmin.models.applying import apply_plan, plan_tables
from dynadmin.models.deciding import choices_by_field
from dynadmin.models.drafting import forget_definitions, write_definitions
from dynadmin.plan import Plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision

if TYPE_CHECKING:
    from dynadmin.models.definitions import DynamicModel


class FrontDoor(models.Model):
    """What one can do with the definition of a table."""

    class Meta:
        abstract = True

    def plan(self, *, on_failure: Mapping[str, Any] | None = None, answers: Any = None) -> Plan:
        """Return the plan that leads from the revision in force to this draft.

        ``on_failure`` says, by the name of a field, what becomes of values that do not convert: ``"stop"``
        (the default), ``"empty"``, ``"keep"`` (their text goes to a second field) or ``{"value": ...}``.
        ``answers`` are those to the questions of a conversion, by name of field and id of question. Raises
        ValidationError.
        """
        return self._plan(on_failure or {}, answers or {})

    def _plan(self, on_failure: Mapping[str, Any], answers: Any, *, reserve: bool = False) -> Plan:
        choices = choices_by_field(self, on_failure, answers)
        return plan_tables([self], choices=choices, reserve=reserve)

    def sync(
        self,
        *,
        allow_destructive: bool = False,
        on_failure: Mapping[str, Any] | None = None,
        answers: Mapping[str, Mapping[str, str]] | None = None,
        user=None,
        shown: str = "",
        in_background: bool = False,
    ) -> SchemaRevision | SchemaChange | None:
        """Apply the draft; return the new revision, or None if there was nothing to do.

        ``on_failure`` and ``answers`` are those of ``plan()``; ``shown`` is the digest of the preview a
        person agreed to. With ``in_background`` a change of a large table is only recorded: the SchemaChange
        that is returned has to be given to ``background.enqueue()``. Must be called outside transactions.
        Raises UnsafePlan if something would be retired and nobody allowed it, RefusedChange if it cannot be
        done, SchemaBusy if the table stays in use, StalePlan if the plan, or what the rows make of it, is no
        longer what was shown.
        """

        def make() -> Plan:
            return self._plan(on_failure or {}, answers or {}, reserve=True)

        return apply_plan(
            make, allow_destructive=allow_destructive, user=user, shown=shown, in_background=in_background
        )

    def retirement(self, *, with_references: bool = False) -> Plan:
        """Return the plan that retires the table; empty if it was never applied.

        ``with_references``: with it go the fields of other tables that refer to it, which else keep it.
        """
        return plan_tables(gone=[self.pk], with_references=with_references)

    def retire(self, *, with_references: bool = False, user=None, shown: str = "") -> SchemaRevision | None:
        """Take the table out of everybody's sight, keeping its rows; the definition goes with it.

        Arguments and errors are those of ``retirement()`` and ``sync()``.
        """
        make = partial(self.retirement, with_references=with_references)
        revision = apply_plan(make, allow_destructive=True, user=user, shown=shown)
        if revision is None:  # it was never applied
            with transaction.atomic():
                forget_definitions([self.pk])
        return revision

    def extract(self, columns: Sequence[str], **arguments: Any) -> "DynamicModel":
        """Make a table of the distinct combinations of columns, and refer to it; see ``models.extract``."""
        # It makes definitions, of which this is a part.
        from dynadmin.models.extracting import extract

        return extract(self, columns, **arguments)

    def revert(self) -> None:
        """Make the draft what is in force. Raises NotApplied, or RefusedChange if its name is taken."""
        table = registry.newest.schema.tables.get(self.pk)
        if table is None or table.retired:
            raise NotApplied(f"Table {self.name!r} is not in force: there is nothing to go back to.")
        write_definitions([table])
        self.refresh_from_db()
