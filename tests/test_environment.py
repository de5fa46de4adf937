"""What the installation takes from its environment."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from project import environment


@pytest.mark.parametrize("url", ["mysql://root@localhost/app", "oracle://a@b/c", "nonsense", "gopher://x/y"])
def test_any_other_engine_is_refused_in_one_clear_sentence(url):
    with pytest.raises(ImproperlyConfigured, match=r"SQLite file .* or a PostgreSQL database"):
        environment.database(url)


def test_the_refusal_does_not_repeat_a_password():
    with pytest.raises(ImproperlyConfigured) as refusal:
        environment.database("mysql://root:hunter2@localhost/app")

    assert "hunter2" not in str(refusal.value)


def test_sqlite_gets_a_write_ahead_log_and_immediate_transactions():
    options = environment.database("sqlite:////tmp/some.sqlite3")["OPTIONS"]

    assert "journal_mode=WAL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 30


def test_the_secret_key_is_made_once_and_private(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    path = tmp_path / "var" / "secret_key"

    first = environment.secret_key(path)

    assert len(first) >= 50
    assert environment.secret_key(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_the_secret_key_of_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")

    assert environment.secret_key(tmp_path / "secret_key") == "given"
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("0", False), ("", False)])
def test_flags(monkeypatch, value, expected):
    monkeypatch.setenv("SOME_FLAG", value)

    assert environment.flag("SOME_FLAG") is expected
