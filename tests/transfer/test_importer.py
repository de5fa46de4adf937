"""What an import does to the table: created, changed, skipped, refused; all of it or nothing."""

import uuid

import pytest
from django.db import connection
from django.utils import timezone

from dynadmin.transfer import Outcome, open_source
from dynadmin.transfer.importer import import_rows
from tests.staticapp.models import Flight, Item, Maker

pytestmark = pytest.mark.django_db


def counts(result):
    totals = result.totals
    return totals.created, totals.changed, totals.skipped, totals.refused


def codes():
    return list(Item.objects.order_by("code").values_list("code", flat=True))


# --- New rows ---


def test_every_row_of_a_file_without_a_key_is_new(load):
    result = load(Item, "code,label,count\nA,one,1\nB,two,\n")

    assert counts(result) == (2, 0, 0, 0)
    assert result.is_saved
    assert list(Item.objects.order_by("code").values_list("code", "label", "count")) == [
        ("A", "one", 1),
        ("B", "two", None),
    ]


def test_fields_that_the_file_lacks_get_their_defaults_anew_for_each_row(load):
    before = timezone.now()

    load(Item, "code\nA\nB\n")

    first, second = Item.objects.order_by("code")
    assert isinstance(first.token, uuid.UUID)
    assert first.token != second.token
    assert first.is_sold is False
    assert first.label == ""
    assert first.note is None
    assert first.created >= before
    assert first.updated >= before


def test_an_empty_cell_is_the_empty_value_of_its_field(load):
    load(Item, "code,label,note,count,day,data\nA,,,,,\n")

    item = Item.objects.get()
    assert (item.label, item.note, item.count, item.day, item.data) == ("", None, None, None, None)


def test_texts_that_are_said_to_mean_nothing_are_read_as_empty(load):
    load(Item, "code,count,label\nA,NA,NA\nB,n/a,x\n", empty_texts=["NA", "n/a"])

    assert list(Item.objects.order_by("code").values_list("count", "label")) == [(None, ""), (None, "x")]


def test_values_of_every_kind_are_read(load):
    maker = Maker.objects.create(name="M")
    load(
        Item,
        "code,price,weight,is_sold,day,moment,clock,span,token,data,size,maker\n"
        "A,12.50,1.5,true,2023-01-31,2023-01-31T10:00:00Z,10:30,1 02:00:00,"
        f'{uuid.UUID(int=1)},"{{""a"": [1, 2.5, null]}}",S,{maker.pk}\n',
    )

    item = Item.objects.get()
    assert (str(item.price), item.weight, item.is_sold, item.day.isoformat()) == (
        "12.50",
        1.5,
        True,
        "2023-01-31",
    )
    assert (item.moment.isoformat(), item.clock.hour, item.span.days) == ("2023-01-31T10:00:00+00:00", 10, 1)
    assert (item.token.int, item.data, item.size, item.maker) == (1, {"a": [1, 2.5, None]}, "S", maker)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_found(load, encoding, delimiter):
    text = f"code{delimiter}label\r\nA{delimiter}café “quoted”\r\n"

    load(Item, text.encode(encoding))

    assert Item.objects.get().label == "café “quoted”"


def test_a_number_of_the_database_is_not_taken_from_the_file_unless_it_is_the_key(load):
    load(Item, "id,code\n900,A\n", key=[])

    assert not Item.objects.filter(pk=900).exists()
    assert codes() == ["A"]


# --- Rows that exist ---


def test_rows_found_by_the_key_are_changed_skipped_or_created(load):
    load(Item, "code,label,count\nA,one,1\nB,two,2\n")

    result = load(Item, "code,label,count\nA,one,1\nB,TWO,2\nC,three,3\n", key=["code"])

    assert counts(result) == (1, 1, 1, 0)
    assert list(Item.objects.order_by("code").values_list("label", flat=True)) == ["one", "TWO", "three"]


def test_a_changed_row_shows_what_was_before_and_after(load):
    load(Item, "code,label,count\nA,one,1\n")

    result = load(Item, "code,label,count\nA,two,1\n", key=["code"])

    [sample] = result.samples_of(Outcome.CHANGED)
    assert [(cell.field, cell.before, cell.after) for cell in sample.cells if cell.is_changed] == [
        ("label", "one", "two")
    ]


def test_columns_that_the_file_lacks_stay_as_they_are(load):
    load(Item, "code,label,count\nA,one,1\n")

    load(Item, "code,count\nA,2\n", key=["code"])

    assert Item.objects.values_list("label", "count").get() == ("one", 2)


