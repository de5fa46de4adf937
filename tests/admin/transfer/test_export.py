"""An export is what the list shows, or what is selected in it."""

import csv
import io
import json
import re

import pytest
from django.test import Client

from dynadmin.models import DynamicModel
from tests.admin.row_pages import url
from tests.admin.transfer.screens import text_of

pytestmark = pytest.mark.django_db(transaction=True)


def exported(client: Client, table: DynamicModel, query: str = "", **data) -> list[list[str]]:
    response = client.post(
        url(table, "export") + query,
        {"format": "csv", "fields_": ["carrier", "number"], "escape": "on", **data},
    )
    assert response.streaming, response.content
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))[1:]


def test_the_whole_table_is_exported(admin_client, filled):
    assert sorted(exported(admin_client, filled)) == [["AA", "1"], ["UA", "2"], ["UA", "3"]]


def test_exactly_what_the_list_shows_is_exported(admin_client, filled):
    columns = admin_client.get(url(filled)).context["cl"].list_display
    order = columns.index("number")

    assert exported(admin_client, filled, f"?q=UA&o={order}") == [["UA", "2"], ["UA", "3"]]
    assert exported(admin_client, filled, f"?q=UA&o=-{order}") == [["UA", "3"], ["UA", "2"]]


def test_the_selection_is_exported(admin_client, filled):
    chosen = filled.django_model.objects.filter(number__in=[1, 2]).values_list("pk", flat=True)
    data = {"action": "export_selected", "_selected_action": list(chosen), "select_across": "0"}
    page = admin_client.post(url(filled), data)
    assert "The selected rows (2 rows)" in text_of(page)

    assert sorted(exported(admin_client, filled, selected=page.context["keys"])) == [["AA", "1"], ["UA", "2"]]


def test_selecting_all_pages_exports_the_list_without_naming_its_rows(admin_client, filled):
    pk = filled.django_model.objects.first().pk
    data = {"action": "export_selected", "_selected_action": [pk], "select_across": "1"}

    response = admin_client.post(url(filled) + "?q=UA", data)

    assert response.url == url(filled, "export") + "?q=UA"


def test_the_action_is_for_those_who_may_export(staff, filled):
    page = staff("view").get(url(filled)).content.decode()

    assert "export_selected" in page


def test_a_list_that_cannot_be_understood_is_not_exported(admin_client, filled):
    response = admin_client.post(
        url(filled, "export") + "?colour=red", {"format": "csv", "fields_": ["carrier"]}
    )

    assert response.status_code == 302


def test_an_export_needs_a_column(admin_client, filled):
    response = admin_client.post(url(filled, "export"), {"format": "csv"})

    assert response.status_code == 200
    assert not response.streaming


def test_the_file_is_called_like_the_table(admin_client, filled):
    response = admin_client.post(url(filled, "export"), {"format": "json", "fields_": ["carrier"]})

    assert re.search(r'filename="flights-\d{4}-\d\d-\d\d\.json"', response["Content-Disposition"])
    assert json.loads(b"".join(response.streaming_content))[0].keys() == {"carrier"}
