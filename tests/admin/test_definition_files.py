"""The pages on which definitions leave as a file and come in from one."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile

from dynadmin.conf import conf
from dynadmin.models import DynamicField, DynamicModel, SchemaRevision, dump_schema
from dynadmin.registry import registry
from tests.admin.definition_page import page_url


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.DYNADMIN = {"UPLOAD_DIR": str(tmp_path / "uploads")}


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def flights(tables) -> DynamicModel:
    return tables.make("flights", carrier=("char", {"max_length": 9}), distance="int")


@pytest.fixture
def content(flights) -> dict:
    """The file of what is in force."""
    registry.refresh()
    return json.loads(dump_schema(registry.newest.schema.live_tables))


def send(browser, content: object):
    """Upload a file; return the page that comes."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return browser.post(page_url("load"), {"file": SimpleUploadedFile("schema.json", raw)})


def answer(browser, page, button: str = "_apply", **other):
    """Answer the page of the plan with one of its buttons."""
    data = {"upload": page.context["upload"].token, "shown": page.context["shown"], button: ""}
    return browser.post(page_url("load"), data | other, follow=True)


def client_of(client, *codenames: str):
    """Return a client logged in as somebody with these permissions on definitions."""
    user = User.objects.create_user("bob", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=[f"{c}_dynamicmodel" for c in codenames])
    )
    client.force_login(user)
    return client


def without_distance(content: dict) -> dict:
    del content["tables"][0]["fields"][1]
    return content


def renamed(content: dict) -> dict:
    content["tables"][0]["fields"][0]["name"] = "airline"
    return content


# --- Out ---


def test_the_list_leads_to_both_pages(browser, flights):
    page = browser.get(page_url("changelist")).content.decode()

    assert page_url("export") in page
    assert page_url("load") in page


def test_all_tables_are_offered_and_those_chosen_exported(browser, flights, tables):
    planes = tables.make("planes", folder="Fleet", tail="char")
    page = browser.get(page_url("export"))

    response = browser.post(page_url("export"), {"tables": [planes.pk]})

    assert page.context["form"].initial["tables"] == [flights.pk, planes.pk]
    assert [table["name"] for table in response.json()["tables"]] == ["planes"]
    assert response["Content-Disposition"].startswith('attachment; filename="schema-')


@pytest.mark.parametrize("chosen", [[], ["x"], [999999]])
def test_no_table_is_no_file(browser, flights, chosen):
    response = browser.post(page_url("export"), {"tables": chosen})

    assert response.context["form"].errors


# --- In ---


def test_what_a_file_does_is_shown_first(browser, flights, content):
    page = send(browser, renamed(content)).content.decode()

    assert "Rename field “carrier” of “Flights” to “airline”" in page
    assert SchemaRevision.objects.count() == 1
    assert flights.fields.filter(name="carrier").exists()


def test_and_done_when_it_is_applied(browser, flights, content, tmp_path):
    content["tables"].append({"name": "planes", "fields": [{"name": "tail", "type": "char"}]})

    response = answer(browser, send(browser, renamed(content)))

    assert response.redirect_chain == [(page_url("changelist"), 302)]
    assert "Create table “Planes” with the fields Tail." in response.content.decode()
    assert flights.fields.filter(name="airline").exists()
    assert SchemaRevision.objects.first().author.username == "admin"
    assert LogEntry.objects.filter(change_message="Loaded from schema.json.").count() == 2
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_file_of_what_is_there_has_nothing_to_do(browser, content):
    page = send(browser, content).content.decode()

    assert "There is nothing to do" in page
    assert 'name="_apply"' not in page


def test_a_page_opened_by_hand_does_nothing(browser, content):
    browser.get(page_url("load"), {"upload": send(browser, renamed(content)).context["upload"].token})

    assert SchemaRevision.objects.count() == 1


@pytest.mark.parametrize("shown", ["", "-", "0" * 64])
def test_what_was_not_shown_is_not_done(browser, content, shown):
    response = answer(browser, send(browser, without_distance(content)), shown=shown)

    assert "Nothing was done. The plan is no longer the one you saw" in response.content.decode()
    assert SchemaRevision.objects.count() == 1


