"""Every row knows who made it and who changed it last, and when, whatever door it came through."""

import json
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from dynadmin.acting import acting
from dynadmin.models import undo
from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.resources import resource_factory
from tests.admin.row_pages import url
from tests.admin.transfer.screens import again, confirm, upload

JSON = "application/json"


@pytest.fixture
def ada(transactional_db):
    return User.objects.create_superuser("ada", password="x")


@pytest.fixture
def bob(transactional_db):
    return User.objects.create_superuser("bob", password="x")


@pytest.fixture
def trip(tables):
    return tables.make("trip", of_kind="record", code=("char", {"unique": True}), size="int")


@pytest.fixture
def old_row(trip, ada):
    """A row that Ada has made, an hour ago."""
    with acting(ada):
        row = trip.django_model.objects.create(code="a", size=1)
    past = timezone.now() - timedelta(hours=1)
    trip.django_model._base_manager.filter(pk=row.pk).update(created_at=past, changed_at=past)
    return trip.django_model.objects.get(pk=row.pk)


# --- Doors, each as a function that makes or changes the row with a code, for a user ---


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def by_form(table, user, code, size, row=None):
    address = url(table, "change", row.pk) if row else url(table, "add")
    answer = browser(user).post(address, {"code": code, "size": size})
    assert answer.status_code == 302, answer.content.decode()


def by_session(table, user, code, size, row=None):
    _send(browser(user), table, {"code": code, "size": size}, row)


def by_token(table, user, code, size, row=None):
    token, _made = Token.objects.get_or_create(user=user)
    _send(Client(headers={"authorization": f"Token {token.key}"}), table, {"code": code, "size": size}, row)


def _send(client, table, values, row):
    if row is None:
        answer = client.post(f"/api/tables/{table.name}/", values, content_type=JSON)
    else:
        answer = client.patch(f"/api/tables/{table.name}/{row.pk}/", values, content_type=JSON)
    assert answer.status_code in (200, 201), answer.content


def by_import(table, user, code, size, row=None):
    with acting(user):
        imported(table, f"code,size\n{code},{size}\n")


def by_library(table, user, code, size, row=None):
    """The library's own way with rows, which whoever overrides a hook of it gets."""

    class Resource(resource_factory(table.django_model)):
        def before_import_row(self, row, **kwargs):
            pass

    with acting(user), file_of(f"code,size\n{code},{size}\n") as path:
        source = open_source(path, name="x.csv")
        resource = Resource()
        result = resource.import_data(source, plan=resource.plan_for(source, key=["code"]), raise_errors=True)
    assert result.outcome.is_saved, result.outcome


def imported(table, text):
    with file_of(text) as path:
        result = import_rows(table.django_model, open_source(path, name="x.csv"), key=["code"])
    assert result.is_saved, result.refused
    return result


@contextmanager
def file_of(text):
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(text)
        file.flush()
        yield Path(file.name)


def by_screen(table, user, code, size, row=None):
    client = browser(user)
    preview = upload(client, table, f"code,size\n{code},{size}\n")
    preview = again(client, table, preview, key=["0"])
    confirm(client, table, preview)


def by_command(table, user, code, size, row=None):
    with file_of(f"code,size\n{code},{size}\n") as path:
        call_command("importrows", table.name, path, "--key=code", "--user", user.username, stdout=StringIO())


def by_save(table, user, code, size, row=None):
    with acting(user):
        row = row or table.django_model(code=code)
        row.size = size
        row.save()


def by_save_of_one_field(table, user, code, size, row=None):
    with acting(user):
        row = row or table.django_model.objects.create(code=code)
        row.size = size
        row.save(update_fields=["size"])


def by_save_of_a_part(table, user, code, size, row=None):
    with acting(user):
        row = row or table.django_model.objects.create(code=code)
        row = table.django_model.objects.only("size").get(pk=row.pk)
        row.size = size
        row.save()


def by_update(table, user, code, size, row=None):
    with acting(user):
        row = row or table.django_model.objects.create(code=code)
        table.django_model.objects.filter(pk=row.pk).update(size=size)


def in_bulk(table, user, code, size, row=None):
    with acting(user):
        model = table.django_model
        if row is None:
            model.objects.bulk_create([model(code=code, size=size)])
        else:
            row.size = size
            model.objects.bulk_update([row], ["size"])


DOORS = [
    by_form,
    by_session,
    by_token,
    by_import,
    by_library,
    by_screen,
    by_command,
    by_save,
    by_save_of_one_field,
    by_save_of_a_part,
    by_update,
    in_bulk,
]


