"""The class as source: what it says is what the table's own class is, in any module it is written into."""

import ast
from dataclasses import replace

import pytest
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from dynadmin.factory import build_models
from dynadmin.fieldtypes import field_types
from dynadmin.graduation.expressions import WIDTH, Imports
from dynadmin.graduation.modules import bindings_of, with_class
from dynadmin.graduation.source import class_source, meta_options
from dynadmin.kinds import kinds, missing_columns
from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema
from tests.fieldtypes.cases import CASES, DEFAULTS


def field(id: int, slug: str = "char", **options) -> FieldSchema:
    made = field_types[slug].clean_options(options)
    return FieldSchema(id=id, name=f"f{id}_{slug}", label=f"{slug}'s", type=slug, options=made)


def table(*fields: FieldSchema, **more) -> TableSchema:
    return TableSchema(**{"id": 5, "name": "flights", "label": "Flights", "fields": fields} | more)


def module_of(of_table: TableSchema, before: str = "") -> str:
    """Return the text of a module that had this text before the class was written into it."""
    imports = Imports(taken=bindings_of(before))
    return with_class(before, imports, class_source(of_table, "Flight", imports))


@isolate_apps("tests.staticapp")
def made_of(text: str) -> type:
    """Return the class that a module makes."""
    names = {"__name__": "tests.staticapp.written"}
    exec(compile(text, "written.py", "exec"), names)
    return names["Flight"]


def told(model: type) -> list[str]:
    """Return what a class says of its fields and itself, so that two can be compared."""
    fields = [f"{field.name} {MigrationWriter.serialize(field)[0]}" for field in model._meta.local_fields]
    return [*fields, MigrationWriter.serialize(meta_options(model))[0]]


# --- What it says ---


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_field_of_each_type_is_the_same_in_the_written_class(case):
    flights = table(field(1, case.slug, **case.options))

    assert told(made_of(module_of(flights))) == told(build_models([flights])[5])


@pytest.mark.parametrize("kind", ["record", "event"])
def test_the_columns_of_a_kind_are_written_as_ordinary_fields(kind):
    columns = missing_columns([], kinds[kind])
    flights = table(*(replace(column, id=id) for id, column in enumerate(columns, 1)), kind=kind)

    written = made_of(module_of(flights))

    assert told(written) == told(build_models([flights])[5])
    assert [f.name for f in written._meta.local_fields] == ["id", *kinds[kind].columns]


@pytest.mark.parametrize("slug", DEFAULTS)
def test_so_are_defaults(slug):
    needed = {"choices": [{"value": "sky", "color": "#0000ff"}, "red"]} if "choice" in slug else {}
    flights = table(field(1, slug, default=DEFAULTS[slug], help_text="<b>'\"\\", **needed))

    assert told(made_of(module_of(flights))) == told(build_models([flights])[5])


def test_a_row_is_called_what_the_table_calls_it():
    choices = {"choices": [{"value": "UA", "label": "United"}]}
    fields = field(1), field(2, "int", null=True), field(3, "choice", **choices)
    flights = table(*fields, display=('"{', 1, "} ", 3, " ", 2))

    written = made_of(module_of(flights))

    assert str(written(f1_char="N1", f2_int=0, f3_choice="UA")) == '"{N1} United 0'
    assert str(written(f1_char="N1", f2_int=None, f3_choice="UA")) == '"{N1} United '
    assert str(made_of(module_of(replace(flights, display=())))(f1_char="N1")) == "N1"


def test_so_are_rules():
    rules = (
        ConstraintSchema(id=1, kind="unique", fields=(1, 2), label='It\'s "once"'),
        ConstraintSchema(id=2, kind="check", fields=(2,), rule={"operator": "!=", "other": 3}),
        ConstraintSchema(id=3, kind="check", fields=(4,), rule={"operator": ">", "value": "2024-01-31"}),
        ConstraintSchema(id=4, kind="index", fields=(2, 3)),
    )
    fields = (field(1, max_length=9), field(2, "int"), field(3, "int"), field(4, "date"))
    flights = table(*fields, constraints=rules)

    assert told(made_of(module_of(flights))) == told(build_models([flights])[5])


@pytest.mark.parametrize(
    "text", ['"', '"""', "\\", "ends with \\", 'a "quoted" end"', "of\ntwo lines", "'''"]
)
def test_any_description_is_the_docstring(text):
    flights = table(field(1), description=text)

    docstring = made_of(module_of(flights)).__doc__

    assert [line.strip() for line in docstring.splitlines()] == text.splitlines()


def test_what_the_class_leaves_alone_is_told_in_comments():
    gone = FieldSchema(id=2, name="gone", label="Gone\nby", type="char", options={}, retired_after=3)
    old = FieldSchema(id=1, name="old", label="Old", type="int", options={}, conversion={"into": 1})

    text = module_of(table(field(1), gone, originals=(old,)))

    assert "# c2: the deleted field “Gone by”\n" in text
    assert "# c1: the values before a conversion of “Old”\n" in text
    assert [f.column for f in made_of(text)._meta.local_fields] == ["id", "c1"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((field(1), field(2, "text")), {"f1_char": "", "f2_text": "b"}),
        ((field(1), field(2, "text")), {"f1_char": "a", "f2_text": "b"}),
        ((field(1, "choice", choices=["x"]), field(2)), {"f1_choice": "x", "f2_char": "c"}),
        ((field(1, "int"),), {"f1_int": 5}),
    ],
)
def test_a_row_is_called_as_before(fields, words):
    flights = table(*fields)

    assert str(made_of(module_of(flights))(**words)) == str(build_models([flights])[5](**words))


def test_lines_are_short_where_they_can_be():
    choices = [{"value": f"value {n}", "label": f"Label {n}", "color": "#0000ff"} for n in range(9)]

    text = module_of(table(field(1, "choice", choices=choices)))

    assert max(map(len, text.splitlines())) <= WIDTH


# --- Into which module ---


MODULES = {
    "nothing": "",
    "as startapp makes it": "from django.db import models\n\n# Create your models here.\n",
    "a docstring": '"""The shop."""\n',
    "a comment": "# -*- coding: utf-8 -*-\n# All rights reserved\n",
    "other names for the same": "import datetime as dt\nfrom django.db import models as m\n",
    "the same names for others": "models = fields = validators = datetime = functools = copy = 1\n",
    "other imports of the same names": "from os import path as models\nfrom datetime import datetime\n",
    "imports of no use": "try:\n    import datetime\nexcept ImportError:\n    datetime = None\n",
    "a local import": "def now():\n    import datetime\n    from django.db import models\n",
    "a future": '"""Shop."""\n\nfrom __future__ import annotations\nfrom django.db import models\n\nX = 1\n',
}


@pytest.mark.parametrize("name", MODULES)
def test_a_class_works_in_any_module(name):
    before = MODULES[name]
    flights = table(
        field(1, "date", min_value="2020-01-01"),
        field(2, "datetime", default="2024-01-31T14:30"),
        field(3, "multichoice", choices=["sky"], default=["sky"]),
        field(4, min_length=2),
    )

    text = module_of(flights, before)

    assert told(made_of(text)) == told(build_models([flights])[5])
    kept = [line for line in before.splitlines() if line]
    assert [line for line in text.splitlines() if line in kept][: len(kept)] == kept
    assert ast.get_docstring(ast.parse(text)) == ast.get_docstring(ast.parse(before))
