"""Every type's values through the API: what the model field says is what happens."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fieldtypes.cases import CASES, Case

URL = "/api/tables/things/"
every_case = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture
def things(tables, request):
    """A table with one field, of the case."""
    case = request.getfixturevalue("case")
    return tables.make("things", label="Things", value=(case.slug, case.options))


@pytest.fixture
def send(admin):
    """Create a row with this value."""
    return lambda value: admin.post(URL, json.dumps({"value": value}), content_type="application/json")


def is_json(value: Any) -> bool:
    """Whether the value can be said in JSON."""
    try:
        return json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError):
        return False


@every_case
def test_valid_values_are_stored_and_read_back(case: Case, things, admin, send):
    model = things.django_model

    for given_value, value, _text in filter(lambda row: is_json(row[0]), case.valid):
        answer = send(given_value)

        assert answer.status_code == 201, (given_value, answer.content)
        stored = model.objects.get(pk=answer.json()["id"])
        assert stored.value == value, given_value
        assert send(answer.json()["value"]).json()["value"] == answer.json()["value"], (
            "it can be sent as it was read"
        )


@every_case
def test_invalid_values_are_refused_in_the_words_of_the_field(case: Case, things, send):
    field = things.django_model._meta.get_field("value")

    for given_value, _message in filter(lambda row: is_json(row[0]), case.invalid):
        with pytest.raises(ValidationError) as refusal:
            field.clean(given_value, None)
        answer = send(given_value)

        assert answer.status_code == 400, given_value
        assert answer.json()["errors"] == {"value": refusal.value.messages}
    assert not things.django_model.objects.exists()


@every_case
def test_the_page_of_a_table_of_any_type_is_shown(case: Case, things, admin, send):
    rows = [send(row[0]).json() for row in case.valid if is_json(row[0])]

    for url in (URL, *(f"{URL}{row['id']}/" for row in rows)):
        answer = admin.get(url, headers={"accept": "text/html"})

        assert answer.status_code == 200
        assert 'name="value"' in answer.content.decode() or things.fields.get().options.get("auto_now")


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1", "\ud800", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@every_case
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=anything)
def test_whatever_is_sent_is_stored_or_refused(case: Case, things, send, value):
    field = things.django_model._meta.get_field("value")

    answer = send(value)

    if not is_json(value):
        assert answer.status_code == 400
        return
    try:
        expected = field.clean(value, None)
    except ValidationError:
        assert answer.status_code == 400
    else:
        assert answer.status_code == 201
        assert things.django_model.objects.get(pk=answer.json()["id"]).value == expected