def test_a_change_meanwhile_is_shown_again(browser, flights, content):
    page = send(browser, renamed(content))
    flights.fields.filter(name="carrier").update(label="Airline")
    flights.sync()

    response = answer(browser, page)

    assert "Label field “Airline” of “Flights” as “Carrier”" not in page.content.decode()
    assert "no longer the one you saw" in response.content.decode()
    assert registry.newest.schema.tables[flights.pk].live_fields[0].name == "carrier"


def test_what_is_lost_is_said(browser, flights, content):
    flights.django_model.objects.create(distance=7)

    page = send(browser, without_distance(content))
    answer(browser, page)

    assert "1 value goes out of sight" in page.content.decode()
    assert [f.name for f in registry.newest.schema.tables[flights.pk].live_fields] == ["carrier"]


def test_a_draft_that_gives_way_is_named(browser, flights, content):
    DynamicField.objects.create(model=flights, name="year", type="int", position=9)

    assert "never applied: Flights." in send(browser, renamed(content)).content.decode()


def test_rows_in_the_way_leave_drafts_as_the_way_out(browser, flights, content):
    flights.django_model.objects.create(carrier="Lufthansa")
    content["tables"][0]["fields"][0]["options"]["max_length"] = 2
    page = send(browser, content)

    response = answer(browser, page, "_draft")

    assert 'name="_apply"' not in page.content.decode()
    assert response.redirect_chain == [(page_url("plan", flights.pk), 302)]
    assert flights.fields.get(name="carrier").options["max_length"] == 2
    assert SchemaRevision.objects.count() == 1


def test_a_draft_that_is_saved_while_the_page_is_open_is_asked_about_again(browser, flights, content):
    content["tables"][0]["fields"][0]["label"] = "Line"
    flights.fields.filter(name="distance").update(label="Miles")
    page = send(browser, content)
    assert page.context["given_up"] == ["Flights"]
    flights.fields.filter(name="distance").update(label="Kilometres")

    again = answer(browser, page)
    assert "Nothing was done" in again.content.decode()
    assert flights.fields.get(name="distance").label == "Kilometres"
    answer(browser, again)
    assert flights.fields.get(name="distance").label == "Distance"


def test_a_draft_that_was_never_applied_is_said_to_be_given_up(browser, tables, content):
    tables.define("planes", label="My planes", year="int")
    content["tables"].append({"name": "planes", "label": "Planes", "fields": content["tables"][0]["fields"]})
    for field in content["tables"][1]["fields"]:
        field.pop("key")
    page = send(browser, content)
    assert page.context["given_up"] == ["Planes"]


def decided(browser, page, **choices):
    """Choose on the page of the plan, and have its figures shown again."""
    data = {"upload": page.context["upload"].token, "shown": page.context["shown"], "_count": ""}
    return browser.post(page_url("load"), data | choices)


def test_what_becomes_of_values_is_decided_on_the_page(browser, flights, content):
    flights.django_model.objects.create(carrier="Lufthansa")
    content["tables"][0]["fields"][0]["options"]["max_length"] = 2
    choice = {f"f{flights.fields.get(name='carrier').pk}-on_failure": "empty"}

    page = decided(browser, send(browser, content), **choice)
    assert SchemaRevision.objects.count() == 1
    answer(browser, page, **choice)

    assert flights.django_model.objects.get().carrier == ""
    assert flights.fields.get(name="carrier").options["max_length"] == 2


def test_texts_that_do_not_fit_are_kept_in_a_second_field(browser, flights, content):
    flights.django_model.objects.create(carrier="Lufthansa")
    content["tables"][0]["fields"][0]["options"]["max_length"] = 2
    choice = {f"f{flights.fields.get(name='carrier').pk}-on_failure": "keep"}

    answer(browser, decided(browser, send(browser, content), **choice), **choice)

    assert flights.django_model.objects.get().carrier_original == "Lufthansa"
    assert DynamicModel.objects.get().plan().is_empty


