"""All rules of the game together, and taking back the last thing that was done to the tables."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from dynadmin.conversion import Choices
from dynadmin.exceptions import CannotUndo, Obstructed
from dynadmin.models import SchemaRevision, undo
from dynadmin.registry import registry
from tests.stateful.constraints import ConstraintRules
from tests.stateful.conversions import ConversionRules
from tests.stateful.fields import NAMES, TYPES
from tests.stateful.game import Impossible, NotAllowed
from tests.stateful.rows import RowRules
from tests.stateful.tables import TABLES, TableRules


class Database(TableRules, ConversionRules, ConstraintRules):
    """Everything one can do, from a table with a field of each type on."""

    @initialize(data=st.data())
    def begin(self, data) -> None:
        self.make_table(data, TABLES[0], dict(zip(NAMES, TYPES, strict=False)))
        self.insert(data)

    # What there is most to find by is done most often.
    convert_again = convert_once_more = ConversionRules.convert
    insert_again = RowRules.insert

    @precondition(lambda self: self.last and self.undone < 2)
    @rule()
    def undo(self) -> None:
        revision = SchemaRevision.objects.get(pk=self.revision)
        happened = self.happened(lambda: undo(revision, choices=self.let_go(revision)))
        registry.refresh()
        try:
            inverse, expected = self.last(), "done"
        except NotAllowed:
            expected = "refused"
        except Impossible:
            expected = "impossible"
        assert happened == expected
        undone = self.undone + 1
        if happened == "done":
            self.applied(inverse)
        self.undone = undone

    def let_go(self, revision: SchemaRevision) -> dict[int, Choices]:
        """Return the decision to do without values that do not convert back."""
        ids = {column.id for shelf in self.shelves.values() for column in shelf.columns}
        return {id: Choices(on_failure="empty") for id in ids}

    def happened(self, change: Callable[[], object]) -> str:
        try:
            change()
        except Obstructed:
            return "refused"
        except CannotUndo:
            return "impossible"
        return "done"
