"""A chain of revisions without a database, and a book to revise."""

from dynadmin.fieldtypes import field_types
from dynadmin.plan import Plan, Revised, Undoing, make_plan, make_purge_plan, make_undoing
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema


class Chain:
    """Revisions one after the other. The first, number 1, made the tables given."""

    def __init__(self, *tables: TableSchema) -> None:
        self.schemas = [Schema(), Schema.of(tables)]

    @property
    def now(self) -> Schema:
        return self.schemas[-1]

    @property
    def newest(self) -> int:
        return len(self.schemas) - 1

    def do(self, *wanted: TableSchema, **more) -> None:
        self._carry_out(make_plan(self.now, base_revision=self.newest, wanted=wanted, **more))

    def _carry_out(self, plan: Plan) -> None:
        """Go through the steps as the executor does: none loses a column that a later one may need."""
        tables = dict(plan.base.tables)
        for operation in plan.operations:
            before = tables.get(operation.table.id)
            after = tables[operation.table.id] = operation.after(before)
            assert before is None or columns_of(before) <= columns_of(after), operation.describe()
        self.schemas.append(plan.target)

    def purge(self, **what) -> None:
        self.schemas.append(make_purge_plan(self.now, base_revision=self.newest, **what).target)

    def undoing(self, number: int) -> Undoing:
        before, after = self.schemas[number - 1 : number + 1]
        return make_undoing(
            [self._revised(table.id, number) for table in after.changed_since(before)], self.now
        )

    def _revised(self, id: int, number: int) -> Revised:
        def since():
            return [(n, schema.tables[id]) for n, schema in enumerate(self.schemas) if n > number]

        before, after = self.schemas[number - 1 : number + 1]
        return Revised(
            before=before.tables.get(id), after=after.tables[id], now=self.now.tables[id], since=since
        )

    def undo(self, number: int) -> list[str]:
        """Undo a revision, as the newest one; return what that did, in words."""
        undoing = self.undoing(number)
        assert not undoing.conflicts
        what = {"wanted": undoing.wanted, "gone": undoing.gone, "back": undoing.back}
        plan = make_plan(self.now, base_revision=self.newest, **what)
        self._carry_out(plan)
        return plan.descriptions


def columns_of(table: TableSchema) -> set[str]:
    return {field.column for field in (*table.fields, *table.originals)}


def field(id, name, type="char", *, label="", **options):
    return FieldSchema(
        id=id, name=name, label=label or name, type=type, options=field_types[type].clean_options(options)
    )


def book(*fields, **more):
    return TableSchema(**{"id": 1, "name": "book", "label": "Book", "fields": fields, **more})


TITLE, PAGES, ISBN = field(1, "title"), field(2, "pages", "int"), field(3, "isbn")
NAME = field(1, "name", label="title")
OTHER = TableSchema(id=2, name="other", label="Other", fields=(field(9, "x"),))
RULE = ConstraintSchema(id=5, kind="unique", label="Once", fields=(1, 2))
