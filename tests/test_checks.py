"""One test an id: a wrong installation is told what is wrong and what to do."""

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.db import connections
from django.test import override_settings
from django.urls import include, path

from dynadmin.admin.site import site
from dynadmin.checks import MIDDLEWARE, check_installation
from dynadmin.conf import SETTINGS, conf


def ids():
    return [message.id for message in check_installation()]


def test_this_installation_is_fine():
    assert ids() == []


def test_e001_another_engine(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "oracle")

    assert ids() == ["dynadmin.E001"]


def test_e002_the_app_of_the_tables_is_missing(settings):
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "dynadmin.tables"]

    assert ids() == ["dynadmin.E002"]


def test_e003_the_middleware_is_missing(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != MIDDLEWARE]

    assert ids() == ["dynadmin.E003"]


def test_e004_requests_in_one_transaction(monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)

    assert ids() == ["dynadmin.E004"]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_default_that_a_project_can_override(name):
    with override_settings(DYNADMIN={}):
        assert getattr(conf, name) == SETTINGS[name][0]
    with override_settings(DYNADMIN={name: "other"}):
        assert getattr(conf, name) == "other"


@override_settings(DYNADMIN={"LOCK_TIMEOUT": 5})
def test_e005_a_setting_with_a_typo():
    assert ids() == ["dynadmin.E005"]


@pytest.mark.parametrize(
    "wrap", [lambda mount: path("x/", include([mount])), lambda mount: i18n_patterns(mount)[0]]
)
def test_e006_the_admin_below_another_route(settings, wrap):
    settings.ROOT_URLCONF = (wrap(site.mount("admin/")),)

    assert ids() == ["dynadmin.E006"]


def test_asking_for_a_setting_that_does_not_exist_is_an_error():
    with pytest.raises(AttributeError, match="no setting 'LOCK_TIMEOUT'"):
        conf.LOCK_TIMEOUT  # noqa: B018


@override_settings(DYNADMIN={"DEFAULT_KIND": "recrod"})
def test_e007_a_default_kind_that_nobody_registered():
    assert ids() == ["dynadmin.E007"]
