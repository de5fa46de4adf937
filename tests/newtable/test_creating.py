"""A table of a file: made as drawn up, filled by the import, and nothing left where that fails."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from dynadmin.exceptions import PlanError
from dynadmin.inference import Counted, Wish
from dynadmin.models import DynamicModel
from dynadmin.newtable import (
    TableDraft,
    check,
    draft_of,
    make_table,
    name_of_file,
    plan_for,
    propose_relations,
)
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source


def drawn_up(path, wishes=None, name="purchases"):
    source = open_source(path)
    return source, draft_of(Counted(source).proposal(wishes), name=name, label="Purchases")


def fill_table(definition, source, draft):
    model = definition.django_model
    return import_rows(model, source, plan=plan_for(model, source, draft), skip_refused=True)


FRACTION = {5: Wish(answers={"percent": "fraction"})}


def test_a_messy_file_becomes_a_table_with_all_of_its_values(tables, messy):
    source, draft = drawn_up(messy, FRACTION)

    definition = make_table(draft)
    result = fill_table(definition, source, draft)

    assert (result.totals.created, result.totals.refused) == (4, 0)
    assert [field.name for field in definition.fields.filter(required_by="")] == [
        *("nr", "data_zakupu", "kod_pocztowy", "telefon", "kwota", "rabat", "zaplacono", "uwagi")
    ]
    first, *_others, last = definition.django_model.objects.order_by("nr")
    assert (first.data_zakupu, first.kod_pocztowy, first.kwota) == (
        date(2024, 2, 13),
        "02-134",
        Decimal("1234.50"),
    )
    assert (first.rabat, first.zaplacono, first.uwagi) == (Decimal("0.05"), True, "Dostawa\ndo domu")
    assert (last.kwota, last.telefon) == (None, "058 301 000")


def test_a_draft_is_the_same_after_it_was_kept_as_json(messy):
    _source, draft = drawn_up(messy)

    assert TableDraft.from_json(draft.to_json()).to_json() == draft.to_json()


def test_columns_can_be_renamed_retyped_left_out_and_made_the_key(tables, write):
    source, draft = drawn_up(write("a,b,c\n1,x,\n1,y,\n2,x,\n"))
    first, second, third = draft.columns
    chosen = (
        replace(first, name="number", label="Number", is_key=True),
        replace(second, type="slug", options={}, is_key=True),
        replace(third, is_skipped=True),
    )

    definition = make_table(replace(draft, columns=chosen))
    fill_table(definition, source, replace(draft, columns=chosen))

    model = definition.django_model
    assert sorted(model.objects.values_list("number", "b")) == [(1, "x"), (1, "y"), (2, "x")]
    assert [rule.kind for rule in definition.constraints.all()] == ["unique"]
    assert not hasattr(model, "c")


def test_rows_that_do_not_fit_are_refused_or_their_cells_left_empty_as_chosen(tables, write):
    path = write("n,m\n" + "".join(f"{n},x\n" for n in range(20)) + "soon,y\n")
    source, draft = drawn_up(path)
    checked = check(source, draft)

    assert checked.misfits[0].count == 1
    assert checked.misfits[0].samples == ("soon",)
    assert (checked.refused, checked.total, len(checked.rows)) == (1, 21, 20)

    column = replace(draft.columns[0], misfits="empty")
    emptied = replace(draft, columns=(column, *draft.columns[1:]))
    assert check(source, emptied).refused == 0

    assert fill_table(make_table(draft), source, draft).totals.refused == 1
    definition = make_table(replace(emptied, name="others"))
    assert fill_table(definition, source, emptied).totals.created == 21


def test_a_look_at_the_rows_shows_them_as_they_will_be(messy):
    source, draft = drawn_up(messy, FRACTION)

    line, cells = check(source, draft).rows[0]

    assert line == 2
    assert [cells[position] for position in range(7)] == [
        *("1001", "2024-02-13", "02-134", "022 601 100", "1234.50", "0.050", "true")
    ]


def test_nothing_is_left_of_a_table_that_cannot_be_made(tables, messy):
    _source, draft = drawn_up(messy)
    tables.make("purchases", x="int")

    broken = (replace(draft.columns[0], options={"max_length": 3}), *draft.columns[1:])

    with pytest.raises(ValidationError):
        make_table(draft)
    with pytest.raises(ValidationError, match="Nr"):
        make_table(replace(draft, name="others", columns=broken))

    assert [table.name for table in DynamicModel.objects.all()] == ["purchases"]


def test_nothing_is_left_of_a_table_that_the_database_refuses(tables, messy, settings):
    _source, draft = drawn_up(messy)
    settings.DYNADMIN = {**settings.DYNADMIN, "MAX_TABLES": 0}

    with pytest.raises(PlanError):
        make_table(draft)

    assert not DynamicModel.objects.exists()
    assert not registry.current.schema.live_tables


@pytest.mark.parametrize(
    ("file", "name", "label"),
    [
        ("Sales 2024.csv", "sales_2024", "Sales 2024"),
        ("export.csv.gz", "export_table", "Export"),
        ("zażółć_gęślą.xlsx", "zazolc_gesla", "Zażółć gęślą"),
        (".csv", "csv", ".csv"),
        ("flights.csv", "flights_2", "Flights"),
    ],
)
def test_a_table_is_called_as_its_file(file, name, label):
    assert name_of_file(file, ["flights"]) == (name, label)


def test_headers_that_are_blank_or_come_twice_get_names_of_their_own(write):
    _source, draft = drawn_up(write("a,a,,id,a\n1,2,3,4,5\n"))

    assert [column.name for column in draft.columns] == ["a", "a_2", "column_3", "id_field", "a_3"]


def test_a_relation_is_proposed_where_the_values_tell_rows_of_a_table(tables, write):
    airlines = tables.make("airlines", code=("char", {"max_length": 2, "unique": True}), title="char")
    for code in ("UA", "AA", "B6"):
        airlines.django_model.objects.create(code=code, title=code)
    path = write("carrier,n\nUA,1\nAA,2\nUA,3\n")
    source = open_source(path)
    counted = Counted(source)
    proposal = counted.proposal()

    with registry.in_use():
        found = propose_relations(counted, proposal)

    (relation,) = found[0]
    assert (relation.by, relation.found, relation.seen, relation.is_sure) == ("code", 2, 2, True)
    assert 1 not in found

    draft = draft_of(proposal, name="flights", label="Flights")
    column = replace(draft.columns[0], type="foreignkey", options={"target": relation.target}, by="code")
    draft = replace(draft, columns=(column, *draft.columns[1:]))
    definition = make_table(draft)
    fill_table(definition, source, draft)
    assert list(definition.django_model.objects.order_by("n").values_list("carrier__title", flat=True)) == [
        *("UA", "AA", "UA")
    ]


def proposed_relations(source):
    counted = Counted(source)
    with registry.in_use():
        return propose_relations(counted, counted.proposal())


def test_numbers_are_never_taken_for_the_ids_of_rows(tables, write):
    flights = tables.make("flights", number="int")
    flights.django_model.objects.create(number=1)
    flights.django_model.objects.create(number=2)

    assert not proposed_relations(open_source(write("flight\n1\n2\n")))


def test_a_relation_is_sure_only_if_all_values_tell_a_row_however_late_one_does_not(tables, write):
    planes = tables.make("planes", tail=("char", {"max_length": 10, "unique": True}))
    model = planes.django_model
    model.objects.bulk_create([model(tail=f"N{number}") for number in range(700)])
    cells = [f"N{number}" for number in range(700)]

    (sure,) = proposed_relations(open_source(write("\n".join(["tail", *cells, ""]), "all.csv")))[0]
    (unsure,) = proposed_relations(open_source(write("\n".join(["tail", *cells, "X1", ""]), "most.csv")))[0]

    assert (sure.found, sure.seen, sure.is_sure) == (700, 700, True)
    assert (unsure.found, unsure.seen, unsure.is_sure) == (700, 701, False)


def test_a_table_gets_a_label_that_no_other_has():
    assert name_of_file("flights.csv", {"flights"}, ["FLIGHTS", "Flights 2"]) == ("flights_3", "Flights 3")


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("dep_time", "Dep time"),
        ("year", "Year"),
        ("Unit  price", "Unit price"),
        ("SKU_no", "SKU no"),
        ("_", "Column 1"),
    ],
)
def test_a_column_is_called_by_its_header_as_people_write_it(write, header, label):
    _source, draft = drawn_up(write(f"{header},n\n1,2\n"))

    assert draft.columns[0].label == label
