"""Relations in exports: what people call their rows, and how that comes back."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin.exceptions import BadColumns
from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.lists import join, split
from tests.transfer.fleet import rows_of


def test_an_export_has_what_people_call_the_rows(fleet, load, dump):
    load(fleet[2], 'number,plane,tags\n1,N2,"late; """"""odd"""""""\n2,,\n')

    assert dump(fleet[2].objects.all(), fields=["number", "plane", "tags"]).read_text().splitlines() == [
        "number,plane,tags",
        '1,N2,"late; """"""odd"""""""',
        "2,,",
    ]
    path = dump(fleet[2].objects.all(), format="json", fields=["plane", "tags"])
    assert json.loads(path.read_text()) == [
        {"plane": "N2", "tags": ["late", '"odd"']},
        {"plane": None, "tags": []},
    ]


def test_ids_can_be_exported_and_say_so(fleet, load, dump):
    load(fleet[2], "number,plane,tags\n1,N2,late\n")
    flight = fleet[2].objects.get()

    path = dump(fleet[2].objects.all(), fields=["plane", "tags"], references={"plane": "pk", "tags": "pk"})

    assert path.read_text().splitlines() == ["plane_id,tags__id", f"{flight.plane_id},{flight.tags.get().pk}"]


def test_a_column_that_not_every_row_has_is_not_taken_for_the_key(fleet, load, dump):
    fleet[0].objects.create(tail=None)
    load(fleet[2], "number,plane\n1,N2\n")

    assert dump(fleet[2].objects.all(), fields=["plane"]).read_text().splitlines()[0] == "plane_id"
    with pytest.raises(BadColumns, match="some have none, or the same"):
        dump(fleet[2].objects.all(), references={"plane": "tail"})
    with pytest.raises(BadColumns, match="some have none, or the same"):
        dump(fleet[2].objects.all(), references={"plane": "maker"})


TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8) | st.text(
    "\"';,= a-", min_size=1, max_size=5
)


@given(texts=st.lists(st.text(max_size=6) | st.text('";, a', max_size=5)))
def test_lists_in_cells_come_back_as_they_were(texts):
    assert split(join(texts)) == texts


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "json"])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_exported_imports_again_as_the_same_rows(fleet, dump, format, data):
    planes, tags, flights = fleet
    for model in (flights, planes, tags):
        model.objects.all().delete()
    titles = data.draw(st.lists(TITLES.map(str.strip).filter(bool), min_size=1, max_size=5, unique=True))
    tags.objects.bulk_create(tags(title=title) for title in titles)
    planes.objects.bulk_create(planes(tail=title) for title in titles)
    for number in range(3):
        plane = data.draw(st.sampled_from([None, *planes.objects.all()]))
        flight = flights.objects.create(number=number, plane=plane)
        flight.tags.set(data.draw(st.sets(st.sampled_from(list(tags.objects.all())))))
    before = rows_of(flights)
    source = open_source(dump(flights.objects.all(), format=format))

    assert import_rows(flights, source).totals.skipped == 3
    flights.objects.all().delete()
    assert import_rows(flights, source).refused == ()
    assert rows_of(flights) == before
