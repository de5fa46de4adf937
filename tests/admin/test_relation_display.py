"""What the rows of a table are called: said on the page of its definition, and everywhere from then on."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from dynadmin.displays import fetch_texts, parse_display, write_display
from dynadmin.models import DynamicModel, SchemaLoad, SchemaRevision, dump_schema, undo
from dynadmin.schema import Schema
from dynadmin.schemafile import read_schema
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of

IDS = {"tail": 3, "seats": 5}


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("", ()),
        ("{tail}", (3,)),
        ("{tail} ({ seats })", (3, " (", 5, ")")),
        ("No. {tail} {{x}}", ("No. ", 3, " {", "x}")),
    ],
)
def test_names_in_braces_become_ids(text, display):
    assert "".join(map(str, parse_display(text, IDS))) == "".join(map(str, display))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("plane", "names no field"),
        ("{nose}", "no field “nose”"),
        ("{}", "no field"),
        ("{tail", "not closed"),
        ("{tail!r}", "not closed"),
        ("{tail:>9}", "not closed"),
        ("{tail}" * 9, "more than 8"),
        ("\x00{tail}", "NUL"),
    ],
)
def test_a_text_that_means_nothing_is_refused(text, why):
    with pytest.raises(ValidationError, match=why):
        parse_display(text, IDS)


@given(st.lists(st.sampled_from([3, 5]) | st.text(alphabet="a{} (é", min_size=1, max_size=4), max_size=7))
def test_what_is_written_means_the_same_again(parts):
    names = {id: name for name, id in IDS.items()}
    text = write_display([3, *parts], names)

    assert write_display(parse_display(text, IDS), names) == " ".join(text.split())


@pytest.fixture
def planes(tables):
    return tables.make("planes", tail="char", seats="int", maker="char")


def called(table: DynamicModel, display: str, **values) -> str:
    table.set_display(display)
    table.save()
    table.sync()
    row = table.django_model.objects.create(**values)
    assert fetch_texts(table.django_model, [row.pk]) == {row.pk: str(row)}
    return str(row)


@pytest.mark.parametrize(
    ("display", "values", "text"),
    [
        ("", {"tail": "N1", "maker": "X"}, "N1"),
        ("", {"maker": "X"}, "X"),
        ("{maker} {seats}", {"maker": "X", "seats": 5}, "X 5"),
        ("{tail} ({maker})", {"tail": "N1"}, "N1"),
        ("{tail} – {maker}", {"maker": "X"}, "X"),
    ],
)
def test_a_row_is_called_by_its_fields(planes, display, values, text):
    assert called(planes, display, **values) == text


def test_a_row_without_any_of_them_is_called_by_its_id(planes):
    assert called(planes, "Plane {tail}", seats=1) == "#1"


def test_it_survives_renaming_and_the_removal_of_a_field(planes):
    assert called(planes, "{tail} ({maker})", tail="N1", maker="X") == "N1 (X)"
    planes.fields.filter(name="tail").update(name="number")
    planes.fields.filter(name="maker").delete()
    planes.sync(allow_destructive=True)

    assert str(planes.django_model.objects.get()) == "N1"
    assert planes.display_text == "{number} ()"


def test_a_relation_is_no_part_of_it(planes, tables):
    flights = tables.make("flights", number="int", plane=("foreignkey", {"target": f"tables.T{planes.pk}"}))

    with pytest.raises(ValidationError, match="no field “plane”"):
        flights.set_display("{plane}")


def test_undoing_the_revision_brings_the_former_one_back(planes):
    called(planes, "{tail}", tail="N1")
    called(planes, "{maker}", tail="N2", maker="X")

    undo(SchemaRevision.objects.latest("pk"))

    planes.refresh_from_db()
    assert planes.display_text == "{tail}"


def test_a_schema_file_keeps_it(planes):
    called(planes, "{tail} ({maker})", tail="N1")
    schema = Schema.of([planes.to_schema()])
    text = dump_schema(schema.live_tables)
    assert '"display": "{tail} ({maker})"' in text
    called(planes, "", tail="N2")

    SchemaLoad(tables=read_schema(text)).apply()

    planes.refresh_from_db()
    assert planes.display_text == "{tail} ({maker})"


# --- On the page ---


def test_the_page_names_fields_that_are_made_with_it(tables, admin_client):
    rows = [field_row("Tail number"), field_row("Maker", name="maker")]
    data = form_data(*rows, label="Planes", display_text="{tail_number} ({maker})")
    admin_client.post(page_url("add"), data)

    table = DynamicModel.objects.get()
    row = table.django_model.objects.create(tail_number="N1", maker="X")
    assert str(row) == "N1 (X)"
    page = admin_client.get(page_url("change", table.pk)).content.decode()
    assert 'value="{tail_number} ({maker})"' in page


def test_the_page_takes_the_name_that_it_renames(planes, admin_client):
    rows = rows_of(planes)
    rows[0]["name"] = "number"
    admin_client.post(
        page_url("change", planes.pk), form_data(*rows, definition=planes, display_text="{tail} {maker}")
    )

    planes.refresh_from_db()
    assert planes.display_text == "{number} {maker}"


@pytest.mark.parametrize("removed", [True, False])
def test_the_page_says_what_is_wrong_beside_the_text(planes, admin_client, removed):
    rows = rows_of(planes)
    if removed:
        rows[0]["DELETE"] = "on"
    text = "{tail}" if removed else "{nose}"
    response = admin_client.post(
        page_url("change", planes.pk), form_data(*rows, definition=planes, display_text=text)
    )

    (message,) = errors_on(response)["display_text"]
    assert "There is no field" in message
    assert f'value="{text}"' in response.content.decode()
