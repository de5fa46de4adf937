"""Rows that refer to rows of the same file, wherever in it they stand."""

import pytest
from django.db import transaction

from dynadmin.exceptions import TransferError
from dynadmin.schema import target_of
from dynadmin.transfer import ImportOptions, ImportRun, batches, match_columns, open_source
from dynadmin.transfer.references import Reference

pytestmark = pytest.mark.django_db

CONTENT = "nick,boss\nann,eve\nbob,ann\neve,\ncid,bob\n"
BOSSES = {"ann": "eve", "bob": "ann", "eve": None, "cid": "bob"}


@pytest.fixture
def people(tables):
    table = tables.make("people", nick="char")
    tables.add(table, boss=("foreignkey", {"target": target_of(table.pk), "null": True}))
    table.sync()
    return table.django_model


def bosses(people):
    return dict(people.objects.values_list("nick", "boss__nick"))


@pytest.mark.parametrize("key", [[], ["nick"]])
def test_a_row_may_refer_to_one_that_comes_later(people, load, key):
    result = load(people, CONTENT, key=key)

    assert result.is_saved
    assert bosses(people) == BOSSES


def test_a_row_that_is_there_may_refer_to_a_new_one(people, load):
    load(people, "nick,boss\nann,\n")

    result = load(people, "nick,boss\nann,new\nnew,\n", key=["nick"])

    assert (result.totals.changed, result.totals.created) == (1, 1)
    assert bosses(people) == {"ann": "new", "new": None}


def test_a_row_that_nobody_has_is_refused_as_ever(people, load):
    result = load(people, "nick,boss\nann,nobody\n", skip_refused=True)

    assert "“nobody”" in str(result.refused[0].reasons["boss"])


def test_a_row_whose_row_is_refused_is_refused_too(people, load, settings):
    content = "nick,boss\nann,eve\neve,nobody\nbob,\n"

    result = load(people, content, skip_refused=True)

    assert (result.totals.created, result.totals.refused) == (1, 2)
    assert {row.line for row in result.refused} == {2, 3}
    assert bosses(people) == {"bob": None}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("on_delete", ["protect", "set_empty", "cascade"])
def test_nothing_is_imported_where_rows_name_one_whose_row_is_refused(tables, load, on_delete):
    table = tables.make("people", nick="char")
    boss = {"target": target_of(table.pk), "null": True, "on_delete": on_delete}
    tables.add(table, boss=("foreignkey", boss))
    table.sync()

    with pytest.raises(TransferError, match=r"line 2 names a row .* that was refused, and is named"):
        load(table.django_model, "nick,boss\nann,eve\ncid,ann\neve,nobody\nbob,\n", skip_refused=True)

    assert bosses(table.django_model) == {}


@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_stopped_takes_out_no_row_that_was_there(people, load, write, monkeypatch):
    load(people, "nick,boss\nann,\nbob,ann\n")
    monkeypatch.setattr(batches, "_MOST_ROWS", 100)
    lines = ["bob,eve", *(f"p{number}," for number in range(150)), "eve,nobody"]
    source = open_source(write("\n".join(["nick,boss", *lines, ""])))
    plan = match_columns(people, source.headers, key=["nick"], references={"boss": Reference(by="nick")})
    options = ImportOptions(skip_refused=True)
    with ImportRun(people, source, plan, options) as run, transaction.atomic():
        run.take(next(run.batches()))

    with ImportRun(people, source, plan, options) as again:
        for batch in again.batches(after=run.position):
            again.take(batch)
        with pytest.raises(TransferError, match=r"The row at line 2 .* interrupted in between"):
            again.finish()

    assert people.objects.filter(nick="bob").exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_was_there_stays_when_the_one_it_names_is_refused(people, load):
    load(people, "nick,boss\nann,\nbob,ann\n")

    result = load(people, "nick,boss\nbob,eve\neve,nobody\n", key=["nick"], skip_refused=True)

    assert (result.totals.created, result.totals.changed, result.totals.refused) == (0, 0, 2)
    assert bosses(people) == {"ann": None, "bob": "ann"}


def test_a_run_that_was_stopped_still_links_its_rows(people, write, monkeypatch):
    monkeypatch.setattr(batches, "_MOST_ROWS", 100)
    lines = [f"p{number},p{number + 150}" for number in range(150)]
    lines += [f"p{number}," for number in range(150, 300)]
    source = open_source(write("\n".join(["nick,boss", *lines, ""])))
    plan = match_columns(people, source.headers, key=["nick"], references={"boss": Reference(by="nick")})
    with ImportRun(people, source, plan) as run, transaction.atomic():
        run.take(next(run.batches()))

    with ImportRun(people, source, plan) as again:
        for batch in again.batches(after=run.position):
            with transaction.atomic():
                again.take(batch)
        again.finish()

    assert bosses(people) == {line.partition(",")[0]: line.partition(",")[2] or None for line in lines}
