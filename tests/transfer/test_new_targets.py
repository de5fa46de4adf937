"""Rows that a file refers to and that are not there yet, made where somebody asks for it."""

import pytest

from dynadmin.exceptions import BadColumns
from tests.transfer.fleet import UNIQUE, creating, rows_of, to


def test_unknown_keys_become_rows_when_asked(fleet, load):
    planes, tags, flights = fleet
    chosen = creating(flights, ["number", "plane", "tags"], plane="tail", tags="title")

    result = load(flights, "number,plane,tags\n1,N8,new; late\n2,N8,\n3,N9,newer\n", plan=chosen)

    assert result.made == {"plane": 2, "tags": 2}
    assert rows_of(flights) == [(1, "N8", ["late", "new"]), (2, "N8", []), (3, "N9", ["newer"])]
    assert planes.objects.count() == 5
    assert tags.objects.count() == 5


def test_a_dry_run_makes_no_rows(fleet, load):
    result = load(fleet[2], "plane\nN8\n", plan=creating(fleet[2], ["plane"], plane="tail"), dry_run=True)

    assert result.made == {"plane": 1}
    assert fleet[0].objects.count() == 3


def test_rows_that_need_more_than_their_key_are_not_made(tables, load):
    planes = tables.make("planes", tail=UNIQUE, maker=("char", {"blank": False}))
    flights = tables.make("flights", plane=to(planes)).django_model

    with pytest.raises(BadColumns, match="from “Tail” alone: they need Maker"):
        load(flights, "plane\nN8\n", plan=creating(flights, ["plane"], plane="tail"))


def test_a_new_row_has_to_be_valid(tables, load):
    planes = tables.make("planes", tail=("char", {"unique": True, "max_length": 3}))
    flights = tables.make("flights", plane=to(planes)).django_model

    result = load(flights, "plane\nN88888\n", plan=creating(flights, ["plane"], plane="tail"))

    assert "at most 3 characters" in result.refused[0].reasons["plane"][0]


def test_a_new_row_has_to_be_one_that_may_be_chosen(tables, load):
    planes = tables.make("planes", tail=UNIQUE, active="bool")
    limit = [{"field": "active", "operator": "=", "value": "true"}]
    flights = tables.make("flights", plane=to(planes, limit=limit)).django_model

    result = load(flights, "plane\nN1\n", plan=creating(flights, ["plane"], plane="tail"), skip_refused=True)

    assert result.refused[0].reasons["plane"] == (
        "A new row would be none of those that may be chosen here.",
    )
    assert not planes.django_model.objects.exists()