def test_a_change_moves_the_time_of_change_and_not_that_of_creation(load):
    load(Item, "code,label\nA,one\n")
    before = Item.objects.get()

    load(Item, "code,label\nA,two\n", key=["code"])

    after = Item.objects.get()
    assert after.created == before.created
    assert after.updated > before.updated


def test_the_key_may_be_several_columns(load):
    load(Flight, "carrier,flight,dest\nUA,1,IAH\nUA,2,IAH\nAA,1,MIA\n")

    result = load(Flight, "carrier,flight,dest\nUA,1,ORD\nAA,1,MIA\nAA,2,MIA\n", key=["carrier", "flight"])

    assert counts(result) == (1, 1, 1, 0)
    assert Flight.objects.get(carrier="UA", flight=1).dest == "ORD"


def test_by_the_primary_key_rows_are_found_and_rows_with_other_numbers_made(load):
    load(Item, "code\nA\n")
    pk = Item.objects.get().pk

    result = load(Item, f"id,code\n{pk},B\n{pk + 50},C\n,D\n")

    assert counts(result) == (2, 1, 0, 0)
    assert Item.objects.get(pk=pk).code == "B"
    assert Item.objects.get(pk=pk + 50).code == "C"


def test_rows_made_later_get_numbers_beyond_those_of_the_file(load):
    load(Item, "id,code\n500,A\n")

    assert Item.objects.create(code="B").pk > 500


@pytest.mark.parametrize(
    ("key", "row", "reason"),
    [
        ("count", "X,5", "2 rows of the table have this key"),
        ("count", "X,", "The key of this row is empty"),
        ("count", "X,7\nY,7", "The row at line 2 has the same key"),
    ],
)
def test_a_key_that_does_not_tell_rows_apart_is_refused(load, key, row, reason):
    load(Item, "code,count\nA,5\nB,5\n")

    result = load(Item, f"code,count\n{row}\n", key=[key])

    assert result.totals.refused == 1
    assert reason in result.refused[0].reasons[""][0]


def test_a_key_repeated_far_apart_in_the_file_is_found(load):
    rows = "".join(f"{number}\n" for number in range(6000))

    result = load(Item, f"code\n{rows}17\n", key=["code"], dry_run=True)

    assert [(row.line, row.reasons[""][0]) for row in result.refused] == [
        (6002, "The row at line 19 has the same key.")
    ]


def test_a_new_row_is_refused_when_the_file_has_not_all_that_it_needs(load):
    load(Item, "code,label\nA,x\n")
    pk = Item.objects.get().pk

    result = load(Item, f"id,label\n{pk},y\n{pk + 1},z\n", skip_refused=True)

    assert counts(result) == (0, 1, 0, 1)
    assert "Article code" in result.refused[0].reasons[""][0]


# --- What must be unique ---


def test_a_value_that_another_row_has_is_refused_in_the_words_of_the_forms(load):
    load(Item, "code\nA\n")

    result = load(Item, "code\nB\nA\n")

    assert result.refused[0].reasons == {"code": ("Item with this Article code already exists.",)}


def test_values_that_are_unique_together_are_looked_at(load):
    load(Item, "code,day,clock\nA,2023-01-01,10:00\n")

    result = load(
        Item, "code,day,clock\nB,2023-01-01,10:00\nC,2023-01-01,\nD,2023-01-01,\n", skip_refused=True
    )

    assert counts(result) == (2, 0, 0, 1)
    assert "already exists" in result.refused[0].reasons[""][0]


def test_a_row_may_keep_its_own_unique_value(load):
    load(Item, "code,label\nA,x\n")
    pk = Item.objects.get().pk

    assert counts(load(Item, f"id,code,label\n{pk},A,y\n")) == (0, 1, 0, 0)


def test_the_database_has_the_last_word_and_only_the_guilty_rows_are_refused(load):
    rows = "".join(f"C{number},{-1 if number in (7, 1500) else 1}\n" for number in range(2000))

    result = load(Item, f"code,count\n{rows}", skip_refused=True)

    assert counts(result) == (1998, 0, 0, 2)
    assert [row.line for row in result.refused] == [9, 1502]
    assert Item.objects.count() == 1998


# --- All or nothing ---


def test_one_refused_row_keeps_all_others_out(load):
    result = load(Item, "code,count\nA,1\nB,x\n")

    assert counts(result) == (1, 0, 0, 1)
    assert not result.is_saved
    assert codes() == []


