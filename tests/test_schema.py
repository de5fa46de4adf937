"""Schema values: identity by id, JSON there and back, and comparison."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema

ids = st.integers(min_value=1, max_value=10**9)
options = st.dictionaries(st.text(max_size=10), st.one_of(st.none(), st.booleans(), st.integers(), st.text()))
fields = st.builds(
    FieldSchema,
    id=ids,
    name=st.text(),
    label=st.text(),
    type=st.text(),
    options=options,
    retired_after=st.none() | ids,
)
constraints = st.builds(
    ConstraintSchema,
    id=ids,
    kind=st.text(),
    fields=st.lists(ids).map(tuple),
    label=st.text(),
    rule=st.dictionaries(st.text(max_size=10), st.text() | ids),
)
tables = st.builds(
    TableSchema,
    id=ids,
    name=st.text(),
    label=st.text(),
    description=st.text(),
    folder=st.text(),
    fields=st.lists(fields, max_size=4).map(tuple),
    constraints=st.lists(constraints, max_size=2).map(tuple),
    retired_after=st.none() | ids,
)


@given(st.lists(tables, max_size=4))
def test_a_schema_is_the_same_after_json(some_tables):
    schema = Schema.of(some_tables)

    assert Schema.from_json(schema.to_json()) == schema


@given(ids)
def test_names_in_the_database_are_made_of_the_id_alone(id):
    table = TableSchema(id=id, name='x"; DROP TABLE victim; --')
    field = FieldSchema(id=id, name="b' OR 1", type="char")

    assert (table.db_table, table.class_name, table.model_name) == (f"dyn_t{id}", f"T{id}", f"t{id}")
    assert field.column == f"c{id}"


def test_retired_tables_have_no_name_any_more():
    schema = Schema.of([TableSchema(id=1, name="old", retired_after=3), TableSchema(id=2, name="new")])

    assert schema.table_named("new").id == 2
    with pytest.raises(KeyError):
        schema.table_named("old")


def test_only_tables_that_differ_are_changed():
    old = Schema.of([TableSchema(id=1, name="a"), TableSchema(id=2, name="b")])
    new = old.with_tables([replace(old.tables[2], label="B"), TableSchema(id=3, name="c")])

    assert [table.id for table in new.changed_since(old)] == [2, 3]
