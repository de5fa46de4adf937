"""The page that makes a table from columns of another."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from dynadmin.models import DynamicModel
from tests.admin.definition_page import page_url
from tests.admin.plan_page import text_of


@pytest.fixture
def flights(tables):
    table = tables.make("flights", label="Flights", carrier="char", carrier_name="char", number="int")
    model = table.django_model
    rows = [("UA", "United"), ("AA", "American"), ("UA", "United"), ("B6", "<Blue>")]
    model.objects.bulk_create(model(carrier=c, carrier_name=n, number=i) for i, (c, n) in enumerate(rows))
    return table


CHOSEN = {"key": "carrier", "others": ["carrier_name"], "name": "airlines", "label": "Airlines"}


def apply_seen(client, flights, page, **more):
    """Agree to what a page has shown."""
    given = {**CHOSEN, **more, "shown": page.context["found"].digest, "_apply": ""}
    return client.post(page_url("extract", flights.pk), given, follow=True)


def test_the_definition_leads_to_the_page(admin_client, flights):
    page = admin_client.get(page_url("change", flights.pk)).content.decode()

    assert page_url("extract", flights.pk) in page


def test_the_page_tells_what_the_table_would_have_and_then_makes_it(admin_client, flights):
    preview = admin_client.post(page_url("extract", flights.pk), {**CHOSEN, "_preview": ""})

    assert "The new table has 3 rows." in text_of(preview)
    assert "<Blue>" not in preview.content.decode()
    assert DynamicModel.objects.count() == 1
    done = apply_seen(admin_client, flights, preview)

    assert "Made the table “Airlines”, which “Flights” refers to." in text_of(done)
    told = flights.django_model.objects.order_by("number").values_list("carrier__carrier_name", flat=True)
    assert list(told) == ["United", "American", "United", "<Blue>"]


def test_conflicts_are_listed_and_stop_it_unless_the_first_is_taken(admin_client, flights):
    flights.django_model.objects.filter(number=2).update(carrier_name="Untied")
    address = page_url("extract", flights.pk)

    preview = admin_client.post(address, {**CHOSEN, "_preview": ""})
    refused = apply_seen(admin_client, flights, preview)
    assert "UA : United · Untied" in text_of(refused)
    assert "or say to take the first." in text_of(refused)
    assert DynamicModel.objects.count() == 1
    apply_seen(admin_client, flights, refused, take_first="on")

    assert flights.django_model.objects.get(number=2).carrier.carrier_name == "United"


def test_what_was_not_shown_is_shown_before_it_is_made(admin_client, flights):
    preview = admin_client.post(page_url("extract", flights.pk), {**CHOSEN, "_preview": ""})
    flights.django_model.objects.create(carrier="DL", carrier_name="Delta")

    again = apply_seen(admin_client, flights, preview)

    assert "The rows, or the columns chosen, are others by now." in text_of(again)
    assert "The new table has 4 rows." in text_of(again)
    assert DynamicModel.objects.count() == 1
    apply_seen(admin_client, flights, again)
    assert DynamicModel.objects.count() == 2


def test_a_name_that_cannot_be_stays_on_the_page(admin_client, flights):
    page = admin_client.post(page_url("extract", flights.pk), {**CHOSEN, "name": "Air Lines", "_apply": ""})

    assert page.context["form"]["name"].errors
    assert page.context["form"]["name"].value() == "Air Lines"


def test_only_who_may_make_tables_and_see_the_rows_may_open_it(flights):
    user = User.objects.create_user("editor", is_staff=True)
    names = ["view_dynamicmodel", "change_dynamicmodel", f"view_t{flights.pk}"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)

    assert client.get(page_url("extract", flights.pk)).status_code == 403
    assert page_url("extract", flights.pk) not in client.get(page_url("change", flights.pk)).content.decode()


def test_a_table_that_is_there_gets_rows_only_from_who_may_add_them(tables, flights):
    airlines = tables.make("airlines", carrier="char", carrier_name="char")
    user = User.objects.create_user("editor", is_staff=True)
    names = ["add_dynamicmodel", "view_dynamicmodel", "change_dynamicmodel", f"view_t{flights.pk}"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)

    preview = client.post(page_url("extract", flights.pk), {**CHOSEN, "_preview": ""})
    page = apply_seen(client, flights, preview)

    assert "You may not add rows to “Airlines”." in text_of(page)
    assert not airlines.django_model.objects.exists()
