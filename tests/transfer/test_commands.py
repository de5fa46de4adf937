"""importrows and exportrows: what they print, how they exit, and that they stream."""

import csv
import io
import subprocess
import sys

import pytest

from dynadmin.models import DynamicModel
from dynadmin.schema import target_of
from tests.support import process_environment


@pytest.fixture
def flights(tables):
    table = tables.make("flights", carrier=("char", {"max_length": 2}), number="int")
    return table.django_model


@pytest.fixture
def run(command):
    return command


def rows_of(model) -> list[tuple]:
    return list(model.objects.order_by("pk").values_list("carrier", "number"))


def test_a_good_file_is_imported_and_counted(flights, write, run):
    code, printed = run("importrows", "flights", str(write("carrier,number\nUA,1\nAA,2\n")))

    assert code == 0
    assert "2 created, 0 changed, 0 unchanged, 0 refused." in printed
    assert rows_of(flights) == [("UA", 1), ("AA", 2)]


def test_refused_rows_exit_with_1_and_save_nothing(flights, write, run):
    code, printed = run("importrows", "flights", str(write("carrier,number\nUA,1\nAA,x\n")))

    assert code == 1
    assert "line 3, Number:" in printed
    assert "Nothing was saved" in printed
    assert rows_of(flights) == []


def test_the_good_rows_come_in_on_demand_and_the_others_go_into_a_file(flights, write, run, tmp_path):
    errors = tmp_path / "errors.csv"
    path = str(write("carrier,number\nUA,1\nAA,x\n"))

    code, _printed = run("importrows", "flights", path, "--skip-refused", f"--errors={errors}")

    assert code == 1
    assert rows_of(flights) == [("UA", 1)]
    header, row = csv.reader(io.StringIO(errors.read_text()))
    assert header[2:] == ["carrier", "number"]
    assert (row[0], row[2:]) == ("3", ["AA", "x"])


def test_a_dry_run_saves_nothing(flights, write, run):
    code, printed = run("importrows", "flights", str(write("carrier\nUA\n")), "--dry-run")

    assert code == 0
    assert "1 created" in printed
    assert "dry run" in printed
    assert rows_of(flights) == []


def test_the_key_the_columns_and_what_is_empty_can_be_said(flights, write, run):
    flights.objects.create(carrier="UA", number=1)
    path = str(write("who|nr|nr|x\nUA|NA|2|y\n"))

    code, printed = run(
        *("importrows", "flights", path, "--key=carrier", "--delimiter=|", "--encoding=utf-8", "--empty=NA"),
        *("--map", "who=carrier", "--map", "#2=number", "--map", "#3="),
    )

    assert code == 0, printed
    assert "Left out: column 4, 'x'." in printed
    assert rows_of(flights) == [("UA", None)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["flights", "none.csv"], "none.csv"),
        (["nothing", "FILE"], "nothing"),
        (["flights", "FILE", "--key=colour"], "colour"),
        (["flights", "FILE", "--map=x=number"], "no column 'x'"),
        (["flights", "FILE", "--map=#9=number"], "no column '#9'"),
        (["flights", "FILE", "--encoding=klingon"], "klingon"),
        (["flights", "FILE", "--format=json"], "no JSON array"),
    ],
)
def test_what_does_not_fit_exits_with_2_and_a_sentence(flights, write, run, arguments, message):
    path = str(write("carrier\nUA\n"))

    code, printed = run("importrows", *(path if argument == "FILE" else argument for argument in arguments))

    assert code == 2
    assert message in printed
    assert rows_of(flights) == []


