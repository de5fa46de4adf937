"""Bad input: a message by field, never a failure of the server, nothing half done."""

import json

import pytest
from django.test import Client

URL = "/api/tables/flights/"


@pytest.fixture
def send(admin):
    """Send a body as it is."""
    return lambda body, method="post", url=URL: getattr(admin, method)(
        url, body if isinstance(body, bytes | str) else json.dumps(body), content_type="application/json"
    )


def test_a_problem_says_what_and_where(send, flights):
    answer = send({"carrier": "ABC", "distance": "far"})

    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    assert (problem["title"], problem["status"]) == ("Bad Request", 400)
    assert set(problem["errors"]) == {"carrier", "distance"}
    assert problem["errors"]["distance"] == ["“far” is not a whole number."]
    assert not flights.django_model.objects.exists()


def test_unknown_keys_are_refused_by_name(send, flights):
    answer = send({"carrier": "AA", "contry": "PL", "pk": 3})

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"contry", "pk"}
    assert "carrier, tail, distance" in answer.json()["errors"]["contry"][0]


def test_an_id_cannot_be_chosen(send, flights, rows):
    created = send({"id": 5, "carrier": "AA"})
    moved = send({"id": 5_000}, "patch", f"{URL}{rows[0].pk}/")

    assert created.json()["errors"] == moved.json()["errors"] == {"id": ["This field cannot be set."]}


BROKEN = {
    "cut off": '{"carrier": ',
    "no object": "[]",
    "text": '"carrier"',
    "null": "null",
    "number": "5",
    "nan": '{"carrier": "AA", "distance": NaN}',
    "infinity": '{"carrier": "AA", "distance": -Infinity}',
    "repeated key": '{"carrier": "AA", "carrier": "BB"}',
    "bytes": b"\xff\xfe\x00",
    "marked": b"\xef\xbb\xbf{}",
    "abyss": "[" * 200_000,
    "deep object": '{"carrier":' * 100_000,
    "digits": '{"distance": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_not_an_object_of_json_is_refused(send, flights, body):
    answer = send(body)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not flights.django_model.objects.exists()


POISON = {
    "huge": {"distance": 10**30},
    "huge float": {"distance": 1e300},
    "fraction": {"distance": 1.5},
    "boolean": {"distance": True},
    "list": {"distance": [1]},
    "object": {"carrier": {"a": 1}},
    "boolean text": {"carrier": False},
    "null": {"carrier": None},
    "nul": {"tail": "a\x00b"},
    "surrogate": {"tail": "\ud800"},
    "other digits": {"distance": "١٢"},
    "surrogate in a number": {"distance": "\udfff"},
}


@pytest.mark.parametrize("values", POISON.values(), ids=POISON)
def test_poison_is_refused_by_field(send, flights, values):
    answer = send({"carrier": "AA", **values})

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(values)


def test_a_key_that_no_text_can_hold_is_refused(send, flights):
    answer = send('{"\\ud800\\u0000": 1, "' + "x" * 5000 + '": 2}')

    assert answer.status_code == 400
    assert len(answer.content) < 2000


def test_a_value_that_another_row_has_is_refused_by_field(send, flights, rows):
    created = send({"carrier": "AA", "tail": "N1"})
    changed = send({"tail": "N1"}, "patch", f"{URL}{rows[1].pk}/")
    kept = send({"tail": "N2"}, "patch", f"{URL}{rows[1].pk}/")

    assert created.status_code == changed.status_code == 400
    assert list(created.json()["errors"]) == list(changed.json()["errors"]) == ["tail"]
    assert kept.status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "nonsense", "application/json; charset=nonsense"]
)
def test_a_body_of_another_kind_is_refused(admin, flights, kind):
    answer = admin.generic("POST", URL, b"<a/>", content_type=kind)

    assert answer.status_code in (400, 415)


def test_a_body_that_is_too_large_is_refused(send, settings, flights):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = send({"carrier": "x" * 1000})

    assert answer.status_code == 413
    assert answer.json()["status"] == 413


def test_a_method_that_is_not_there_is_refused(admin, rows):
    assert admin.delete(URL).status_code == 405
    assert admin.post(f"{URL}{rows[0].pk}/").status_code == 405
    assert admin.post("/api/").status_code == 405


def test_an_answer_in_an_unknown_format_is_refused(admin: Client, flights):
    assert admin.get(URL, headers={"accept": "image/png"}).status_code == 406
    assert admin.get(f"{URL}?format=xml").status_code == 404
