"""``dumpschema`` and ``loadschema``: what they write, do, refuse, and leave alone."""

import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, SchemaRevision, plan_all, sync_all
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.support import drop_everything
from tests.test_commands import fields_of_every_type


def run(command: str, *arguments: str) -> str:
    output = StringIO()
    call_command(command, *arguments, stdout=output, no_color=True)
    return output.getvalue()


@pytest.fixture
def load(tmp_path):
    """Load a file given as text or as JSON; return what the command wrote."""

    def load(content: object, *arguments: str) -> str:
        path = tmp_path / "schema.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return run("loadschema", str(path), *arguments)

    return load


def refused(load, content: object, *arguments: str) -> str:
    with pytest.raises(CommandError) as failure:
        load(content, *arguments)
    return str(failure.value)


@pytest.fixture
def flights(tables) -> DynamicModel:
    return tables.make("flights", carrier=("char", {"max_length": 9}), distance="int")


@pytest.fixture
def ruled(flights) -> DynamicModel:
    """The table with a rule of each kind, one of which has a message."""
    carrier, distance = (field.pk for field in flights.fields.all())
    rule(flights, "unique", carrier, distance, label="One flight a distance")
    rule(flights, "check", distance, rule={"operator": ">", "value": "0"})
    rule(flights, "index", distance)
    flights.sync()
    return flights


def rule(table: DynamicModel, kind: str, *fields: int, **more) -> DynamicConstraint:
    position = table.constraints.count()
    return DynamicConstraint.objects.create(
        model=table, kind=kind, fields=list(fields), position=position, **more
    )


def dumped(*names: str) -> dict:
    return json.loads(run("dumpschema", *names))


def changed(content: dict, field: str, **changes) -> dict:
    """Return the file with one field of its first table changed."""
    for entry in content["tables"][0]["fields"]:
        if entry["name"] == field:
            entry |= changes
    return content


def state() -> tuple:
    """Return all that a load could change, tables and definitions."""
    definitions = DynamicModel.objects.order_by("pk").values_list("pk", "name", "label", "folder", "key")
    fields = DynamicField.objects.order_by("pk").values_list("pk", "model", "name", "type", "options", "key")
    return SchemaRevision.objects.count(), list(definitions), list(fields)


# --- There and back ---


def test_definitions_travel_to_another_installation_and_back(tables, load):
    tables.make("everything", label="All", folder="Tests", **fields_of_every_type())
    tables.make("flights", carrier=("choice", {"choices": [{"value": "UA", "color": "#ff0000"}]}))
    text = run("dumpschema")
    drop_everything()

    words = load(text)

    assert "Create table “All”" in words
    assert run("dumpschema") == text
    assert run("syncdynamic", "--check").endswith("agree.\n")
    assert plan_all().is_empty


def test_computed_fields_travel_too(tables, load):
    tables.make("decoy", of="char")  # so that ids are others where the file is loaded
    planes = tables.make("planes", tail="char")
    late = {"field": "late", "operator": "=", "value": "true"}
    relation = "foreignkey", {"target": target_of(planes.pk)}
    flights = tables.make("flights", late="bool", plane=relation)
    tables.add(flights, tail=("lookup", {"source": "plane.tail"}))
    delays = {"source": "flights.plane", "function": "count", "limit": [late]}
    tables.add(planes, delays=("rollup", delays))
    sync_all([planes, flights])
    text = run("dumpschema", "planes", "flights")
    drop_everything()

    load(text)

    planes, flights = map(registry.current.model_named, ("planes", "flights"))
    for late in (True, False):
        flights.objects.create(late=late, plane=planes.objects.get_or_create(tail="N1")[0])
    assert planes.objects.get().delays == 1
    assert flights.objects.filter(tail="N1").count() == 2
    assert run("dumpschema") == text


def test_rules_travel_too(ruled, load):
    text = run("dumpschema")
    drop_everything()

    assert "Require Distance > 0" in load(text)
    assert run("dumpschema") == text
    assert load(text) == "Nothing to do.\n"
    assert plan_all().is_empty


def test_loading_again_does_nothing(tables, load):
    tables.make("everything", **fields_of_every_type())
    text = run("dumpschema")
    drop_everything()
    load(text)
    before = state()

    assert load(text) == "Nothing to do.\n"
    assert state() == before


