"""The list of rows: its columns, pages and empty states."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import override_settings

from dynadmin.models import DynamicModel
from tests.admin.row_pages import listed, url

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def flights(tables) -> DynamicModel:
    return tables.make("flights", label="Flights", distance="int", carrier="char", notes="text")


def fill(table: DynamicModel, count: int) -> None:
    model = table.django_model
    model.objects.bulk_create(model(distance=number) for number in range(count))


# --- Columns ---


def test_the_first_fields_are_the_columns(admin_client, tables):
    table = tables.make("wide", **{f"field_{number}": "int" for number in range(20)})
    table.django_model.objects.create()

    columns = admin_client.get(url(table)).context["cl"].list_display

    assert columns == ["action_checkbox", "id", *(f"field_{number}" for number in range(12))]


@pytest.mark.parametrize(
    ("first", "link"),
    [("char", "first"), (("int", {"unique": True}), "first"), ("int", "id"), ("bool", "id")],
)
def test_a_field_that_names_the_row_is_what_one_clicks_on(admin_client, tables, first, link):
    table = tables.make("things", first=first)

    assert admin_client.get(url(table)).context["cl"].list_display_links == [link]


def test_a_row_without_a_name_can_be_clicked_on(admin_client, tables):
    table = tables.make("things", first="char")
    row = table.django_model.objects.create()

    assert (
        f'<a href="{url(table, "change", row.pk)}">#{row.pk}</a>'
        in admin_client.get(url(table)).content.decode()
    )


def test_all_texts_are_escaped(admin_client, tables):
    choices = {"choices": [{"value": "x", "label": SCRIPT, "color": "#aa0000"}]}
    table = tables.make(
        "things", label=SCRIPT, text="char", long="text", data="json", one=("choice", choices),
        several=("multichoice", choices),
    )  # fmt: skip
    table.description = SCRIPT
    table.save()
    table.fields.update(label=SCRIPT)
    table.sync()
    table.django_model.objects.create(text=SCRIPT, long=SCRIPT, data={SCRIPT: SCRIPT}, one="x", several=["x"])

    for address in (url(table), f"{url(table)}?q={SCRIPT}&text__icontains={SCRIPT}", url(table, "add")):
        assert SCRIPT not in admin_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("spec", "value", "shown"),
    [
        ("int", 1234567, '<td class="field-value numeric">1234567</td>'),
        (("decimal", {"max_digits": 9, "decimal_places": 2}), "1.5", ">1.50</td>"),
        ("bool", True, "icon-yes.svg"),
        ("text", "x" * 500, f">{'x' * 79}…</td>"),
        ("text", "one\ntwo", ">one two</td>"),
        (
            "url",
            "https://example.com/a",
            '<a href="https://example.com/a" rel="noopener noreferrer">example.com/a',
        ),
        ("email", "a@example.com", '<a href="mailto:a@example.com">'),
        ("json", {"a": ["ä"]}, "<code>{&quot;a&quot;: [&quot;ä&quot;]}</code>"),
        ("datetime", "2024-01-31T14:30:00Z", ">2024-01-31 14:30</td>"),
        ("date", "2024-01-31", ">2024-01-31</td>"),
        ("date", None, ">-</td>"),
    ],
)
def test_values_look_like_what_they_are(admin_client, tables, spec, value, shown):
    table = tables.make("things", first="int", value=spec)
    model = table.django_model
    model.objects.create(value=model._meta.get_field("value").to_python(value))

    assert shown in admin_client.get(url(table)).content.decode()


def test_an_address_that_is_no_web_page_is_no_link(admin_client, tables):
    table = tables.make("things", first="int", value="url")
    # As an earlier program or another client of the database may have left it.
    table.django_model.objects.create(value="javascript:alert(1)")

    page = admin_client.get(url(table)).content.decode()

    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_choices_are_labels_with_dots_of_their_colours(admin_client, tables):
    choices = {"choices": [{"value": "r", "label": "Red", "color": "#aa0000"}]}
    table = tables.make("things", first="int", value=("multichoice", choices))
    table.django_model.objects.create(value=["r"])

    page = admin_client.get(url(table)).content.decode()

    assert 'fill="#aa0000"/></svg>Red</span>' in page
    assert "style=" not in page.split('id="result_list"')[1].split("</table>")[0]


def test_of_a_long_text_only_the_beginning_is_read(admin_client, flights, django_assert_num_queries):
    flights.django_model.objects.create(notes="x" * 1_000_000)

    row = admin_client.get(url(flights)).context["cl"].result_list[0]

    assert "notes" in row.get_deferred_fields()


# --- Pages ---


@pytest.fixture
def small_pages():
    with override_settings(DYNADMIN={"LIST_PER_PAGE": 10, "LIST_COUNT_LIMIT": 35}):
        yield


@pytest.mark.usefixtures("small_pages")
class TestPages:
    def test_as_many_rows_as_are_counted_have_a_number(self, admin_client, flights):
        fill(flights, 35)

        assert "35 rows" in admin_client.get(url(flights)).content.decode()

    def test_more_rows_than_are_counted_are_more(self, admin_client, flights):
        fill(flights, 36)

        assert "more than 35 rows" in admin_client.get(url(flights)).content.decode()

    def test_no_query_counts_the_whole_table(self, admin_client, flights, django_assert_num_queries):
        fill(flights, 100)
        admin_client.get(url(flights))
        with django_assert_num_queries(5) as captured:
            admin_client.get(url(flights))

        counting = [query["sql"] for query in captured.captured_queries if "COUNT(" in query["sql"]]
        assert len(counting) == 1
        assert "LIMIT 36" in counting[0]

    def test_a_page_beyond_the_counted_ones_is_shown(self, admin_client, flights):
        fill(flights, 100)

        response = admin_client.get(f"{url(flights)}?p=9")

        assert [row.distance for row in response.context["cl"].result_list] == list(range(19, 9, -1))
        assert response.context["cl"].next_page == "?p=10"

    def test_at_the_last_page_the_number_is_known(self, admin_client, flights):
        fill(flights, 95)

        response = admin_client.get(f"{url(flights)}?p=10")

        assert "95 rows" in response.content.decode()
        assert response.context["cl"].next_page == ""

    @pytest.mark.parametrize(
        ("page", "shown"),
        [("0", 1), ("-3", 1), ("x", 1), ("11", 10), ("999999", 10), ("9" * 40, 10), ("9" * 5000, 1)],
    )
    def test_a_page_that_does_not_exist_is_the_nearest(self, admin_client, flights, page, shown):
        fill(flights, 95)

        response = admin_client.get(f"{url(flights)}?p={page}")

        assert response.context["cl"].page_num == shown
        assert response.context["cl"].result_list

    def test_a_filter_that_leaves_few_counts_nothing(self, admin_client, flights, django_assert_num_queries):
        fill(flights, 100)
        admin_client.get(url(flights))
        with django_assert_num_queries(4):
            response = admin_client.get(f"{url(flights)}?distance__lte=5")

        assert "6 rows" in response.content.decode()

    def test_all_can_be_shown_where_they_are_few(self, admin_client, flights):
        fill(flights, 25)

        assert len(listed(admin_client.get(f"{url(flights)}?all="))) == 25


def test_sorting_by_any_column(admin_client, flights):
    fill(flights, 3)

    assert listed(admin_client.get(f"{url(flights)}?o=2")) == sorted(listed(admin_client.get(url(flights))))


@pytest.mark.parametrize("order", ["99", "x", "-", "1.-2.x", "-99999999999999999999999"])
def test_an_order_that_does_not_exist_is_ignored(admin_client, flights, order):
    fill(flights, 3)

    assert len(listed(admin_client.get(f"{url(flights)}?o={order}"))) == 3


# --- Nothing to show ---


def test_an_empty_table_says_what_to_do_next(admin_client, flights):
    page = admin_client.get(url(flights)).content.decode()

    assert "This table has no rows yet" in page
    assert f'href="{url(flights, "add")}"' in page


def test_who_may_not_add_is_not_told_to(client, flights):
    user = User.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=f"view_t{flights.pk}"))
    client.force_login(user)

    page = client.get(url(flights)).content.decode()

    assert "This table has no rows yet" in page
    assert f'href="{url(flights, "add")}"' not in page


def test_a_search_without_result_offers_to_clear_it(admin_client, flights):
    fill(flights, 1)

    page = admin_client.get(f"{url(flights)}?q=nothing&distance__gte=0&o=2").content.decode()

    assert "No row matches" in page
    assert 'href="?o=2">Clear filters and search' in page


def test_who_may_not_view_is_refused(client, flights):
    client.force_login(User.objects.create_user("eve", is_staff=True))

    assert client.get(url(flights)).status_code == 403


# --- The way to the definition ---


@pytest.mark.parametrize("may_define", [True, False])
def test_who_may_define_tables_finds_the_way_to_its_fields(client, flights, may_define):
    user = User.objects.create_user("ada", password="secret", is_staff=True)
    codenames = [f"view_t{flights.pk}", *(["change_dynamicmodel"] if may_define else [])]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)

    page = client.get(url(flights)).content.decode()

    assert (f"/admin/dynadmin/dynamicmodel/{flights.pk}/change/" in page) is may_define
