"""The names that the package offers to developers, exactly as its documentation has them."""

import re
import textwrap
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from dynadmin.exceptions import NotApplied, TableRetired, UnsafePlan
from dynadmin.fieldtypes import field_types, get_field
from dynadmin.models import DynamicField, DynamicModel, sync_dynamic_model
from dynadmin.registry import registry
from tests.support import manage

DESIGN = """
from dynadmin.models import DynamicModel, DynamicField

event = DynamicModel.objects.create(name="event", label="Event")
DynamicField.objects.create(model=event, name="country", type="char", options={"max_length": 3})
event.sync()
Event = event.django_model
Event.objects.create(country="PL")

print(type(DynamicField(type="char", options={"max_length": 100}).django_field).__mro__)
print(*Event.objects.values_list("country", flat=True))
"""

LATER = """
from dynadmin.models import DynamicModel
from django.apps import apps

event = DynamicModel.objects.get(name="event")
print(*event.django_model.objects.values_list("country", flat=True))
print(apps.get_model("tables", f"t{event.pk}") is event.django_model)
"""


GUIDE = (Path(__file__).parent.parent / "docs" / "developers.md").read_text(encoding="utf-8")


def code_under(heading: str) -> str:
    """Return the code under a heading of the guide."""
    text = GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return textwrap.dedent("".join(re.findall(r"^(?:    .*)?\n", text, re.MULTILINE)))


@pytest.fixture
def event(tables) -> DynamicModel:
    return tables.make("event", label="Event", country=("char", {"max_length": 3}))


def test_the_design_runs_in_a_shell_and_another_process_goes_on(tables):
    printed = manage("shell", "-c", DESIGN)
    assert "django.db.models.fields.CharField" in printed
    assert printed.endswith("PL\n")

    assert manage("shell", "-c", LATER).endswith("PL\nTrue\n")


def test_a_table_is_an_ordinary_model_class(event):
    model = event.django_model

    model.objects.bulk_create([model(country="PL"), model(country="DE")])
    model.objects.filter(country__startswith="P").update(country="FR")

    assert issubclass(model, models.Model)
    assert list(model.objects.order_by("country").values_list("country", flat=True)) == ["DE", "FR"]
    assert str(model.objects.get(country="DE")) == "DE"
    with pytest.raises(model.DoesNotExist):
        model.objects.get(country="XX")
    with pytest.raises(ValidationError):
        model(country="long").full_clean()


def test_a_field_gives_an_unbound_model_field():
    field = DynamicField(type="char", options={"max_length": 100}).django_field

    assert isinstance(field, models.CharField)
    assert field.max_length == 100
    assert field.name is None


def test_wrong_options_are_refused_by_option():
    with pytest.raises(ValidationError) as refusal:
        get_field("char", {"max_length": "abc"})

    assert list(refusal.value.message_dict) == ["max_length"]


def test_sync_has_a_function_of_the_same_meaning(tables):
    event = tables.define("event", country="char")

    assert sync_dynamic_model(event).pk == registry.newest.revision
    assert event.sync() is None, "there is nothing left to do"


def test_a_plan_says_in_words_what_sync_would_do(tables, event):
    tables.add(event, year="int")

    plan = event.plan()

    assert not plan.is_destructive
    assert any("year" in words.lower() for words in plan.descriptions)
    event.sync()
    assert event.plan().is_empty


WRONG_WORDS = {
    "a field that is not there": ({"year": "empty"}, {}, "no field “year”"),
    "a word that is none": ({"country": "drop"}, {}, "“country”: “drop” is none of the words"),
    "no word at all": ({"country": 7}, {}, "“country”: “7” is none of the words"),
    "a misspelt key": ({"country": {"values": "x"}}, {}, "“country”: There is no “values” here"),
    "an answer that is no text": ({}, {"country": {"decimal": 7}}, "“country”: The answer to “decimal”"),
}


@pytest.mark.parametrize("name", WRONG_WORDS)
def test_what_is_said_of_values_is_refused_by_field_if_it_makes_no_sense(event, name):
    on_failure, answers, message = WRONG_WORDS[name]

    with pytest.raises(ValidationError, match=message):
        event.plan(on_failure=on_failure, answers=answers)


def test_nothing_is_destroyed_without_a_word(event):
    event.fields.all().delete()

    assert event.plan().is_destructive
    with pytest.raises(UnsafePlan):
        event.sync()


def test_the_class_of_a_table_that_is_not_there_is_refused_with_advice(tables, event):
    with pytest.raises(NotApplied, match=r"sync\(\)"):
        _ = tables.define("plans", text="char").django_model

    copy = DynamicModel.objects.get(pk=event.pk)
    event.retire()
    with pytest.raises(TableRetired, match="retired"):
        _ = copy.django_model


def test_the_class_is_that_of_the_revision_in_force(tables, event):
    before = event.django_model
    tables.add(event, year="int")
    assert event.django_model is before, "a draft changes nothing"

    event.sync()

    assert event.django_model is not before
    assert event.django_model.objects.create(country="PL", year=2026).year == 2026


def test_a_field_does_not_let_its_table_go_unnoticed(event):
    with pytest.raises(models.ProtectedError):
        event.delete()


def test_the_guide_begins_with_code_that_runs(tables):
    names = {}

    with pytest.raises(ValidationError, match="max_length"):
        exec(code_under("A table is a Django model"), names)

    assert [str(row) for row in names["Event"].objects.all()] == ["PL"]


def test_the_guide_goes_on_with_changes_and_takes_them_back(tables):
    names = {}
    with pytest.raises(ValidationError, match="max_length"):
        exec(code_under("A table is a Django model"), names)

    exec(code_under("Changing a table in use"), names)

    report = names["report"]
    assert (report.same, report.changed, report.failures) == (1, 1, {"is not a number": 1})
    prices = names["event"].django_model.objects.order_by("pk").values_list("price", flat=True)
    assert list(prices) == ["", "1.200,50", "n/a"], "undone, retired and restored"


def test_the_type_that_the_guide_makes_is_a_type_like_all_others(tables, admin_client):
    names = {}
    code = code_under("Your own field type").replace("@field_types.register", "")
    exec(code, names)

    with field_types.register_temporarily(names["IBAN"]):
        tables.make("accounts", iban=("iban", {"country": "PL", "unique": True}))
        url = "/api/tables/accounts/"
        answers = [
            admin_client.post(url, {"iban": iban}, content_type="application/json")
            for iban in (
                "PL61109010140000071219812874",
                "DE89370400440532013000",
                "PL61109010140000071219812874",
            )
        ]
        page = admin_client.get("/admin/tables/accounts/").content.decode()

        assert [answer.status_code for answer in answers] == [201, 400, 400]
        assert answers[1].json()["errors"] == {"iban": ["This is not an IBAN."]}
        assert "PL61109010140000071219812874" in page
        with pytest.raises(ValidationError, match="country"):
            get_field("iban", {"country": "XX"})
