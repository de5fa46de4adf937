"""All rules of the game together, and taking back the last thing that was done to the tables."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from dynadmin.conversion import Choices
from dynadmin.exceptions import CannotUndo, RefusedChange
from dynadmin.models import SchemaRevision, undo
from dynadmin.registry import registry
from tests.relations.fields import ComputedRules
from tests.relations.game import Impossible, NotAllowed
from tests.relations.rows import RowRules
from tests.relations.tables import TableRules
from tests.relations.world import USERS


class Relations(TableRules, ComputedRules, RowRules):
    """Everything one can do with tables that refer to each other."""

    @initialize(data=st.data())
    def begin(self, data) -> None:
        """Begin with what there is most to find by: relations with values."""
        self.define_table()
        self.define_table()
        for table in [USERS, *self.world.tables] * 2:
            self.insert_into(data, table)
        for _each in range(3):
            self.relate_tables(data)
        for relation in self.world.seen:
            for source in sorted(self.world.rows[relation.owner]):
                self.refer_from(data, relation, source)

    @precondition(lambda self: self.last and self.undone < 2)
    @rule()
    def undo(self) -> None:
        revision = SchemaRevision.objects.get(pk=self.revision)
        # Everywhere people would have to decide, they do without the values if they can.
        relations = self.world.relations.values()
        choices = {r.id: Choices(on_failure="stop" if r.is_required else "empty") for r in relations}
        happened = self.happened(lambda: undo(revision, choices=choices))
        registry.refresh()
        undone = self.undone + 1
        try:
            inverse = self.last()
        except NotAllowed:
            assert happened == "refused"
        except Impossible:
            assert happened == "impossible"
        else:
            assert happened == "done"
            self.applied(inverse)
        self.undone = undone

    undo_again = undo

    def happened(self, change: Callable[[], object]) -> str:
        try:
            change()
        except CannotUndo:
            return "impossible"
        except RefusedChange:
            return "refused"
        return "done"
