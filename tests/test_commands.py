"""``syncdynamic``: what it says, does, and finds wrong."""

from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from dynadmin.executor.views import view_name
from dynadmin.fieldtypes import field_types
from dynadmin.models import DynamicField, SchemaRevision
from dynadmin.registry import registry


def syncdynamic(*arguments: str) -> str:
    output = StringIO()
    call_command("syncdynamic", *arguments, stdout=output, no_color=True)
    return output.getvalue()


def found_wrong(*arguments: str) -> str:
    """Return what --check writes before it fails."""
    output = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("syncdynamic", "--check", *arguments, stdout=output, no_color=True)
    assert failure.value.returncode == 1
    return output.getvalue()


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


# --- Applying ---


def test_it_applies_all_definitions_and_says_so(tables):
    tables.define("flights", carrier="char")
    tables.define("planes", tail="char")

    words = syncdynamic()

    assert "Create table “Flights” with the fields Carrier" in words
    assert "Create table “Planes” with the fields Tail" in words
    assert SchemaRevision.objects.count() == 1


def test_it_applies_only_the_tables_named(tables):
    flights = tables.define("flights", carrier="char")
    planes = tables.define("planes", tail="char")

    syncdynamic("flights")

    assert flights.is_applied
    assert not planes.is_applied


def test_with_nothing_to_do_it_says_so(tables):
    tables.make("flights", carrier="char")

    assert syncdynamic() == "Nothing to do.\n"


def test_an_unknown_table_is_an_error(tables):
    with pytest.raises(CommandError, match="no definition of a table 'ghost'"):
        syncdynamic("ghost")


def test_the_plan_is_said_and_nothing_done(tables):
    tables.define("flights", carrier="char")

    assert "Create table “Flights”" in syncdynamic("--plan")
    assert not SchemaRevision.objects.exists()


def test_the_plan_tells_what_stands_in_the_way(tables):
    flights = tables.make("flights", carrier="char")
    flights.django_model.objects.create(carrier="LONG")
    flights.fields.update(options={"max_length": 2})

    assert "In the way: 1 value of field “Carrier”" in syncdynamic("--plan")


def test_retiring_has_to_be_allowed(tables):
    flights = tables.make("flights", carrier="char", distance="int")
    flights.fields.get(name="distance").delete()

    with pytest.raises(CommandError, match=r"Retire field “Distance”.*--allow-destructive"):
        syncdynamic()
    assert "Retire field" in syncdynamic("--allow-destructive")


def test_a_definition_that_is_not_valid_is_named(tables):
    flights = tables.define("flights", carrier="char")
    flights.fields.update(options={"max_lenght": 2})

    with pytest.raises(CommandError, match="flights: max_lenght: There is no option"):
        syncdynamic()


# --- Checking ---


@pytest.fixture
def flights(tables):
    return tables.make("flights", carrier=("char", {"max_length": 2}), distance="int", price="decimal")


@pytest.fixture
def carrier(flights) -> str:
    """The column of the field carrier."""
    return registry.newest.schema.tables[flights.pk].live_fields[0].column


def fields_of_every_type() -> dict:
    """Return a field of each type there is, named after it, with what options a type cannot do without."""
    needed = {"choices": ["x"], "target": "auth.User"}
    return {f"a_{slug}": (slug, _those_of(form, needed)) for slug, form in forms_by_type().items()}


def _those_of(form, options: dict) -> dict:
    return {name: value for name, value in options.items() if name in form.base_fields}


def forms_by_type() -> dict:
    stored = (field_type for field_type in field_types if field_type.stored != "computed")
    return {field_type.slug: field_type.options_form for field_type in stored}


def test_all_agrees_after_any_change(tables):
    required = ("int", {"null": False, "blank": False, "unique": True})
    table = tables.make("everything", required=required, **fields_of_every_type())
    table.fields.filter(name__in=["required", "a_char"]).delete()
    tables.add(table, later="char")
    table.sync(allow_destructive=True)
    tables.make("retired", a="char").retire()

    assert "agree" in syncdynamic("--check")


def test_a_draft_that_is_not_applied_is_found(flights):
    DynamicField.objects.create(model=flights, name="year", type="int", position=9)

    assert "Not applied: Add field “Year” to “Flights”" in found_wrong()


def test_a_lost_table_is_found(flights):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")
    execute(f"DROP TABLE dyn_t{flights.pk}")

    assert f"“Flights” has no table dyn_t{flights.pk} in the database" in found_wrong()


