"""Undoing one revision, whatever it did."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from dynadmin.constraints import clean_constraint
from dynadmin.schema import ConstraintSchema, Schema, TableSchema
from tests.revision_chain import Chain, field

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
TYPES = st.sampled_from(["char", "text", "int", "bool", "date"])


@st.composite
def tables(draw, id: int, was: TableSchema | None):
    """A table as somebody may want it: known fields in any order, changed or left out, and new ones."""
    known = draw(st.permutations([f.id for f in was.live_fields])) if was else []
    kept = known[: draw(st.integers(0, len(known)))]
    new = [100 * id + draw(st.integers(0, 99)) for _ in range(draw(st.integers(0, 2)))]
    ids = list(dict.fromkeys([*kept, *(i for i in new if was is None or all(f.id != i for f in was.fields))]))
    names = draw(st.lists(NAMES, min_size=len(ids), max_size=len(ids), unique=True))
    fields = [
        field(i, name, draw(TYPES), help_text=draw(st.sampled_from(["", "?"])))
        for i, name in zip(ids, names, strict=True)
    ]
    folder = draw(st.sampled_from(["", "A"]))
    pairs = st.sampled_from([(rule, ids[0], ids[-1]) for rule in (1, 2)] if len(ids) > 1 else [()])
    rules = [
        ConstraintSchema(id=rule, kind="unique", fields=tuple(on))
        for rule, *on in filter(None, draw(st.sets(pairs)))
    ]
    table = TableSchema(id=id, name=f"t{id}", label=f"T{id}", folder=folder, fields=tuple(fields))
    return replace(table, constraints=tuple(rule for rule in rules if is_possible(rule, table)))


def is_possible(rule: ConstraintSchema, table: TableSchema) -> bool:
    try:
        clean_constraint(rule, table)
    except ValidationError:
        return False
    return True


@st.composite
def chains(draw):
    """A few revisions of up to two tables."""
    chain = Chain()
    for _number in range(draw(st.integers(1, 4))):
        wanted = [draw(tables(id, chain.now.tables.get(id))) for id in draw(st.sets(st.integers(1, 2)))]
        gone = draw(st.sets(st.integers(1, 2))) - {table.id for table in wanted}
        chain.do(*wanted, gone=gone)
    return chain


def seen(schema: Schema) -> dict:
    """Return what people see of a schema, in which column too."""
    return {
        table.id: replace(
            table,
            fields=table.live_fields,
            originals=(),
            constraints=frozenset(rule.id for rule in table.constraints),
            retired_after=None,
        )
        for table in schema.live_tables
    }


@settings(max_examples=100, deadline=None)
@given(chains())
def test_undoing_the_newest_revision_leads_back_to_where_it_began(chain):
    before = chain.schemas[-2]
    if seen(before) == seen(chain.now):
        return

    chain.undo(chain.newest)

    assert seen(chain.now) == seen(before)


@settings(max_examples=100, deadline=None)
@given(chains(), st.data())
def test_undoing_any_revision_is_refused_with_a_reason_or_leaves_no_trace_of_it(chain, data):
    number = data.draw(st.integers(2, chain.newest))
    undoing = chain.undoing(number)
    assert all(conflict.message for conflict in undoing.conflicts)
    if undoing.conflicts:
        return

    chain.undo(number)

    assert not chain.undoing(number).wanted
    assert not chain.undoing(number).gone