def manage(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess:
    command = [sys.executable, "-W", "error", "-m", "django", *arguments]
    return subprocess.run(command, env=process_environment(), input=stdin, capture_output=True, timeout=120)


def test_rows_flow_through_pipes(flights, tables):
    tables.make("copies", carrier=("char", {"max_length": 2}), number="int")
    flights.objects.bulk_create([flights(carrier="UA", number=number) for number in range(3)])

    out = manage("exportrows", "flights", "--columns=carrier,number")
    assert out.returncode == 0, out.stderr
    assert out.stdout.splitlines() == [b"carrier,number", b"UA,0", b"UA,1", b"UA,2"]
    assert out.stderr == b""

    back = manage("importrows", "copies", "-", stdin=out.stdout)
    assert back.returncode == 0, back.stderr
    assert b"3 created" in back.stdout


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.json", "rows.xlsx"])
def test_the_name_of_the_output_says_the_format(flights, run, tmp_path, name):
    flights.objects.create(carrier="UA", number=1)
    path = tmp_path / name
    assert run("exportrows", "flights", f"--output={path}")[0] == 0
    flights.objects.all().delete()

    assert run("importrows", "flights", str(path))[0] == 0

    assert rows_of(flights) == [("UA", 1)]
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "nothing"),
        (["flights", "--columns=colour"], "no field colour"),
        (["flights", "--output=/nowhere/x.csv"], "/nowhere"),
        (["flights", "--output=x.ods"], ".ods"),
    ],
)
def test_an_export_that_does_not_fit_exits_with_2(flights, run, arguments, message):
    code, printed = run("exportrows", *arguments)

    assert code == 2
    assert message in printed


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["--filter=carrier=UA"], ["1", "3"]),
        (["--filter=number__gte=2", "--filter=number__lte=2"], ["2"]),
        (["--search=AA"], ["2"]),
        (["--order=-number"], ["3", "2", "1"]),
        (["--order=-carrier,-number"], ["3", "1", "2"]),
        (["--filter=carrier=UA", "--order=-number"], ["3", "1"]),
    ],
)
def test_rows_are_chosen_and_sorted_as_in_a_list(flights, run, arguments, numbers):
    flights.objects.bulk_create(flights(carrier=c, number=n) for c, n in [("UA", 1), ("AA", 2), ("UA", 3)])

    code, printed = run("exportrows", "flights", "--fields=number", *arguments)

    assert (code, printed.split()) == (0, ["number", *numbers])


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--filter=colour=red", "colour"),
        ("--filter=number__gte=x", "whole number"),
        ("--filter=carrier", "carrier=UA"),
        ("--order=colour", "no field colour"),
    ],
)
def test_a_choice_that_cannot_be_understood_exports_nothing(flights, run, tmp_path, argument, message):
    path = tmp_path / "rows.csv"

    code, printed = run("exportrows", "flights", argument, "-o", str(path))

    assert code == 2
    assert message in printed
    assert not path.exists()


def test_a_reader_that_has_gone_is_nothing_to_talk_about(flights):
    flights.objects.bulk_create([flights(carrier="UA", number=number) for number in range(30_000)])
    command = [sys.executable, "-W", "error", "-m", "django", "exportrows", "flights"]

    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=process_environment(), **pipes) as process:
        assert process.stdout.readline().startswith(b"id,")
        process.stdout.close()
        words = process.stderr.read()
        code = process.wait(60)

    assert (code, words) == (141, b"")


def test_a_failed_export_leaves_the_old_file_alone(flights, run, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("old")

    assert run("exportrows", "flights", f"--output={path}", "--columns=colour")[0] == 2

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def fleet(tables, flights):
    """Planes, which the flights refer to."""
    planes = tables.make("planes", tail=("char", {"unique": True}), seats="int")
    planes.django_model.objects.create(tail="N1", seats=100)
    table = flights.table_schema.id
    tables.add(DynamicModel.objects.get(pk=table), plane=("foreignkey", {"target": target_of(planes.pk)}))
    DynamicModel.objects.get(pk=table).sync()
    return planes.django_model


def test_relations_are_told_by_a_column_that_is_found_out_or_named(fleet, write, run):
    path = str(write("carrier,plane\nUA,N1\n"))
    seats = str(write("carrier,plane\nUA,100\n", "seats.csv"))

    assert "plane: rows found by tail." in run("importrows", "flights", path)[1]
    assert run("importrows", "flights", seats, "--relation", "plane=seats")[0] == 0
    assert run("importrows", "flights", path, "--relation", "plane=nothing")[0] == 2
    assert run("importrows", "flights", path, "--relation", "plane")[0] == 2
    assert run("exportrows", "flights", "--columns", "plane")[1].split() == ["plane", "N1", "N1"]
    assert run("exportrows", "flights", "--columns", "plane", "--relation", "plane=seats")[1].split() == [
        "plane__seats",
        "100",
        "100",
    ]


def test_rows_of_a_target_are_made_when_asked(fleet, write, run):
    path = str(write("carrier,plane\nUA,N7\n"))

    assert run("importrows", "flights", path)[0] == 1
    code, printed = run("importrows", "flights", path, "--create", "plane")

    assert code == 0
    assert "New rows of Planes: 1." in printed
    assert fleet.objects.filter(tail="N7").exists()
    assert run("importrows", "flights", path, "--create", "tail")[0] == 2
