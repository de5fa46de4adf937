"""The command that lists imports, undoes one, goes on with one, and gives its refused rows."""

from functools import partial

import pytest

from dynadmin.imports.running import run_import
from dynadmin.rowhistory import undoing


@pytest.fixture
def run(command):
    """Run imports; return its exit code and what it printed on either stream."""
    return partial(command, "imports")


def test_imports_are_listed_undone_and_not_undone_twice(flights, ordered, run):
    assert "No file was imported" in run("flights")[1]
    job = ordered("carrier,number\nUA,1\nUA,2\n")
    assert f"Import {job.pk}: Imported" in run("--resume", job.pk)[1]
    listed = run("flights")[1]
    assert f"{job.pk}: flights.csv" in listed
    assert "Imported, 2 created" in listed

    assert "2 taken out" in run("--undo", job.pk, "--dry-run")[1]
    assert flights.django_model.objects.count() == 2
    assert run("--undo", job.pk) == (0, "2 taken out, 0 changed back, 0 brought back, 0 left as they are.\n")

    assert flights.django_model.objects.count() == 0
    assert run("--undo", job.pk)[0] == 1
    assert "Undone" in run()[1]


def test_what_undoing_many_rows_would_do_is_told_too(flights, ordered, run, monkeypatch):
    monkeypatch.setattr(undoing, "SMALL", 1)
    job = ordered("carrier,number\nUA,1\nUA,2\n")
    run_import(job)

    assert "2 taken out" in run("--undo", job.pk, "--dry-run")[1]
    assert flights.django_model.objects.count() == 2


def test_a_row_in_the_way_is_told_and_the_command_exits_with_1(flights, ordered, run):
    job = ordered("carrier,number\nUA,1\nUA,2\n")
    run_import(job)
    row = flights.django_model.objects.get(number=2)
    row.notes = "mine"
    row.save()

    code, printed = run("--undo", job.pk)

    assert code == 1
    assert f"row {row.pk}:" in printed
    assert flights.django_model.objects.get() == row


def test_refused_rows_are_written_to_a_file(ordered, run, tmp_path):
    job = ordered("carrier,number\nUA,1\nAA,x\n", skip_refused=True)
    run_import(job)
    path = tmp_path / "refused.csv"

    assert run("--refused", job.pk, "--output", path)[0] == 0

    assert path.read_text().splitlines()[1].endswith(",AA,x")


@pytest.mark.parametrize("arguments", [("--undo", "99999"), ("--resume", "99999"), ("nothing",)])
def test_what_there_is_not_is_refused(flights, run, arguments):
    assert run(*arguments)[0] == 1
