"""The answers as pages: nothing inline, nothing unescaped, nothing offered that is not allowed."""

import re

import pytest

from tests.api.conftest import permission

URL = "/api/tables/nasty/"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def nasty(tables):
    """A table whose every text would like to be HTML."""
    choices = [{"value": "a", "label": SCRIPT}]
    return tables.make(
        "nasty",
        label=SCRIPT,
        title=("char", {"help_text": SCRIPT, "blank": False}),
        kind=("choice", {"choices": choices}),
    )


@pytest.fixture
def pages(admin, nasty):
    """The pages of the table, of a row, of a refusal and of the index."""
    row = nasty.django_model.objects.create(title=SCRIPT + "\udfff".encode("utf-8", "replace").decode())
    nasty.fields.filter(name="title").update(label=SCRIPT)
    nasty.sync()
    accept = {"accept": "text/html"}
    answers = [
        admin.get(url, headers=accept)
        for url in ("/api/", URL, f"{URL}{row.pk}/", f"{URL}0/", "/api/tables/no/")
    ]
    answers.append(admin.post(URL, {SCRIPT: 1}, headers=accept))
    return [answer.content.decode() for answer in answers]


def test_texts_of_people_are_escaped(pages):
    for page in pages:
        assert SCRIPT not in page


def test_pages_obey_the_strictest_policy(pages):
    for page in pages:
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_help_is_shown_as_it_was_written(pages, admin):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</div>" in pages[1]
    assert admin.options(URL).json()["actions"]["POST"]["title"]["help_text"] == SCRIPT


def test_a_refused_form_shows_what_was_typed_and_why(admin, nasty):
    page = admin.post(URL, {"title": "", "kind": "no"}, headers={"accept": "text/html"})

    assert page.status_code == 400
    assert "This field cannot be blank." in page.content.decode()


@pytest.mark.parametrize(
    ("actions", "offers"),
    [(["view"], []), (["view", "add"], ["POST"]), (["change"], ["PATCH"]), (["view", "delete"], ["DELETE"])],
)
def test_a_page_offers_what_the_person_may_do(client, person, nasty, actions, offers):
    row = nasty.django_model.objects.create(title="x")
    person.user_permissions.set([permission(nasty, action) for action in actions])
    client.force_login(person)

    text = "".join(
        client.get(url, headers={"accept": "text/html"}).content.decode() for url in (URL, f"{URL}{row.pk}/")
    )

    assert sorted(set(re.findall(r'data-method="(\w+)"', text))) == offers


def test_programs_get_json_unless_they_ask_for_a_page(admin, nasty):
    for accept in ("*/*", "application/json", "text/html;q=0.5, application/json"):
        assert admin.get(URL, headers={"accept": accept})["Content-Type"] == "application/json"
    assert (
        admin.get(f"{URL}?format=json", headers={"accept": "text/html,*/*"})["Content-Type"]
        == "application/json"
    )
    assert admin.get(f"{URL}?format=html")["Content-Type"] == "text/html; charset=utf-8"
