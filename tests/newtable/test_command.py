"""``importrows NEWTABLE FILE --create``: the proposal in words, then the table."""

from functools import partial

import pytest

from dynadmin.models import DynamicModel


@pytest.fixture
def run(command, tables):
    """Run importrows; return its exit code and what it printed on either stream."""
    return partial(command, "importrows")


def test_a_dry_run_tells_what_the_table_would_be_and_makes_none(run, messy):
    code, printed = run("purchases", messy, "--create", "--dry-run")

    assert code == 0
    assert "Purchases (purchases): 4 rows, 8 fields." in printed
    assert "data_zakupu: date (required). All 4 values are dates, the day first." in printed
    assert "--answer 'Rabat:percent=fraction'" in printed
    assert not DynamicModel.objects.exists()


def test_an_open_question_stops_it_and_an_answer_lets_it_go_on(run, messy):
    code, printed = run("purchases", messy, "--create")
    assert (code, DynamicModel.objects.exists()) == (2, False)
    assert "say with --answer what is meant in Rabat" in printed

    code, printed = run("purchases", messy, "--create", "--answer", "Rabat:percent=number")
    assert code == 0
    assert "4 created" in printed
    assert DynamicModel.objects.get().django_model.objects.count() == 4


def test_the_table_is_as_the_arguments_say(run, write):
    path = write("a,b,c\n1,x,7\n2,missing,8\n")
    arguments = ["--type", "a=decimal", "--map", "b=word", "--map", "#3=", "--key", "a", "--empty", "missing"]

    assert run("numbers", path, "--create", "--label", "My numbers", *arguments)[0] == 0

    table = DynamicModel.objects.get()
    types = {field.name: field.type for field in table.fields.filter(required_by="")}
    assert (table.label, types) == ("My numbers", {"a": "decimal", "word": "char"})
    assert table.fields.get(name="a").options["unique"] is True
    assert list(table.django_model.objects.order_by("a").values_list("word", flat=True)) == ["x", ""]


def test_refused_rows_leave_no_table_unless_they_are_to_be_skipped(run, write, tmp_path):
    path = write("n,m\n" + "".join(f"{n},x\n" for n in range(20)) + "soon,y\n")
    errors = tmp_path / "errors.csv"

    code, printed = run("numbers", path, "--create")
    assert (code, DynamicModel.objects.exists()) == (1, False)
    assert "line 22, N:" in printed

    code, _printed = run("numbers", path, "--create", "--skip-refused", f"--errors={errors}")
    assert (code, DynamicModel.objects.get().django_model.objects.count()) == (1, 20)
    assert "soon,y" in errors.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--type", "a=magic"),
        ("--type", "z=int"),
        ("--answer", "z:order=dmy"),
        ("--key", "z"),
        ("--relation", "a=planes.tail"),
        ("--map", "a=2b"),
    ],
)
def test_arguments_that_do_not_fit_the_file_exit_with_2_and_make_nothing(run, write, arguments):
    code, _printed = run("numbers", write("a,b\n1,x\n"), "--create", *arguments)

    assert (code, DynamicModel.objects.exists()) == (2, False)


def test_a_table_that_is_there_is_not_made_again(run, write, tables):
    tables.make("numbers", a="int")

    code, printed = run("numbers", write("a\n1\n"), "--create")

    assert code == 2
    assert "There is a table numbers already" in printed
