"""An import in batches: all of it or nothing, each row once, and as the table is when a batch is taken."""

import time

import pytest

from dynadmin.imports.records import FileImport
from dynadmin.imports.refused import notes_of, refused_rows_of
from dynadmin.imports.running import run_import
from dynadmin.imports.undoing import order_undo, undone
from dynadmin.jobs import holding
from dynadmin.schema import target_of
from dynadmin.transfer import batches


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(batches, "_MOST_ROWS", 100)


def numbers(flights) -> list[int]:
    return sorted(flights.django_model.objects.values_list("number", flat=True))


def once(count: int, act):
    """Return what tells of progress, and does something once so many rows are done."""
    left = [act]

    def progress(done):
        if done >= count and left:
            left.pop()()

    return progress


def text_of(count: int, **wrong: str) -> str:
    rows = [f"UA,{wrong.get(f'row{n}', n)}" for n in range(count)]
    return "carrier,number\n" + "\n".join(rows) + "\n"


def test_rows_are_committed_batch_by_batch_and_counted(flights, ordered):
    job, seen = ordered(text_of(350)), []

    def progress(done):
        seen.append((done, FileImport.objects.get(pk=job.pk).done, flights.django_model.objects.count()))

    assert run_import(job, progress=progress)
    assert [set(counts) for counts in seen] == [{done} for done, _stored, _rows in seen]
    assert len(seen) == 4
    assert seen[-1][0] == 350
    job.refresh_from_db()
    assert (job.state, job.stage, job.totals["created"]) == ("done", "Imported", 350)
    assert not run_import(job)


def test_a_row_refused_late_takes_back_what_was_committed_and_all_reasons_are_told(flights, ordered):
    job = ordered(text_of(400, row250="x", row350="y"))

    run_import(job)

    job.refresh_from_db()
    assert (job.state, job.totals["refused"]) == ("failed", 2)
    assert "2 rows were refused, so nothing was imported" in job.error
    assert [row.line for row in notes_of(job)] == [252, 352]
    assert numbers(flights) == []


def test_refused_rows_are_left_out_on_demand(flights, ordered):
    job = ordered(text_of(400, row250="x"), skip_refused=True)

    run_import(job)

    job.refresh_from_db()
    assert job.state == "done"
    assert len(numbers(flights)) == 399
    [(label, words, count)] = job.totals["reasons"]
    assert (label, count) == ("Number", 1)
    assert "x" in words


def test_rows_refused_at_the_end_for_a_row_that_they_name_are_told_with_the_others(tables, ordered_into):
    people = tables.make("people", nick="char")
    tables.add(people, boss=("foreignkey", {"target": target_of(people.pk), "null": True}))
    people.sync()
    job = ordered_into(people, "nick,boss\nann,eve\neve,nobody\nbob,\ncid,eve\n", skip_refused=True)

    run_import(job)

    job.refresh_from_db()
    assert (job.stage, job.totals["created"], job.totals["refused"]) == ("Imported", 1, 3)
    assert sorted(row.line for row in notes_of(job)) == [2, 3, 5]
    text = b"".join(refused_rows_of(job, people.django_model).pieces).decode()
    assert sorted(row.split(",")[-2] for row in text.splitlines()[1:]) == ["ann", "cid", "eve"]


def test_a_cancelled_import_leaves_nothing(flights, ordered, monkeypatch):
    monkeypatch.setattr(holding, "BEAT_S", 0.01)
    flights.django_model.objects.create(carrier="AA", number=-1)
    job = ordered(text_of(1_600), key=["number"])

    def cancel():
        assert job.request_cancel()
        time.sleep(0.2)

    run_import(job, progress=once(150, cancel))

    job.refresh_from_db()
    assert (job.state, job.error) == ("cancelled", "")
    assert numbers(flights) == [-1]


def test_a_change_of_the_table_meanwhile_is_followed(flights, ordered):
    job = ordered(text_of(400))

    def rename():
        flights.fields.filter(name="carrier").update(name="airline")
        flights.sync()

    run_import(job, progress=once(150, rename))

    job.refresh_from_db()
    assert (job.state, job.error, job.totals["created"]) == ("done", "", 400)
    flights.refresh_from_db()
    assert flights.django_model.objects.filter(airline="UA").count() == 400


def test_a_column_that_goes_meanwhile_stops_it_with_a_sentence(flights, ordered):
    job = ordered(text_of(400))

    def drop():
        flights.fields.get(name="number").delete()
        flights.sync(allow_destructive=True)

    run_import(job, progress=once(150, drop))

    job.refresh_from_db()
    assert job.state == "failed"
    assert "no longer has the field that the column “number” of the file fills" in job.error
    assert flights.django_model.objects.count() == 0


def test_an_undone_import_leaves_the_table_as_it_was(flights, ordered):
    kept = flights.django_model.objects.create(carrier="AA", number=3)
    job = ordered("carrier,number\nUA,3\nUA,4\n")
    run_import(job)

    job.refresh_from_db()
    assert order_undo(job)
    assert not order_undo(job)
    run_import(job)

    job.refresh_from_db()
    assert (job.stage, undone(job).taken_out) == ("Undone", 2)
    assert list(flights.django_model.objects.values_list("pk", flat=True)) == [kept.pk]


def test_a_row_edited_since_stays_and_is_listed(flights, ordered):
    job = ordered(text_of(3))
    run_import(job)
    row = flights.django_model.objects.get(number=1)
    row.notes = "mine"
    row.save()

    job.refresh_from_db()
    order_undo(job)
    run_import(job)

    job.refresh_from_db()
    assert [conflict.row for conflict in undone(job).conflicts] == [row.pk]
    assert numbers(flights) == [1]


def test_a_table_without_history_is_imported_as_a_whole_or_not_at_all(flights, ordered):
    flights.keeps_history = False
    flights.save()
    flights.sync()

    job = ordered(text_of(400, row350="x"))
    run_import(job)
    job.refresh_from_db()
    assert (job.state, numbers(flights)) == ("failed", [])

    job = ordered(text_of(400))
    run_import(job)
    job.refresh_from_db()
    assert (job.state, len(numbers(flights))) == ("done", 400)


def contents(flights):
    return list(flights.django_model.objects.order_by("pk").values_list("pk", "carrier", "number", "notes"))


@pytest.fixture
def filled(flights):
    """Some flights, of which a file has some with other notes, and lacks one."""
    model = flights.django_model
    model.objects.bulk_create(model(carrier="UA", number=number, notes="before") for number in range(300))
    lines = [f"UA,{number},after" for number in range(1, 320)]
    return flights, "carrier,number,notes\n" + "\n".join(lines) + "\n"


def test_what_was_changed_and_deleted_is_back_after_an_undo(filled, ordered):
    flights, text = filled
    before = contents(flights)
    job = ordered(text, key=["number"], missing="retire")
    run_import(job)
    job.refresh_from_db()
    assert [job.totals[name] for name in ("created", "changed", "retired")] == [20, 299, 1]
    assert numbers(flights) == list(range(1, 320))

    order_undo(job)
    run_import(job)

    job.refresh_from_db()
    assert undone(job).in_the_way == 0
    assert contents(flights) == before


def test_a_row_refused_late_puts_back_what_was_changed(filled, ordered):
    flights, text = filled
    before = contents(flights)
    job = ordered(text + "UA,x,after\n", key=["number"], missing="retire")

    run_import(job)

    job.refresh_from_db()
    assert (job.state, job.totals["refused"]) == ("failed", 1)
    assert contents(flights) == before