def test_only_the_tables_named_are_dumped_into_a_file(tables, flights, tmp_path):
    tables.make("planes", tail="char")

    run("dumpschema", "flights", "--output", str(tmp_path / "flights.json"))

    written = json.loads((tmp_path / "flights.json").read_text())
    assert [table["name"] for table in written["tables"]] == ["flights"]


def test_a_draft_is_not_dumped(flights):
    flights.fields.filter(name="carrier").update(name="airline")

    assert [field["name"] for field in dumped()["tables"][0]["fields"]] == ["carrier", "distance"]


def test_an_unknown_table_cannot_be_dumped(tables):
    with pytest.raises(CommandError, match="no table “ghost”"):
        run("dumpschema", "ghost")


# --- What a load does ---


def test_a_renamed_field_keeps_its_values(flights, load):
    flights.django_model.objects.create(carrier="UA")

    assert "Rename field “carrier”" in load(changed(dumped(), "carrier", name="airline"))
    assert flights.django_model.objects.get().airline == "UA"
    assert flights.fields.filter(name="airline").exists()


def test_names_of_tables_may_be_swapped(tables, flights, load):
    tables.make("planes", tail="char")
    content = dumped()
    one, other = content["tables"]
    one["name"], other["name"] = other["name"], one["name"]

    load(content)

    assert registry.newest.schema.tables[flights.pk].name == "planes"
    assert DynamicModel.objects.get(pk=flights.pk).name == "planes"


def test_a_table_that_is_not_in_the_file_stays(tables, flights, load):
    content = dumped("flights")
    tables.make("planes", tail="char")

    assert load(content) == "Nothing to do.\n"
    assert DynamicModel.objects.count() == 2


def test_exact_retires_what_is_not_in_the_file(tables, flights, load):
    content = dumped("flights")
    tables.make("planes", tail="char")

    assert "Retire table “Planes”" in refused(load, content, "--exact")
    assert "Retire table “Planes”" in load(content, "--exact", "--allow-destructive")
    assert [definition.name for definition in DynamicModel.objects.all()] == ["flights"]


def test_a_field_that_is_not_in_the_file_is_retired_when_that_is_allowed(flights, load):
    content = dumped()
    del content["tables"][0]["fields"][1]
    before = state()

    assert "--allow-destructive does it" in refused(load, content)
    assert state() == before
    assert "Retire field “Distance”" in load(content, "--allow-destructive")


def test_a_field_that_comes_back_has_its_values(flights, load):
    flights.django_model.objects.create(distance=700)
    whole, part = dumped(), dumped()
    del part["tables"][0]["fields"][1]
    load(part, "--allow-destructive")

    assert "Restore field “Distance”" in load(whole)
    assert flights.django_model.objects.get().distance == 700


def test_a_table_that_comes_back_has_its_rows(flights, load):
    flights.django_model.objects.create(distance=700)
    content, table_id = dumped(), flights.pk
    flights.retire()

    assert "Restore table “Flights” with its rows" in load(content)
    assert DynamicModel.objects.get().pk == table_id
    assert registry.newest.model(table_id).objects.get().distance == 700


def test_what_is_found_by_name_takes_the_keys_of_the_file(flights, load):
    content = dumped()
    for entry in (content["tables"][0], *content["tables"][0]["fields"]):
        entry["key"] = str(uuid.uuid4())

    assert "by the keys of the file" in load(content)
    assert dumped() == content
    assert load(content) == "Nothing to do.\n"
    assert plan_all().is_empty
    assert "Rename field" in load(changed(content, "carrier", name="airline"))


def test_a_file_without_keys_is_loaded_by_name(tables, load):
    content = {"dynadmin": 1, "tables": [{"name": "notes", "fields": [{"name": "note", "type": "text"}]}]}

    assert "Create table “Notes”" in load(content)
    assert load(content) == "Nothing to do.\n"
    assert dumped()["tables"][0]["key"]
    assert plan_all().is_empty


def test_a_definition_that_was_never_applied_becomes_the_table(tables, flights, load):
    content = dumped()
    drop_everything()
    draft = tables.define("flights", note="text")

    load(content)

    assert DynamicModel.objects.get().pk == draft.pk
    assert [field.name for field in draft.fields.all()] == ["carrier", "distance"]
    assert plan_all().is_empty


