"""The first administrator of an installation."""

from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def createadmin() -> str:
    """Run the command and return what it prints."""
    output = StringIO()
    call_command("createadmin", stdout=output)
    return output.getvalue()


def test_a_password_is_generated_and_printed_once(monkeypatch):
    monkeypatch.delenv("DYNADMIN_ADMIN_PASSWORD", raising=False)

    password = createadmin().split()[-1]

    assert authenticate(username="admin", password=password).is_superuser
    assert createadmin() == ""


def test_a_password_of_the_environment_is_used_and_not_printed(monkeypatch):
    monkeypatch.setenv("DYNADMIN_ADMIN_PASSWORD", "correct horse battery")
    monkeypatch.setenv("DYNADMIN_ADMIN_USERNAME", "grace")

    printed = createadmin()

    assert authenticate(username="grace", password="correct horse battery")
    assert "correct horse battery" not in printed


def test_an_installation_that_has_an_administrator_is_left_alone(admin_user):
    createadmin()

    assert get_user_model().objects.count() == 1
