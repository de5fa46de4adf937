"""Plain lines, which go to PostgreSQL as they stand, come in as if they were read cell by cell."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.rowhistory import RowChange
from dynadmin.schema import target_of
from dynadmin.transfer import ImportOptions, batches, express, match_columns, run
from dynadmin.transfer.express import express_of
from dynadmin.transfer.references import Reference

pytestmark = pytest.mark.django_db

HEADER = "nick,size,large,part,price,day,clock,moment,token,note\n"
PLAIN = "ann lee,{n},-{n}00000000,{n}.25,{n}.5,2013-02-28,23:59:01,2013-01-31T10:00:00Z,{token},O'Brien\n"
TOKEN = "12345678-0000-4000-8000-{n:012}"
ODD = [
    "zoë,007,+5,1e3,-0.00,2012-02-29,10:00,2013-01-31 10:00:00+02:00,,'=1\n",
    ",,,,,,,,,\n",
    "x,1.5,,,,,,,,\n",
    "too,few\n",
    "x,99999999999,,,,,,,,\n",
    "x,,,,1.234,,,,,\n",
    "x,,,,,2013-02-29,,,,\n",
    " spaced ,,,,,,,,,back\\slash\n",
    "x,,,,,,24:00:00,,,\\.\n",
    "\n",
    "   \n",
]
QUOTED = '"a ""quoted"" name",5,,,,,,,,"two\nlines"\n'


@pytest.fixture
def things(tables):
    return tables.make(
        "things",
        nick="char",
        size=("int", {"null": True}),
        large=("bigint", {"null": True}),
        part=("float", {"null": True}),
        price=("decimal", {"max_digits": 6, "decimal_places": 2, "null": True}),
        day=("date", {"null": True}),
        clock=("time", {"null": True}),
        moment=("datetime", {"null": True}),
        token=("uuid", {"null": True}),
        note=("text", {"null": True}),
    ).django_model


def plain(numbers):
    return [PLAIN.format(n=n, token=TOKEN.format(n=n)) for n in numbers]


FILES = {
    "plain": plain(range(1, 50)),
    "odd": [*plain(range(1, 20)), *ODD, *plain(range(20, 60))],
    "quoted": [*plain(range(1, 20)), QUOTED, *ODD, *plain(range(20, 30))],
    "windows": [line.replace("\n", "\r\n") for line in plain(range(1, 9))],
    "unended": [*plain(range(1, 4)), plain([4])[0].rstrip("\n")],
}


def outcome(model, result):
    first = model.objects.order_by("pk").values_list("pk", flat=True).first() or 0
    rows = [(pk - first, *values) for pk, *values in model.objects.order_by("pk").values_list()]
    return rows, result.totals, [(row.line, row.cells, dict(row.reasons)) for row in result.refused]


@pytest.mark.parametrize("lines", FILES.values(), ids=list(FILES))
def test_lines_as_they_stand_and_cell_by_cell_give_the_same(things, load, monkeypatch, lines):
    content = HEADER + "".join(lines)
    quick = outcome(things, load(things, content, skip_refused=True))
    noted = [(change.action, change.last_row - change.row) for change in RowChange.objects.all()]
    things.objects.all().delete()

    monkeypatch.setattr(run, "express_of", lambda *arguments: None)
    careful = outcome(things, load(things, content, skip_refused=True))

    assert quick == careful
    assert noted == [("created", len(quick[0]) - 1)]


def test_plain_lines_are_taken_as_they_stand_on_postgresql(things, load, monkeypatch):
    found = []
    monkeypatch.setattr(
        run, "express_of", lambda *arguments: found.append(express_of(*arguments)) or found[0]
    )

    result = load(things, HEADER + "".join(FILES["plain"]))

    assert (found[0] is not None) == (connection.vendor == "postgresql")
    assert [cell.after for cell in result.samples[0].cells][:3] == ["ann lee", "1", "-100000000"]


def test_the_database_still_has_the_last_word(things, load):
    column = things._meta.get_field("size").column
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {things._meta.db_table} ADD CHECK ({column} <> 7)")

        result = load(things, HEADER + "".join(FILES["plain"]), skip_refused=True)

        assert [row.line for row in result.refused] == [8]
        assert things.objects.count() == 48


def edited(line, **cells):
    names = HEADER.strip().split(",")
    pairs = zip(names, line.rstrip("\n").split(","), strict=True)
    return ",".join(cells.get(name, cell) for name, cell in pairs) + "\n"


# What comes again after rows 1 to 39: the same, changed, new and repeated rows, plain ones and others.
AGAIN = [
    *plain(range(1, 10)),
    *(edited(line, part="0.5", note="") for line in plain(range(10, 14))),
    *plain(range(45, 47)),
    edited(*plain([14]), size="+14", price=""),
    *plain([3, 45]),
    edited(*plain([15]), large="+15", note="2"),
    *ODD,
    edited(*plain([15]), note="3"),
    *plain(range(12, 9, -1)),
    edited(*plain([50]), size=""),
    *(edited(line, large="77") for line in plain([16, 17])),
]


@pytest.mark.parametrize(
    "options",
    [
        {"key": ["size"]},
        {"key": ["size", "nick"]},
        {"key": ["large"]},
        {"key": ["size"], "existing": "fill"},
        {"key": ["size"], "existing": "skip"},
        {"key": ["size"], "existing": "refuse"},
        {"key": ["size"], "empty_cells": "keep"},
    ],
    ids=str,
)
def test_by_a_key_lines_as_they_stand_and_cell_by_cell_give_the_same(things, load, monkeypatch, options):
    def run_again():
        things.objects.all().delete()
        load(things, HEADER + "".join(plain(range(1, 40))))
        last = RowChange.objects.latest("pk").pk
        known = dict(options)
        key = known.pop("key")
        options_ = ImportOptions(skip_refused=True, **known)
        result = load(things, HEADER + "".join(AGAIN), key=key, options=options_)
        rows, totals, refused = outcome(things, result)
        first = things.objects.order_by("pk").first().pk
        changes = RowChange.objects.filter(pk__gt=last).order_by("row", "pk")
        noted = [
            (change.row - first, change.last_row - first, change.action, change.before, change.after)
            for change in changes
        ]
        samples = [(row.line, row.outcome, row.cells) for row in result.samples]
        return rows, totals, refused, noted, samples

    quick = run_again()
    monkeypatch.setattr(run, "express_of", lambda *arguments: None)

    assert quick == run_again()
    assert quick[1].refused >= 8


def test_lines_by_the_numbers_of_rows_are_found_and_the_others_retired(things, load, monkeypatch):
    def run_again():
        things.objects.all().delete()
        load(things, HEADER + "".join(plain(range(1, 9))))
        first = things.objects.order_by("pk").first().pk
        lines = [f"{first + n - 1},{line}" for n, line in zip(range(1, 7), plain(range(1, 7)), strict=True)]
        lines[3] = lines[3].replace("23:59:01", "10:00:00")
        content = f"id,{HEADER}{''.join(lines)},{plain([10])[0]}{first + 70},{plain([11])[0]}"
        result = load(things, content, key=["id"], options=ImportOptions(missing="retire"))
        rows, totals, _refused = outcome(things, result)
        return sorted(rows, key=lambda row: row[2]), totals, result.totals

    quick = run_again()
    monkeypatch.setattr(run, "express_of", lambda *arguments: None)
    careful = run_again()

    assert [row[1:] for row in quick[0]] == [row[1:] for row in careful[0]]
    assert quick[1] == careful[1]
    assert (quick[1].created, quick[1].changed, quick[1].skipped, quick[1].retired) == (2, 1, 5, 2)


# --- Lines that name rows of other tables ---

NAMED = "home,nick,size,flag\n"
NAMES = {
    "known": [f"p{n % 3},n{n},{n},f{n % 2}\n" for n in range(60)],
    "empty": [f"{'' if n % 4 else 'p1'},n{n},,\n" for n in range(30)],
    "unknown": ["p1,a,1,f0\n", "nowhere,b,2,f1\n", "p2,c,3,nothing\n", " p2 ,d,4,f1\n", "p2,e,x,f1\n"] * 2,
    "odd": ["'=p,a,1,f0\n", "p\x00,b,2,f0\n", f"{'p' * 300},c,3,f0\n", "p1;p2,d,4,f0\n", "p1\\,e,5,f0\n"],
    "quoted": ["p1,a,1,f0\n", "p2,b,2,f1\n", '"p1",c,3,"f0"\n', "nowhere,d,4,f0\n"],
    "windows": ["p1,a,1,f0\r\n", "p2,b,2,\r\n", "p0,c,3,f1\r\n"],
    "unended": ["p1,a,1,f0\n", "p2,b,2,f1"],
    "many": [f"p{n % 3},n{n},{n % 100},f{n % 2}\n" for n in range(1_500)],
}  # fmt: skip


@pytest.fixture
def homes(tables):
    """The class of rows whose first and last column refer to rows of other tables."""
    unique = ("char", {"unique": True})
    places, flags = tables.make("places", code=unique), tables.make("flags", code=unique)
    model = places.django_model
    model.objects.bulk_create(model(code=code) for code in ("p0", "p1", "p2", "=p"))
    model = flags.django_model
    model.objects.bulk_create(model(code=code) for code in ("f0", "f1"))
    return tables.make(
        "homes",
        home=("foreignkey", {"target": target_of(places.pk), "null": True}),
        nick="char",
        size=("int", {"null": True}),
        flag=("foreignkey", {"target": target_of(flags.pk), "null": True}),
    ).django_model


@pytest.mark.parametrize("lines", NAMES.values(), ids=list(NAMES))
@pytest.mark.parametrize("create", [False, True])
def test_lines_that_name_rows_give_the_same_as_they_stand_and_cell_by_cell(
    homes, load, monkeypatch, lines, create
):
    found = []
    monkeypatch.setattr(
        run, "express_of", lambda *arguments: found.append(express_of(*arguments)) or found[0]
    )
    references = {name: Reference(by="code", create=create and name == "flag") for name in ("home", "flag")}
    plan = match_columns(homes, NAMED.strip().split(","), references=references)
    quick = outcome(homes, load(homes, NAMED + "".join(lines), plan=plan, skip_refused=True))
    homes.objects.all().delete()

    monkeypatch.setattr(run, "express_of", lambda *arguments: None)
    careful = outcome(homes, load(homes, NAMED + "".join(lines), plan=plan, skip_refused=True))

    assert quick == careful
    assert (found[0] is not None) == (connection.vendor == "postgresql")


def test_a_required_row_that_a_line_does_not_name_is_refused(tables, homes, load):
    target = homes._meta.get_field("home").remote_field.model
    needed = {"target": target_of(target.table_schema.id), "null": False, "blank": False}
    guests = tables.make("guests", home=("foreignkey", needed), n="int")

    result = load(guests.django_model, "home,n\np1,1\n,2\np2,3\n", skip_refused=True)

    assert [row.line for row in result.refused] == [3]
    assert guests.django_model.objects.count() == 2


def test_what_is_known_of_cells_is_bounded(homes, load, monkeypatch):
    monkeypatch.setattr(batches, "_MOST_ROWS", 100)
    monkeypatch.setattr(batches, "_REMEMBERED_OF_ONE", 100)
    places = homes._meta.get_field("home").remote_field.model
    places.objects.bulk_create(places(code=f"x{n}") for n in range(400))

    load(homes, NAMED + "".join(f"x{n % 400},n{n},{n},f0\n" for n in range(1_000)))

    assert homes.objects.filter(home__code="x399").count() == 2


@pytest.mark.only_on("postgresql")
def test_a_large_file_asks_once_for_the_rows_of_a_small_table(homes, load, monkeypatch):
    monkeypatch.setattr(express, "_LARGE", 0)
    monkeypatch.setattr(batches, "_MOST_ROWS", 100)
    places = homes._meta.get_field("home").remote_field.model
    places.objects.bulk_create(places(code=f"x{n:03}") for n in range(400))
    content = NAMED + "".join(f"x{n // 2:03},n{n},{n},f0\n" for n in range(800))

    with CaptureQueriesContext(connection) as queries:
        result = load(homes, content)

    asked = [query["sql"] for query in queries if f'FROM "{places._meta.db_table}"' in query["sql"]]
    assert result.totals.created == 800
    assert len(asked) <= 4  # for a proposal, for the names, for their rows, and for what is shown
