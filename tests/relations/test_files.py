"""Relations in files of definitions: what they lead to goes by its key, whatever its id is here."""

import pytest

from dynadmin.exceptions import BadSchemaFile
from dynadmin.models import DynamicModel, SchemaLoad, dump_schema, sync_all
from dynadmin.registry import registry
from dynadmin.schemafile import read_schema
from tests.relations.fleet import to
from tests.support import drop_everything


def dumped(*tables) -> str:
    registry.refresh()
    return dump_schema(registry.newest.schema.tables[table.pk] for table in tables)


def load(text: str) -> SchemaLoad:
    return SchemaLoad(tables=read_schema(text))


@pytest.fixture
def circle(tables):
    """Tables that refer to each other, one of them to itself, with a limit and links."""
    people = tables.define("people", first="char", active="bool")
    limit = [{"field": "active", "operator": "=", "value": "true"}]
    leader = to(people, related_name="leads", limit=limit)
    teams = tables.define("teams", title="char", leader=leader, members=to(people, "manytomany"))
    tables.add(people, team=to(teams), boss=to(people, related_name="staff"), user=to("auth.User"))
    sync_all([people, teams])
    return people, teams


def test_a_file_of_a_circle_says_the_same_here_again(circle):
    assert load(dumped(*circle)).plan().is_empty
    assert load(dumped(circle[0])).plan().is_empty


def test_a_file_names_no_id(circle):
    text = dumped(*circle)

    assert "tables.T" not in text
    assert f"table:{circle[0].key}" in text


def test_a_file_makes_the_circle_where_nothing_of_it_is(circle, tables):
    text = dumped(*circle)
    drop_everything()
    tables.make("another", name_of="char")  # so that ids are others

    load(text).apply()

    people, teams = (DynamicModel.objects.get(name=name).django_model for name in ("people", "teams"))
    team = teams.objects.create(title="One")
    ann = people.objects.create(first="Ann", active=True, team=team)
    team.members.add(ann)
    assert teams.objects.get(members__first="Ann", people__first="Ann") == team
    assert people._meta.get_field("boss").related_model is people
    assert list(people.objects.complex_filter(teams._meta.get_field("leader").get_limit_choices_to())) == [
        ann
    ]
    assert load(text).plan().is_empty


def test_a_table_that_is_neither_in_the_file_nor_here_is_named(circle):
    text = dumped(circle[1])
    drop_everything()

    with pytest.raises(BadSchemaFile, match="which is neither in the file nor here"):
        load(text).plan()


def test_a_table_may_be_named_by_its_name(tables):
    text = """{"dynadmin": 1, "tables": [
      {"name": "planes", "fields": [{"name": "tail", "type": "char"}]},
      {"name": "flights", "fields": [
        {"name": "plane", "type": "foreignkey", "options": {"target": "table:planes"}}]}
    ]}"""

    load(text).apply()

    assert DynamicModel.objects.get(name="flights").django_model._meta.get_field("plane").related_model
