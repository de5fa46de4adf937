"""Columns that become relations and back: which rows values tell, what is told of the others, and undo."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin import executor
from dynadmin.exceptions import RefusedChange
from dynadmin.executor import targetrows
from dynadmin.models import DynamicModel, SchemaRevision, undo
from dynadmin.schema import target_of

UNIQUE = ("char", {"unique": True})


@pytest.fixture
def planes(tables):
    """Planes N1, N2 and N3, of two makers."""
    table = tables.make("planes", tail=UNIQUE, maker="char", seats="int")
    for number, tail in enumerate(["N1", "N2", "N3"]):
        table.django_model.objects.create(tail=tail, maker="A" if number else "B", seats=100 + number)
    return table


@pytest.fixture
def fly(tables):
    """Make flights with these values in the column ``plane``, of a type."""

    def fly(values, slug="char", **options):
        table = tables.make("flights", number="int", plane=(slug, options))
        model = table.django_model
        model.objects.bulk_create(model(number=n, plane=value) for n, value in enumerate(values))
        return table

    return fly


def become(table, slug, target=None, **options):
    """Give the field another type, in the draft."""
    field = table.fields.get(name="plane")
    if target is not None:
        options["target"] = target if isinstance(target, str) else target_of(target.pk)
    field.type, field.options = slug, options
    field.save()


def report_on(table, **decisions):
    [report] = executor.preview(table.plan(**decisions)).reports
    return report


def tails(table):
    return list(table.django_model.objects.order_by("number").values_list("plane__tail", flat=True))


def values(table):
    return list(table.django_model.objects.order_by("number").values_list("plane", flat=True))


def test_texts_become_the_rows_that_they_tell(planes, fly):
    flights = fly(["N1", "N2", "N2", ""])
    become(flights, "foreignkey", planes)

    report = report_on(flights)
    flights.sync()

    assert (report.changed, report.same, report.failed) == (3, 1, 0)
    assert tails(flights) == ["N1", "N2", "N2", None]
    assert planes.django_model.objects.get(tail="N2").flights.count() == 2


def test_the_column_that_finds_most_is_proposed_and_another_may_be_chosen(planes, fly):
    flights = fly(["100", "102", "B"])
    become(flights, "foreignkey", planes)

    [question] = report_on(flights).questions

    assert question.proposed == "seats"
    assert ("seats", "Seats (finds 2 of 3 values)") in question.choices
    flights.sync(on_failure={"plane": {"on_failure": "empty", "answers": {"key": "maker"}}})
    assert tails(flights) == [None, None, "N1"]


def test_values_that_tell_no_row_or_several_are_counted_and_listed(planes, fly):
    flights = fly(["A", "B", "C", "C"])
    become(flights, "foreignkey", planes)

    report = report_on(flights)

    assert dict(report.failures) == {"is that of several rows": 1, "is that of no row": 2}
    assert sorted(sample.before for sample in report.misfits) == ["A", "C"]
    with pytest.raises(RefusedChange, match="would not fit"):
        flights.sync()


def test_rows_that_the_limit_forbids_are_not_chosen(planes, fly):
    flights = fly(["N1", "N2"])
    limit = [{"field": "seats", "operator": ">", "value": "100"}]
    become(flights, "foreignkey", planes, limit=limit)

    assert dict(report_on(flights).failures) == {"is that of a row that may not be chosen here": 1}


def test_what_does_not_fit_is_kept_beside(planes, fly):
    flights = fly(["N1", "N9"])
    become(flights, "foreignkey", planes)
    flights.sync(on_failure={"plane": "keep"})

    rows = flights.django_model.objects.order_by("number")
    assert list(rows.values_list("plane__tail", "plane_original")) == [("N1", ""), (None, "N9")]


def test_new_rows_are_made_when_asked(planes, fly):
    flights = fly(["N1", "N8", "N9", "N9"])
    become(flights, "foreignkey", planes)

    report = report_on(flights, on_failure={"plane": "create"})
    assert (report.new_rows, report.failed) == (2, 0)
    assert {sample.after for sample in report.changes} >= {"new: N8", "new: N9"}
    assert planes.django_model.objects.count() == 3
    flights.sync(on_failure={"plane": "create"})

    assert tails(flights) == ["N1", "N8", "N9", "N9"]
    assert planes.django_model.objects.count() == 5


def test_new_rows_that_would_lack_something_stop_the_change(tables, fly):
    planes = tables.make("planes", tail=UNIQUE, maker=("char", {"blank": False}))
    flights = fly(["N8"])
    become(flights, "foreignkey", planes)

    with pytest.raises(RefusedChange, match="cannot be made from"):
        flights.sync(on_failure={"plane": "create"})


def test_numbers_become_the_rows_with_these_ids(planes, fly):
    pks = list(planes.django_model.objects.order_by("pk").values_list("pk", flat=True))
    flights = fly([pks[2], None, pks[0]], "int")
    become(flights, "foreignkey", planes)
    flights.sync()

    assert tails(flights) == ["N3", None, "N1"]


def test_users_are_told_by_their_names(fly):
    ann = get_user_model().objects.create(username="ann")
    flights = fly(["ann", ""])
    become(flights, "foreignkey", "auth.User")
    flights.sync()

    assert values(flights) == [ann.pk, None]


def test_a_relation_becomes_what_tells_its_rows_and_the_same_again(planes, fly):
    flights = fly(["N1", "N3", ""])
    become(flights, "foreignkey", planes)
    flights.sync()
    become(flights, "char")
    assert report_on(flights).questions[0].proposed == "tail"
    flights.sync()
    assert values(flights) == ["N1", "N3", ""]

    become(flights, "onetoone", planes)
    flights.sync()
    assert tails(flights) == ["N1", "N3", None]


def test_a_relation_whose_rows_nothing_tells_becomes_their_ids(planes, fly):
    flights = fly(["N1"])
    become(flights, "foreignkey", planes)
    flights.sync()
    planes.django_model.objects.create(tail=None)
    become(flights, "char")
    flights.sync()

    assert values(flights) == [str(planes.django_model.objects.get(tail="N1").pk)]


def test_a_relation_goes_over_to_rows_of_another_table_with_the_same_key(planes, fly, tables):
    flights = fly(["N1", "N3"])
    become(flights, "foreignkey", planes)
    flights.sync()
    others = tables.make("others", tail=UNIQUE)
    for tail in ("N3", "N0", "N1"):
        others.django_model.objects.create(tail=tail)
    become(flights, "foreignkey", others)
    flights.sync()

    assert tails(flights) == ["N1", "N3"]
    assert values(flights) == [3, 1]


def test_a_column_becomes_a_relation_to_its_own_table(fly):
    flights = fly(["0", "0", "1"])
    become(flights, "foreignkey", flights)
    flights.sync(on_failure={"plane": {"on_failure": "stop", "answers": {"key": "number"}}})

    assert list(flights.django_model.objects.order_by("number").values_list("plane__number", flat=True)) == [
        0,
        0,
        1,
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.sampled_from(["N1", "N2", "N8", "N9", "", "n1"]), min_size=1, max_size=8))
def test_undo_brings_back_exactly_what_there_was(planes, fly, texts):
    flights = DynamicModel.objects.filter(name="flights").first() or fly([])
    model = flights.django_model
    model.objects.all().delete()
    model.objects.bulk_create(model(number=n, plane=text) for n, text in enumerate(texts))

    become(flights, "foreignkey", planes)
    flights.sync(on_failure={"plane": "create"})
    assert [tail or "" for tail in tails(flights)] == texts
    made = planes.django_model.objects.count()
    undo(SchemaRevision.objects.latest("pk"))

    assert values(flights) == texts
    assert planes.django_model.objects.count() == made


def test_undo_keeps_what_was_edited_since(planes, fly):
    flights = fly(["N1", "N2"])
    become(flights, "foreignkey", planes)
    flights.sync()
    first = flights.django_model.objects.get(number=0)
    first.plane = planes.django_model.objects.get(tail="N3")
    first.save()

    undo(SchemaRevision.objects.latest("pk"))

    assert values(flights) == ["N3", "N2"]


def test_many_different_values_are_asked_for_in_few_queries(planes, fly):
    model = planes.django_model
    model.objects.bulk_create(model(tail=f"T{number}") for number in range(400))
    flights = fly([f"T{number}" for number in range(400)])
    become(flights, "foreignkey", planes)

    with CaptureQueriesContext(connection) as queries:
        flights.sync()

    asked = [query for query in queries if f'FROM "{model._meta.db_table}" WHERE' in query["sql"]]
    assert len(asked) < 25
    assert tails(flights)[:2] == ["T0", "T1"]


def test_memory_does_not_grow_with_the_number_of_values(planes, fly, monkeypatch):
    monkeypatch.setattr(targetrows, "REMEMBERED", 10)
    flights = fly([*["N1", "N2", "N3"] * 5, *(f"N{number}" for number in range(20))])
    become(flights, "foreignkey", planes)
    flights.sync(on_failure={"plane": "empty"})

    assert tails(flights).count("N2") == 6