def test_rows_are_given_a_value_for_a_new_field(browser, flights, content):
    flights.django_model.objects.create(carrier="UA")
    year = {"name": "year_built", "type": "int", "options": {"null": False, "blank": False}}
    content["tables"][0]["fields"].append(year)
    page = send(browser, content)
    (number,) = _numbers_of(page)
    choice = {f"f{number}-on_failure": "value", f"f{number}-value": "1999"}

    answer(browser, decided(browser, page, **choice), **choice)

    assert flights.django_model.objects.get().year_built == 1999


def _numbers_of(page) -> list[int]:
    """Return the numbers of the fields about which the page asks."""
    return [int(number) for number in set(re.findall(r'name="f(\d+)-on_failure"', page.content.decode()))]


def test_several_drafts_are_linked(browser, flights, content):
    content["tables"].append({"name": "planes", "fields": [{"name": "tail", "type": "char"}]})

    response = answer(browser, send(browser, renamed(content)), "_draft")

    assert response.redirect_chain == [(page_url("changelist"), 302)]
    for definition in DynamicModel.objects.all():
        assert page_url("plan", definition.pk) in response.content.decode()


def test_a_refusal_while_applying_shows_the_plan_again(browser, flights, content, tables):
    page = send(browser, renamed(content) | {"tables": [content["tables"][0] | {"name": "planes"}]})
    tables.define("planes", tail="char")

    response = answer(browser, page)

    assert "called “planes” by now" in response.content.decode()
    assert SchemaRevision.objects.count() == 1


# --- What is no file ---


def test_all_that_is_wrong_with_a_file_is_told(browser, content):
    content["tables"][0]["fields"][0]["type"] = "chr"
    content["tables"][0]["fields"][1]["options"] = {"max_lenght": 3}

    page = send(browser, content).content.decode()

    assert "Table “flights”, field “carrier”, type: There is no field type “chr”" in page
    assert "Table “flights”, field “distance”, options, max_lenght: There is no option" in page
    assert "Nothing was done." in page


def test_markup_in_a_file_is_text(browser, tables):
    page = send(browser, {"dynadmin": 1, "tables": [{"name": "<script>alert(1)</script>"}]})

    assert "<script>alert" not in page.content.decode()


@pytest.mark.parametrize(
    ("type", "options", "words"),
    [
        ("foreignkey", {"target": "table:nowhere"}, "neither in the file nor here"),
        ("lookup", {"source": "plane.tail"}, "has to be the key"),
    ],
)
def test_a_file_that_names_what_is_not_there_is_refused_in_words(browser, type, options, words):
    field = {"name": "plane", "type": type, "options": options}

    page = send(browser, {"dynadmin": 1, "tables": [{"name": "flights", "fields": [field]}]})

    assert words in page.context["form"].errors["file"][0]
    assert words in page.content.decode()


def test_a_large_file_is_refused_unread(browser, settings):
    settings.DYNADMIN = settings.DYNADMIN | {"SCHEMA_FILE_MAX_BYTES": 10}

    assert "at most 10\xa0bytes are taken" in send(browser, b"x" * 11).content.decode()
    assert conf.SCHEMA_FILE_MAX_BYTES == 10


@pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
def test_a_forged_token_leads_back(browser, token):
    response = browser.post(page_url("load"), {"upload": token, "shown": "-"}, follow=True)

    assert response.redirect_chain == [(page_url("load"), 302)]
    assert "no longer there" in response.content.decode()


# --- Who may ---


@pytest.mark.parametrize(
    ("codenames", "export", "load"),
    [((), 403, 403), (("view",), 200, 403), (("change",), 200, 403), (("add", "change"), 200, 200)],
)
def test_each_page_asks_for_its_permission(tables, client, codenames, export, load):
    client = client_of(client, *codenames)

    assert client.get(page_url("export")).status_code == export
    assert client.get(page_url("load")).status_code == load
    assert client.post(page_url("load"), {"upload": "x"}).status_code == (403 if load == 403 else 302)


def test_who_may_not_load_is_not_offered_it(client, flights):
    page = client_of(client, "view").get(page_url("changelist")).content.decode()

    assert page_url("export") in page
    assert page_url("load") not in page


def test_an_upload_is_its_owners(browser, client, content):
    page = send(browser, renamed(content))

    response = answer(client_of(client, "add", "change"), page)

    assert "no longer there" in response.content.decode()
    assert SchemaRevision.objects.count() == 1
