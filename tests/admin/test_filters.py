"""Filters, search and dates of a row list: what they find, and what they make of nonsense."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import override_settings

from dynadmin.models import DynamicModel
from tests.admin.row_pages import listed, url

CHOICES = {
    "choices": [{"value": value, "label": value.title(), "color": "#aa0000"} for value in ("red", "green")]
}


@pytest.fixture
def things(tables) -> DynamicModel:
    table = tables.make(
        "things",
        title="char",
        count="int",
        code=("bigint", {"unique": True}),
        price=("decimal", {"max_digits": 5, "decimal_places": 2}),
        is_sold="bool",
        day="date",
        moment="datetime",
        color=("choice", CHOICES),
        tags=("multichoice", CHOICES),
        data="json",
        key="uuid",
    )
    table.django_model.objects.create(
        id=1,
        title="First 100% thing",
        count=5,
        code=77,
        price=Decimal("1.50"),
        is_sold=True,
        day=date(2024, 2, 29),
        moment=datetime(2024, 2, 29, 23, 30, tzinfo=UTC),
        color="red",
        tags=["red", "green"],
        data={"a": 1},
        key="12345678-1234-5678-1234-567812345678",
    )
    table.django_model.objects.create(
        id=2, title="Second", count=0, day=date(2023, 1, 1), is_sold=False, color="green", tags=["green"]
    )
    table.django_model.objects.create(id=3)
    return table


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title__icontains=THING", [1]),
        ("title__icontains=0%25 t", [1]),
        ("title=Second", [2]),
        ("title__isempty=1", [3]),
        ("count__gte=0&count__lte=4", [2]),
        ("count__gte=&count__lte=", [3, 2, 1]),
        ("count__isempty=1", [3]),
        ("count__isempty=0", [2, 1]),
        ("price__gte=1.5", [1]),
        ("is_sold__exact=1", [1]),
        ("is_sold__exact=0", [2]),
        ("is_sold__isempty=1", [3]),
        ("day__gte=2024-02-29&day__lte=2024-02-29", [1]),
        ("day__isempty=1", [3]),
        ("moment__lte=2024-02-29", [1]),
        ("moment__lte=2024-02-28", []),
        ("moment__gte=2024-02-29T23:30", [1]),
        ("color__exact=red", [1]),
        ("color__isempty=1", [3]),
        ("tags__has=green", [2, 1]),
        ("tags__has=nothing", []),
        ("tags__isempty=1", [3]),
        ("data__isempty=0", [1]),
        ("key=12345678123456781234567812345678", [1]),
        ("day__year=2024", [1]),
        ("day__year=2024&day__month=2&day__day=29", [1]),
        ("id=2", [2]),
        ("q=second", [2]),
        ("q=first+thing", [1]),
        ('q="first+thing"', []),
        ("q=77", [1]),
        ("q=3", [3]),
        ("q=12345678-1234-5678-1234-567812345678", [1]),
        ("q=Gree", [2]),
        ("q=5", []),
        ("q=100%25", [1]),
        ("q=99999999999999999999", []),
    ],
)
def test_finds(admin_client, things, query, found):
    assert listed(admin_client.get(f"{url(things)}?{query}")) == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("count__gte=abc", "Count: “abc” is not a whole number."),
        ("count__gte=99999999999999999999", "too large"),
        ("count=" + "9" * 150, "too large"),
        ("price__lte=1e30", "no more than 5 digits"),
        ("price__lte=NaN", "is not a number"),
        ("day__gte=2023-02-29", "The date 2023-02-29 does not exist."),
        ("moment__lte=2023-02-29", "does not exist"),
        ("moment__lte=9999-12-31", "end of the calendar"),
        ("is_sold__exact=maybe", "neither true nor false"),
        ("is_sold__isempty=maybe", "1 for empty"),
        ("title__icontains=%00", "NUL"),
        ("title__icontains=" + "x" * 300, "at most 200 characters"),
        ("key=zz", "is not a UUID"),
        ("id=abc", "must be an integer"),
        ("q=" + "x" * 300, "at most 200 characters"),
        ("q=a%00b", "NUL"),
    ],
)
def test_nonsense_is_explained_kept_and_finds_nothing(admin_client, things, query, words):
    response = admin_client.get(f"{url(things)}?{query}")

    assert listed(response) == []
    assert words in response.content.decode()


def test_a_wrong_value_stands_in_its_input_again(admin_client, things):
    page = admin_client.get(f"{url(things)}?count__gte=3&count__lte=abc&day__gte=soon").content.decode()

    assert 'name="count__gte" value="3"' in page
    assert 'name="count__lte" value="abc"' in page
    # The browser's picker would not show it.
    assert 'type="text" name="day__gte" value="soon"' in page


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1",
        "title__regex=(a%2B)%2B$",
        "title__contains=a",
        "id__in=1,2",
        "moment__year=2024",
        "day__year=99999999999999999999",
        "day__year=9999",
        "day__year=2023&day__month=2&day__day=29",
        "day__day=1",
        "day__year=x",
        "title__title=1",
    ],
)
def test_what_is_no_filter_leads_to_all_rows_with_a_message(admin_client, things, query):
    response = admin_client.get(f"{url(things)}?{query}", follow=True)

    assert response.redirect_chain == [(f"{url(things)}?e=1", 302)]
    assert listed(response) == [3, 2, 1]
    assert "All rows are shown." in response.content.decode()


def test_a_bad_address_never_ends_at_the_page_of_a_broken_database(admin_client, things):
    response = admin_client.get(f"{url(things)}?e=1&unknown=1", follow=True)

    assert listed(response) == [3, 2, 1]


def test_a_filter_keeps_the_others_and_the_order(admin_client, things):
    page = admin_client.get(f"{url(things)}?q=s&o=-2&count__gte=0").content.decode()

    form = page.split('data-filter-title="Price"')[1].split("</form>")[0]
    for name, value in (("q", "s"), ("o", "-2"), ("count__gte", "0")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form


def test_no_filter_reads_the_rows_to_find_out_what_to_offer(
    admin_client, things, django_assert_max_num_queries
):
    admin_client.get(url(things))
    # Revision, session, user; the page itself and the ends of its dates.
    with django_assert_max_num_queries(5):
        admin_client.get(url(things))


@override_settings(DYNADMIN={"LIST_FILTERS": 2})
def test_a_filter_beyond_the_most_is_shown_when_it_is_used(admin_client, things):
    without = admin_client.get(url(things)).context["cl"].filter_specs
    within = admin_client.get(f"{url(things)}?count__gte=1").context["cl"].filter_specs

    assert [spec.title for spec in without] == ["Color", "Tags"]
    assert [spec.title for spec in within] == ["Count", "Color", "Tags"]


@override_settings(TIME_ZONE="Asia/Tokyo")
def test_days_are_those_of_the_time_zone(admin_client, things):
    assert listed(admin_client.get(f"{url(things)}?moment__lte=2024-02-29")) == []
    assert listed(admin_client.get(f"{url(things)}?moment__gte=2024-03-01")) == [1]


def test_the_dates_of_the_rows_are_offered_for_drilling_down(admin_client, things):
    top = admin_client.get(url(things)).context["cl"].date_links
    year = admin_client.get(f"{url(things)}?day__year=2024").context["cl"].date_links
    month = admin_client.get(f"{url(things)}?day__year=2024&day__month=2").context["cl"].date_links

    assert [(link.title, link.url) for link in top] == [
        ("2023", "?day__year=2023"),
        ("2024", "?day__year=2024"),
    ]
    assert [link.title for link in year] == ["February 2024"]
    assert [link.title for link in month] == ["February 29"]
    assert month.back.url == "?day__year=2024"


def test_of_a_single_year_the_months_are_offered_at_once(admin_client, things):
    links = admin_client.get(f"{url(things)}?count__gte=1").context["cl"].date_links

    assert [link.title for link in links] == ["February 29"]
    assert links.back is None


@override_settings(DYNADMIN={"LIST_COUNT_LIMIT": 1, "LIST_PER_PAGE": 1})
def test_dates_are_not_looked_for_in_a_long_table_without_an_index(admin_client, things):
    assert admin_client.get(url(things)).context["cl"].date_links is None