def test_the_good_rows_come_in_when_the_person_says_so(load):
    result = load(Item, "code,count\nA,1\nB,x\n", skip_refused=True)

    assert result.is_saved
    assert codes() == ["A"]


def test_a_dry_run_tells_the_same_and_saves_nothing(load):
    load(Item, "code,label\nA,one\n")
    content = "code,label\nA,two\nB,x\nB,y\n"

    dry = load(Item, content, key=["code"], dry_run=True, skip_refused=True)

    assert list(Item.objects.values_list("code", "label")) == [("A", "one")]
    real = load(Item, content, key=["code"], skip_refused=True)
    assert dry.totals == real.totals
    assert dry.refused == real.refused
    assert (dry.is_saved, real.is_saved) == (False, True)


def test_samples_and_refused_rows_are_bounded_and_totals_are_true(load, settings):
    settings.DYNADMIN = {"IMPORT_SAMPLE": 3, "IMPORT_MAX_REFUSED": 5}
    rows = "".join(f"{number},{'x' if number % 2 else 1}\n" for number in range(100))

    result = load(Item, f"code,count\n{rows}")

    assert counts(result) == (50, 0, 0, 50)
    assert len(result.samples) == 3
    assert len(result.refused) == 5


def test_what_a_result_keeps_of_large_cells_is_bounded(load):
    whole = []
    book = "x" * 100_000

    result = load(
        Item, f"code,note,count\nA,{book},x\nB,{book},1\n" + "C" + ",y" * 5000, on_refused=whole.append
    )

    assert [len(row.cells[1]) for row in whole] == [100_000, 1]
    assert max(len(cell) for row in result.refused for cell in row.cells) < 600
    assert max(len(row.cells) for row in result.refused) == 3
    assert max(len(cell.after) for row in result.samples for cell in row.cells) < 600


def test_every_refused_row_is_handed_out_in_order(load):
    lines = []
    rows = "".join(f"{number},{'x' if number % 3 else -1}\n" for number in range(900))

    load(Item, f"code,count\n{rows}", on_refused=lambda row: lines.append(row.line))

    assert lines == list(range(2, 902))


def test_progress_is_told_in_rows(load):
    seen = []

    load(
        Item, "code\n" + "".join(f"{number}\n" for number in range(6000)), progress=seen.append, dry_run=True
    )

    assert seen[-1] == 6000
    assert len(seen) > 1


def test_a_table_that_lost_a_column_meanwhile_stops_the_import_with_a_sentence(write):
    from dynadmin.exceptions import TransferError

    source = open_source(write("code\nA\n"))
    field = Item._meta.get_field("code")
    column, field.column = field.column, "gone"
    try:
        with pytest.raises(TransferError, match="nothing was saved"):
            import_rows(Item, source)
    finally:
        field.column = column


def test_a_proxy_is_imported_into_the_table_of_its_model(load):
    class Ware(Item):
        class Meta:
            app_label = "staticapp"
            proxy = True

    load(Ware, "code\nA\n")

    assert codes() == ["A"]


def test_no_temporary_table_is_left_behind(load):
    load(Item, "code\nA\n", key=["code"])
    load(Item, "code\nA\nA\n", key=["code"])

    with connection.cursor() as cursor:
        source = "sqlite_temp_master" if connection.vendor == "sqlite" else "pg_class"
        column = "name" if connection.vendor == "sqlite" else "relname"
        cursor.execute(f"SELECT count(*) FROM {source} WHERE {column} LIKE 'dynadmin_keys%'")
        assert cursor.fetchone() == (0,)


def test_the_fields_decide_once_for_texts_that_repeat(load):
    field = Item._meta.get_field("size")
    calls = []
    original = field.clean
    field.clean = lambda value, instance: calls.append(value) or original(value, instance)
    try:
        load(Item, "code,size\n" + "".join(f"{number},S\n" for number in range(50)))
    finally:
        del field.clean
    assert calls == ["S"]


def test_reasons_of_one_kind_are_counted_together_whatever_value_they_quote(load):
    result = load(Item, "code,count,day\nA,x,today\nB,0.39 zł,today\nC,3,today\n")

    assert [(reason.field, reason.words, reason.count) for reason in result.reasons] == [
        ("day", "“today” value has an invalid date format. It must be in YYYY-MM-DD format.", 3),
        ("count", "“…” value must be an integer.", 2),
    ]
