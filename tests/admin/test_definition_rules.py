"""Rules on the page of a definition: also on fields that are saved with them."""

import pytest
from django.contrib.auth.models import Permission

from dynadmin.models import DynamicConstraint, DynamicModel
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of, rule_row
from tests.test_rules import add_rule


@pytest.fixture
def flights(tables):
    return tables.make(
        "flights", label="Flights", carrier=("char", {"max_length": 5}), departure="time", arrival="time"
    )


def ref(definition, name):
    return definition.fields.get(name=name).pk


def save(client, *rows, definition=None, **more):
    address = page_url("change", definition.pk) if definition else page_url("add")
    return client.post(address, form_data(*rows, definition=definition, **more))


def rules_of(definition):
    return [
        (rule.kind, [definition.fields.get(pk=pk).name for pk in rule.fields], rule.rule)
        for rule in definition.constraints.all()
    ]


def test_a_table_is_made_with_rules_on_its_new_fields(admin_client, tables):
    rows = [
        field_row("Carrier", options={"max_length": 5}, ref="new-0"),
        field_row("Low", type="int", ref="new-1"),
        field_row("High", type="int", ref="new-2"),
    ]
    rules = (
        rule_row("unique", "new-1", "new-0", "", label="Once only"),
        rule_row("check", "new-1", operator="<=", other="new-2"),
        rule_row("check", "new-2", operator="!=", value=" 7 ", other=""),
        rule_row("index", "new-2"),
    )

    response = save(admin_client, *rows, rules=rules, label="Things")

    table = DynamicModel.objects.get()
    assert response.status_code == 302
    assert table.plan().is_empty
    high = table.fields.get(name="high").pk
    assert rules_of(table) == [
        ("unique", ["low", "carrier"], {}),
        ("check", ["low"], {"operator": "<=", "other": high}),
        ("check", ["high"], {"operator": "!=", "value": "7"}),
        ("index", ["high"], {}),
    ]
    assert len(table.django_model._meta.constraints) == 3


def test_the_page_shows_the_rules_that_are_saved(admin_client, flights):
    rule = add_rule(flights, "check", "departure", operator="<", other="arrival", label="Early")

    response = admin_client.get(page_url("change", flights.pk))

    [form] = response.context["inline_admin_formsets"][1].formset.forms
    arrival = str(ref(flights, "arrival"))
    assert form.initial["columns"] == [str(ref(flights, "departure"))]
    assert (form["other"].value(), form["label"].value()) == (arrival, "Early")
    assert f'<option value="{arrival}" selected>Arrival</option>' in response.content.decode()
    assert rule.in_words() == "Departure < Arrival"


WRONG = {
    "two fields": ({"kind": "unique", "columns": ["carrier"]}, "columns", "two fields or more"),
    "no value": ({"kind": "check", "columns": ["carrier"], "operator": "=="}, "value", "give a value"),
    "no order": (
        {"kind": "check", "columns": ["carrier"], "operator": "<", "value": "x"},
        "operator",
        "equal or different",
    ),
    "value": (
        {"kind": "check", "columns": ["arrival"], "operator": "<", "value": "noon"},
        "value",
        "“noon” is not a time",
    ),
    "other type": (
        {"kind": "check", "columns": ["arrival"], "operator": "<", "other": "carrier"},
        "other",
        "cannot be compared",
    ),
    "gone": ({"kind": "index", "columns": ["999999"]}, "columns", "any more"),
    "kind": ({"kind": "trigger", "columns": ["carrier"]}, "kind", "trigger"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_rule_stands_beside_it_and_the_input_stays(admin_client, flights, case):
    posted, place, words = WRONG[case]
    refs = dict(flights.fields.values_list("name", "pk"))
    rule = rule_row(posted["kind"], *(refs.get(name, name) for name in posted["columns"]), label="Mine")
    rule |= {key: posted[key] for key in ("operator", "value") if key in posted}
    rule["other"] = refs.get(posted.get("other"), "")

    response = save(admin_client, *rows_of(flights), rules=(rule,), definition=flights)

    errors = errors_on(response)
    assert list(errors) == [f"constraints-0-{place}"]
    assert words in errors[f"constraints-0-{place}"][0]
    assert "Please correct the error below" in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    assert not DynamicConstraint.objects.exists()


def test_a_rule_is_judged_by_the_fields_as_the_page_has_them(admin_client, flights):
    """A field that is wrong itself, or about to be removed, is no field for a new rule."""
    rows = rows_of(flights)
    rows[0]["DELETE"] = "on"
    rules = (
        rule_row("unique", rows[0]["id"], rows[1]["id"]),
        rule_row("index", rows[1]["id"]),
        rule_row("index", rows[1]["id"]),
    )

    response = save(admin_client, *rows, rules=rules, definition=flights)

    assert errors_on(response) == {
        "constraints-0-columns": ["“Carrier” is removed: choose another field."],
        "constraints-2-kind": ["The same rule is there already."],
    }


def test_a_rule_goes_with_its_field(admin_client, flights):
    rule = add_rule(flights, "check", "departure", operator="<", other="arrival")
    flights.sync()
    rows = rows_of(flights)
    rows[2]["DELETE"] = "on"
    posted = rule_row("check", rows[1]["id"], other=rows[2]["id"], id=rule.pk)

    save(admin_client, *rows, rules=(posted,), definition=flights)

    assert not DynamicConstraint.objects.exists()
    assert flights.plan().descriptions[0].endswith("no longer, as “Arrival” is retired")


def test_rules_are_changed_and_removed(admin_client, flights):
    first = add_rule(flights, "index", "departure")
    second = add_rule(flights, "index", "arrival")
    flights.sync()
    rows = rows_of(flights)
    rules = (
        rule_row("index", rows[2]["id"], id=second.pk, DELETE="on"),
        rule_row("index", rows[1]["id"], rows[0]["id"], id=first.pk),
    )

    save(admin_client, *rows, rules=rules, definition=flights)

    assert rules_of(flights) == [("index", ["departure", "carrier"], {})]
    assert flights.plan().is_empty


def test_a_rule_that_rows_break_leads_to_the_plan_and_stays_a_draft(admin_client, flights):
    flights.django_model.objects.create(departure="10:00", arrival="09:00")
    rows = rows_of(flights)
    rule = rule_row("check", rows[1]["id"], other=rows[2]["id"])

    response = admin_client.post(
        page_url("change", flights.pk), form_data(*rows, rules=(rule,), definition=flights), follow=True
    )

    assert "1 row of “Flights” breaks the rule “Departure &lt; Arrival”" in response.content.decode()
    assert flights.constraints.count() == 1
    listed = admin_client.get(page_url("changelist")).content.decode()
    assert "Changes waiting" in listed


def test_somebody_elses_rules_stay_and_are_told_of(admin_client, flights):
    other = add_rule(flights, "index", "departure")
    data = form_data(*rows_of(flights), definition=flights, label="Mine")
    DynamicModel.objects.filter(pk=flights.pk).update(version=9)

    response = admin_client.post(page_url("change", flights.pk), data)

    assert "A rule was added, and stays: index by Departure." in response.content.decode()
    assert DynamicConstraint.objects.get() == other


def test_who_may_only_look_sees_the_rules_in_words(client, flights, django_user_model):
    add_rule(flights, "check", "departure", operator="<", other="arrival")
    user = django_user_model.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_dynamicmodel"))
    client.force_login(user)

    page = client.get(page_url("change", flights.pk)).content.decode()

    assert "<li>Departure &lt; Arrival</li>" in page
    assert "Add a rule" not in page