def test_a_lost_view_is_found(flights):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")

    assert "“Flights” has no view under its name flights" in found_wrong("flights")


def test_a_view_of_other_columns_is_found(flights):
    view = view_name(registry.newest.schema.tables[flights.pk])
    execute(f"DROP VIEW {view}")
    execute(f"CREATE VIEW {view} AS SELECT id FROM dyn_t{flights.pk}")

    assert "The view of table “Flights” shows something else" in found_wrong()


def test_a_lost_column_and_a_strange_one_are_found(flights, carrier):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")
    execute(f"ALTER TABLE dyn_t{flights.pk} RENAME COLUMN {carrier} TO strange")

    words = found_wrong()

    assert f"“Carrier” of “Flights” lacks its column dyn_t{flights.pk}.{carrier}" in words
    assert f"has a column dyn_t{flights.pk}.strange that is no field's" in words


def test_a_column_of_another_type_is_found(flights, carrier):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")
    execute(f"ALTER TABLE dyn_t{flights.pk} DROP COLUMN {carrier}")
    execute(f"ALTER TABLE dyn_t{flights.pk} ADD COLUMN {carrier} varchar(9)")

    assert f"Column dyn_t{flights.pk}.{carrier} of “Flights” is " in found_wrong()


def test_a_table_that_no_revision_knows_is_found_unless_others_are_asked_about(flights):
    execute("CREATE TABLE dyn_t999999 (id integer)")

    assert "Table dyn_t999999 is in the database, but in no revision." in found_wrong()
    assert "agree" in syncdynamic("--check", "flights")


def test_lost_permissions_and_content_types_are_found(flights):
    Permission.objects.filter(codename=f"view_t{flights.pk}").delete()
    assert f"lacks the permissions view_t{flights.pk}" in found_wrong()

    ContentType.objects.filter(app_label="tables").delete()
    assert f"has no content type t{flights.pk}" in found_wrong()


# --- Repairing ---


def test_a_draft_of_another_kind_is_found_though_it_has_the_same_fields(tables):
    table = tables.make("flights", of_kind="record")
    table.kind = "plain"
    table.save()

    assert "dynadmin.I162" in found_wrong()


def test_a_difference_is_told_with_its_id_and_what_to_do(flights):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")

    assert found_wrong().splitlines() == [
        "dynadmin.W131 Flights: Table “Flights” has no view under its name flights.",
        "    SQL and BI tools do not find it. --repair makes it.",
    ]


def test_a_repair_says_what_it_did_and_leaves_nothing(flights):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")

    words = syncdynamic("--repair")

    assert "Repaired: dynadmin.W131 Flights: Table “Flights” has no view under its name flights." in words
    assert words.endswith("1 repaired.\n")
    assert "agree" in syncdynamic("--check")
    assert syncdynamic("--repair") == "Nothing to repair.\n"


def test_a_repair_says_what_it_left_and_why(flights, carrier):
    execute(f"DROP VIEW {view_name(registry.newest.schema.tables[flights.pk])}")
    execute(f"ALTER TABLE dyn_t{flights.pk} DROP COLUMN {carrier}")
    execute(f"ALTER TABLE dyn_t{flights.pk} ADD COLUMN {carrier} varchar(2)")
    execute(f"INSERT INTO dyn_t{flights.pk} DEFAULT VALUES")
    output = StringIO()

    with pytest.raises(CommandError, match=r"1 left, \d repaired"):
        call_command("syncdynamic", "--repair", stdout=output, no_color=True)

    words = output.getvalue()
    assert f"dynadmin.W116 Flights: Column dyn_t{flights.pk}.{carrier} of “Flights” may be empty" in words
    assert "    Not repaired: " in words


def test_only_the_tables_named_are_repaired(flights, tables):
    tables.make("planes", tail="char")
    for table in registry.newest.schema.live_tables:
        execute(f"DROP VIEW {view_name(table)}")

    assert "Planes" not in syncdynamic("--repair", "flights")
    assert "“Planes” has no view" in found_wrong()


def test_a_draft_is_told_but_nothing_to_be_repaired(flights):
    DynamicField.objects.create(model=flights, name="year", type="int", position=9)

    words = syncdynamic("--repair")

    assert "dynadmin.I162 Flights: Not applied: Add field “Year” to “Flights”" in words
    assert words.endswith("Nothing to repair.\n")
