"""What is decided about an import, as a value that can be kept."""

import json

import pytest
from django.db import transaction

from dynadmin.exceptions import BadColumns
from dynadmin.transfer import ColumnPlan, ImportOptions, match_columns, open_source
from dynadmin.transfer.references import Reference
from dynadmin.transfer.run import ImportRun
from tests.staticapp.models import Item


def test_options_come_back_from_json_as_they_were():
    options = ImportOptions(
        constants={"label": "one"}, existing="fill", missing="retire", empty_cells="keep", empty_texts=("NA",)
    )

    assert ImportOptions.from_json(json.loads(json.dumps(options.to_json()))) == options
    assert ImportOptions.from_json({}) == ImportOptions()


@pytest.mark.parametrize("wrong", [{"existing": "x"}, {"missing": "x"}, {"empty_cells": "x"}])
def test_what_cannot_be_chosen_is_refused(wrong):
    with pytest.raises(BadColumns, match="not “x”"):
        ImportOptions(**wrong)


def test_plans_come_back_from_json_as_they_were():
    headers = ["code", "maker", "", "x"]
    plan = match_columns(Item, headers, key=["code"], references={"maker": Reference(by="id")})

    assert ColumnPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.django_db(transaction=True)
def test_a_run_in_batches_goes_on_behind_the_last_line_taken(write, monkeypatch):
    monkeypatch.setattr("dynadmin.transfer.batches._MOST_ROWS", 100)
    monkeypatch.setattr("dynadmin.transfer.sifting._TIMES", 1)
    source = open_source(write("code\n" + "".join(f"c{number}\n" for number in range(250)) + "c7\n"))
    plan = match_columns(Item, source.headers, key=["code"])
    with ImportRun(Item, source, plan) as run:
        batch = next(run.batches())
        with transaction.atomic(using=run.alias):
            run.take(batch)
    assert 0 < Item.objects.count() < 250

    with ImportRun(Item, source, plan) as again:
        for rest in again.batches(after=run.position):
            with transaction.atomic(using=again.alias):
                again.take(rest)
        again.finish()

    assert Item.objects.count() == 250
    result = again.result(is_saved=True)
    assert (result.totals.created, result.totals.refused) == (250 - len(batch), 1)
    assert "line 9" in str(result.refused[0].reasons)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [[], ["code"]])
def test_a_run_goes_on_within_what_is_a_batch_by_then(write, monkeypatch, key):
    text = "code,count\n" + "".join(f"c{number},{number if number % 9 else 'x'}\n" for number in range(250))
    source = open_source(write(text))
    plan = match_columns(Item, source.headers, key=key)
    monkeypatch.setattr("dynadmin.transfer.sifting._TIMES", 1)
    position, refused = 0, 0
    for most in (70, 110, 1000):
        monkeypatch.setattr("dynadmin.transfer.batches._MOST_ROWS", most)
        with ImportRun(Item, source, plan) as run:
            batch = next(run.batches(after=position))
            with transaction.atomic(using=run.alias):
                run.take(batch)
        position, refused = run.position, refused + run.result(is_saved=True).totals.refused

    assert refused == 28
    assert set(Item.objects.values_list("count", flat=True)) == {n for n in range(250) if n % 9}
