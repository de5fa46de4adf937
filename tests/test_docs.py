"""The code that documents show runs as it stands there; that of docs/developers.md has tests of its own."""

import re
import textwrap
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dynadmin import executor
from dynadmin.fieldtypes import field_types
from dynadmin.kinds import kinds
from dynadmin.models import DynamicField, SchemaRevision
from dynadmin.schema import FieldSchema

DOCS = Path(__file__).parent.parent / "docs"


def run(document: str, heading: str, **names) -> dict:
    """Run the Python under a heading of a document with these names; return all names there are then."""
    section = (
        (DOCS / document).read_text(encoding="utf-8").partition(f"# {heading}\n")[2].partition("\n## ")[0]
    )
    fenced = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    indented = re.findall(r"^(?:    .*)?\n", section, re.MULTILINE)
    code = "".join(fenced) or textwrap.dedent("".join(indented))
    assert code.strip()
    exec(code, names)
    return names


@pytest.fixture
def flights(tables):
    return tables.make("flights", carrier="char", flight="int", departure="datetime", arrival="datetime")


def test_rules(flights):
    run("constraints.md", "In code", table=flights)

    rules = flights.django_model._meta
    assert [len(rules.constraints), len(rules.indexes)] == [3, 1]


def test_undoing(flights, admin_user):
    flights.fields.filter(name="carrier").update(name="airline")
    flights.sync()

    run("history.md", "From Python", ada=admin_user)

    assert SchemaRevision.objects.latest("pk").author == admin_user
    assert flights.fields.filter(name="carrier").exists()


def test_the_trash(flights, admin_user):
    gone = flights.fields.get(name="carrier")
    field_id = gone.pk
    gone.delete()
    flights.sync(allow_destructive=True)
    table_id = flights.pk
    flights.retire()

    run("trash.md", "Restoring", table_id=table_id, field_id=field_id, user=admin_user)

    assert DynamicField.objects.get(pk=field_id).model_id == table_id


def test_changing_a_table(tables):
    flights = tables.make("flights", price="char", day="char")
    flights.django_model.objects.create(price="n/a", day="03/04/2013")
    flights.fields.filter(name="price").update(type="int", options={})
    flights.fields.filter(name="day").update(type="date", options={})

    run("changing-tables.md", "From the shell", flights=flights, executor=executor)

    row = flights.django_model.objects.get()
    assert (row.price, row.price_original, str(row.day)) == (None, "n/a", "2013-04-03")


def test_converting():
    old, new = (
        FieldSchema(id=1, name="price", type=slug, options=field_types[slug].clean_options({}))
        for slug in ("char", "int")
    )

    names = run("conversions.md", "From Python", old=old, new=new, values=[" $1,200", "n/a"])

    assert names["settle"](" $1,200").value == 1200


def test_kinds(tables, admin_user, monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    run("kinds.md", "Kinds of your own")
    lift = tables.make("lift", of_kind="inspection", place="char")
    lift.django_model.objects.create(place="A", inspected_on="2024-01-31", faults=2)
    assert [row.is_due(date(2025, 6, 1)) for row in lift.django_model.objects.failed()] == [True]

    flights = tables.make("flights", of_kind="record", carrier="char")
    flights.django_model.objects.create(carrier="US")
    run("kinds.md", "Records", flights=flights, user=admin_user)
    assert flights.django_model.objects.get(carrier="AA").changed_by == admin_user

    event = tables.make("event", of_kind="event", country="char")
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    run("kinds.md", "Events", table=event, start=moment, end=moment)
