"""Classes made from schema values, without a database."""

import pytest

from dynadmin.factory import build_models
from dynadmin.fieldtypes import field_types
from dynadmin.schema import FieldSchema, TableSchema

NEWARK = {"choices": [{"value": "EWR", "label": "Newark"}]}


def row_of(values: dict, **fields):
    """Return an unsaved row of a table with fields of these types; a choice is of NEWARK."""
    schemas = tuple(
        FieldSchema(
            id=number,
            name=name,
            type=slug,
            options=field_types[slug].clean_options(NEWARK if slug == "choice" else {}),
        )
        for number, (name, slug) in enumerate(fields.items(), start=1)
    )
    model = build_models([TableSchema(id=1, name="things", label="Things", fields=schemas)])[1]
    return model(id=7, **values)


@pytest.mark.parametrize(
    ("values", "fields", "expected"),
    [
        ({"title": "Ada"}, {"count": "int", "title": "char"}, "Ada"),
        ({"title": "", "note": "see below"}, {"title": "char", "note": "text"}, "see below"),
        ({"origin": "EWR", "title": "Ada"}, {"origin": "choice", "title": "char"}, "Ada"),
        ({"origin": "EWR"}, {"origin": "choice"}, "#7"),
        ({"count": 3}, {"count": "int"}, "#7"),
    ],
)
def test_a_row_is_called_by_its_first_text_else_by_its_id(values, fields, expected):
    assert str(row_of(values, **fields)) == expected


def test_a_field_without_a_label_is_called_by_its_name():
    model = type(row_of({}, dep_delay="int"))

    assert str(model._meta.get_field("dep_delay").verbose_name) == "dep_delay"


def test_two_classes_of_one_table_are_equal_in_name_and_independent():
    first, second = type(row_of({}, count="int")), type(row_of({}, count="int"))

    assert first is not second
    assert first.__qualname__ == second.__qualname__ == "T1"
    assert first.derived is not second.derived