def test_a_draft_gives_way_to_the_file_and_the_plan_says_so(flights, load):
    content = changed(dumped(), "carrier", label="Airline")
    DynamicField.objects.create(model=flights, name="year", type="int", position=9)

    assert "Give up the changes of “Flights” that were never applied" in load(content, "--plan")
    load(content)

    assert [field.name for field in flights.fields.all()] == ["carrier", "distance"]


def test_rules_are_added_and_taken_away(ruled, load):
    content = dumped()
    table = content["tables"][0]
    removed = table["constraints"].pop()
    table["constraints"][0]["label"] = "Once"
    carrier = table["fields"][0]["key"]
    comparison = {"kind": "check", "fields": [carrier], "rule": {"operator": "!=", "value": "XX"}}
    table["constraints"].append(comparison | {"key": removed["key"]})

    words = load(content)

    assert "Require Carrier ≠ XX" in words
    assert [c.kind for c in ruled.constraints.all()] == ["unique", "check", "check"]
    assert load(content) == "Nothing to do.\n"


def test_rules_without_keys_are_told_by_what_they_say(ruled, load):
    content = dumped()
    for entry in content["tables"][0]["constraints"]:
        del entry["key"]

    assert load(content) == "Nothing to do.\n"


def test_a_check_compares_with_another_field_wherever_it_is_loaded(tables, load):
    table = tables.make("trips", start="date", end="date")
    start, end = (field.pk for field in table.fields.all())
    rule(table, "check", start, rule={"operator": "<=", "other": end})
    table.sync()
    content = dumped()
    drop_everything()

    load(content)

    (made,) = DynamicConstraint.objects.all()
    ids = {field.name: field.pk for field in DynamicField.objects.all()}
    assert (made.fields, made.rule["other"]) == ([ids["start"]], ids["end"])
    assert dumped() == content


# --- What it does not ---


def test_the_plan_is_said_and_nothing_done(flights, load):
    content = changed(dumped(), "carrier", name="airline")
    content["tables"].append({"name": "planes", "fields": [{"name": "tail", "type": "char"}]})
    before = state()

    words = load(content, "--plan")

    assert "Rename field “carrier” of “Flights” to “airline”" in words
    assert "Create table “Planes” with the fields Tail" in words
    assert state() == before


def test_rows_that_do_not_fit_stop_all_of_it(tables, flights, load):
    flights.django_model.objects.create(carrier="Lufthansa")
    content = changed(dumped(), "carrier", options={"max_length": 2})
    content["tables"].append({"name": "planes", "fields": [{"name": "tail", "type": "char"}]})
    before = state()

    assert "In the way: 1 value of field “Carrier”" in load(content, "--plan")
    assert "1 value of field “Carrier”" in refused(load, content)
    assert state() == before


def test_the_name_of_another_definition_is_not_taken(tables, flights, load):
    content = changed(dumped(), "carrier", label="Airline")
    content["tables"][0]["name"] = "planes"
    tables.define("planes", tail="char")
    before = state()

    assert "called “planes” by now" in load(content, "--plan")
    assert "called “planes” by now" in refused(load, content)
    assert state() == before


def test_a_bad_file_is_refused_with_the_place(tables, load):
    assert "Table “flights”, field “x1”, type: There is no field type “chr”" in refused(
        load, {"dynadmin": 1, "tables": [{"name": "flights", "fields": [{"name": "x1", "type": "chr"}]}]}
    )


@pytest.mark.parametrize("choice", ["flights=empty", "flights.carrier=perhaps", "flights.carrier=value", ""])
def test_a_choice_that_is_none_is_refused(flights, load, choice):
    assert "is not TABLE.FIELD=stop, empty, keep" in refused(load, dumped(), "--on-failure", choice)


@pytest.mark.parametrize("source", ["plane.tail", "5.7", str(uuid.UUID(int=0))])
def test_what_a_field_is_computed_from_has_to_be_told_by_keys(tables, load, source):
    tables.make("planes", tail="char")
    content = dumped()
    content["tables"][0]["fields"].append({"name": "t", "type": "lookup", "options": {"source": source}})

    assert f"Field “T” is made of a field “{source.split('.')[0]}”" in refused(load, content)


def test_a_choice_about_an_unknown_field_is_refused(flights, load):
    assert "no field “flights.ghost”" in refused(load, dumped(), "--on-failure", "flights.ghost=empty")


def test_a_file_that_is_not_there_is_refused(tables):
    with pytest.raises(CommandError, match="No such file"):
        run("loadschema", "/nowhere/schema.json")
