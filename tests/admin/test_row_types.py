"""Every type of field through the pages of a row: the values that the type accepts, and those it refuses."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dynadmin.models import DynamicModel
from tests.admin.row_pages import RowPage, errors_of, listed, url
from tests.fieldtypes.cases import CASES, Case

FILES = ("file", "image")
TYPED = [case for case in CASES if case.slug not in FILES]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def make(tables, case: Case) -> DynamicModel:
    return tables.make("things", first="int", value=(case.slug, case.options))


def typed(case: Case) -> list[tuple[Any, Any]]:
    """Return what a person can type or choose, and what it means."""
    if case.slug == "multichoice":
        return [(given, value) for given, value, _text in case.valid if isinstance(given, list)]
    if case.slug == "bool":
        return [("on", True)] if case.options else [("true", True), ("false", False), ("unknown", None)]
    texts = [(given, value) for given, value, _text in case.valid if isinstance(given, str)]
    if case.slug == "choice":  # out of a list that sends nothing else
        return [(given, value) for given, value in texts if given == value]
    return texts


def refused(case: Case) -> list[tuple[Any, str]]:
    """Return what can be sent by a browser and must not be saved, with a part of the message."""
    half_pair = "a\ud800b"  # no browser sends it
    if case.slug in ("bool", "multichoice"):
        return []
    return [(given, words) for given, words in case.invalid if isinstance(given, str) and given != half_pair]


def posted(table: DynamicModel, client: Client, value: Any) -> Any:
    page = RowPage(client, url(table, "add"))
    page.data.pop("value", None)
    if value not in ([], None):
        page["value"] = value
    return page.save()


@pytest.mark.parametrize("case", TYPED, ids=str)
def test_values_are_saved_as_what_they_mean_and_open_unchanged(admin_client, tables, case):
    table = make(tables, case)
    for given, value in typed(case):
        response = posted(table, admin_client, given)
        assert response.status_code == 302, (given, errors_of(response))
        row = table.django_model.objects.latest("pk")
        assert row.value == value, given

        RowPage(admin_client, url(table, "change", row.pk)).save()
        assert table.django_model.objects.get(pk=row.pk).value == value, f"{given!r} opened and saved"


@pytest.mark.parametrize("case", TYPED, ids=str)
def test_values_that_are_refused_are_explained(admin_client, tables, case):
    table = make(tables, case)
    for given, words in refused(case):
        response = posted(table, admin_client, given)
        assert response.status_code == 200, given
        # Django's widgets have words of their own for what they do not offer.
        said = errors_of(response)
        assert any(part in said for part in (words, "valid choice", "is required")), (given, said)
    assert not table.django_model.objects.exists()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_values_are_listed_filtered_searched_sorted_and_read(admin_client, tables, case):
    table = make(tables, case)
    model = table.django_model
    for _given, value, _text in case.valid:
        model.objects.create(value=value)
    if case.options.get("null", True):
        model.objects.create()

    everything = listed(admin_client.get(url(table)))
    assert len(everything) == model.objects.count()
    assert len(listed(admin_client.get(f"{url(table)}?o=3"))) == len(everything)
    assert admin_client.get(f"{url(table)}?q=5").status_code == 200
    empty = set(listed(admin_client.get(f"{url(table)}?value__isempty=1")))
    filled = set(listed(admin_client.get(f"{url(table)}?value__isempty=0")))
    assert empty | filled == set(everything)
    assert not empty & filled
    assert empty == {row.pk for row in model.objects.all() if not row.value and row.value in (None, "")}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_who_may_only_view_can_read_the_value(tables, case):
    table = make(tables, case)
    user = User.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=f"view_t{table.pk}"))
    client = Client()
    client.force_login(user)
    for _given, value, _text in case.valid:
        row = table.django_model.objects.create(value=value)
        assert "field-value" in client.get(url(table, "change", row.pk)).content.decode()


def test_a_file_that_a_conflict_cost_is_asked_for_again(admin_client, tables, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    table = tables.make("things", first="int", value="file")
    row = table.django_model.objects.create(first=1)
    opened = RowPage(admin_client, url(table, "change", row.pk))
    table.django_model.objects.update(first=2)
    opened["first"] = "3"

    response = opened.save(value=SimpleUploadedFile("a.txt", b"abc"))

    assert "choose the file again" in errors_of(response)


@pytest.mark.parametrize(("slug", "name", "content"), [("file", "a.txt", b"abc"), ("image", "a.png", PNG)])
def test_files_are_uploaded_kept_linked_and_cleared(
    admin_client, tables, settings, tmp_path, slug, name, content
):
    settings.MEDIA_ROOT = tmp_path
    table = tables.make("things", first="int", value=slug)
    page = RowPage(admin_client, url(table, "add"))
    page.save(value=SimpleUploadedFile(name, content))
    row = table.django_model.objects.get()
    stored = row.value.name
    assert row.value.read() == content
    row.value.close()
    assert row.value.url in admin_client.get(url(table)).content.decode()

    opened = RowPage(admin_client, url(table, "change", row.pk))
    opened["first"] = "5"
    opened.save()
    row.refresh_from_db()
    assert (row.first, row.value.name) == (5, stored)

    opened = RowPage(admin_client, url(table, "change", row.pk))
    opened.save(**{"value-clear": "on"})
    row.refresh_from_db()
    assert row.value.name == ""