@pytest.mark.parametrize("door", DOORS)
def test_a_new_row_knows_who_made_it(trip, ada, door):
    before = timezone.now()

    door(trip, ada, "new", 5)

    row = trip.django_model.objects.get(code="new")
    assert row.size == 5
    assert row.created_by == row.changed_by == ada
    assert before <= row.created_at <= row.changed_at <= timezone.now()


@pytest.mark.parametrize("door", DOORS)
def test_a_changed_row_knows_who_changed_it_and_still_who_made_it(trip, ada, bob, old_row, door):
    before = timezone.now()

    door(trip, bob, "a", 5, trip.django_model.objects.get())

    row = trip.django_model.objects.get()
    assert row.size == 5
    assert (row.created_by, row.created_at) == (ada, old_row.created_at)
    assert row.changed_by == bob
    assert before <= row.changed_at <= timezone.now()


# --- Nobody ---


def test_outside_any_request_it_is_nobody(trip, old_row):
    old_row.save()
    new = trip.django_model.objects.create(code="new")

    old_row.refresh_from_db()
    assert (new.created_by, new.changed_by) == (None, None)
    assert old_row.created_by is not None
    assert old_row.changed_by is None


def test_who_has_not_logged_in_is_nobody(trip):
    with acting(AnonymousUser()):
        row = trip.django_model.objects.create(code="new")

    assert row.created_by is None


def test_rows_that_a_file_leaves_as_they_are_were_not_changed(trip, bob, old_row):
    with acting(bob):
        result = imported(trip, "code,size\na,1\n")

    assert result.totals.skipped == 1
    assert trip.django_model.objects.get().changed_at == old_row.changed_at


# --- Nobody else says it ---


@pytest.mark.parametrize("name", ["created_at", "created_by", "changed_at", "changed_by"])
def test_the_api_shows_authors_and_takes_none(trip, ada, bob, old_row, name):
    client = browser(bob)
    shown = client.get(f"/api/tables/trip/{old_row.pk}/").json()
    other = {"created_at": "2001-01-01", "changed_at": "2001-01-01"}.get(name, str(bob.pk))

    refused = client.patch(f"/api/tables/trip/{old_row.pk}/", {name: other}, content_type=JSON)
    repeated = client.put(f"/api/tables/trip/{old_row.pk}/", json.dumps(shown), content_type=JSON)

    assert refused.status_code == 400, refused.content
    assert name in str(refused.json())
    assert repeated.status_code == 200, repeated.content


def test_a_file_says_nothing_of_authors(trip, ada, bob, old_row):
    claim = f"2001-01-01,{bob.pk},2001-01-01,{bob.pk}"
    with acting(ada):
        header = "code,size,created_at,created_by,changed_at,changed_by"
        result = imported(trip, f"{header}\na,2,{claim}\nb,3,{claim}\n")

    assert [column.header for column in result.plan.unmatched] == [
        "created_at",
        "created_by",
        "changed_at",
        "changed_by",
    ]
    for row in trip.django_model.objects.all():
        assert (row.created_by, row.changed_by) == (ada, ada)
        assert row.created_at.year > 2001


def test_a_form_shows_authors_and_lets_nobody_write_them(trip, ada, bob, old_row):
    client = browser(bob)
    address = url(trip, "change", old_row.pk)
    page = client.get(address).content.decode()
    assert "Created by" in page
    assert 'name="created_by"' not in page

    client.post(address, {"code": "a", "size": 2, "created_by": bob.pk})

    assert trip.django_model.objects.get().created_by == ada


def test_a_column_of_authors_cannot_be_filled_by_hand(trip):
    with file_of("code,who\na,1\n") as path, pytest.raises(CommandError, match="program alone"):
        call_command("importrows", trip.name, path, "--map", "who=created_by")


def test_an_import_for_somebody_unknown_is_refused(trip):
    with file_of("code\na\n") as path, pytest.raises(CommandError, match="no user 'nobody'") as refused:
        call_command("importrows", trip.name, path, "--user=nobody")
    assert refused.value.returncode == 2


def test_changes_of_the_table_are_no_changes_of_its_rows(trip, old_row, bob):
    size = trip.fields.get(name="size")
    size.type, size.options = "char", {}
    size.save()
    with acting(bob):
        revision = trip.sync()
        converted = trip.django_model.objects.get()
        undo(revision)

    back = trip.django_model.objects.get()
    assert (converted.size, back.size) == ("1", 1)
    for row in (converted, back):
        assert (row.changed_at, row.changed_by) == (old_row.changed_at, old_row.changed_by)
