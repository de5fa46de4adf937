"""What the installation takes from its environment, checked once at start."""

import os
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"

SQLITE_OPTIONS = {
    # Seconds a writer waits for another: a table with millions of rows may be rewritten meanwhile.
    "timeout": 30,
    # Takes the write lock at BEGIN: a transaction that read first could otherwise fail when it writes.
    "transaction_mode": "IMMEDIATE",
    # In WAL mode readers are not stopped by a writer. NORMAL is safe there and syncs less.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def database(url: str) -> dict[str, Any]:
    """Return the DATABASES entry of a DATABASE_URL. Any engine but SQLite and PostgreSQL is refused."""
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except ValueError as error:
        raise _refused() from error
    if settings["ENGINE"] == SQLITE:
        settings["OPTIONS"] = {**SQLITE_OPTIONS, **settings.get("OPTIONS", {})}
    elif settings["ENGINE"] != POSTGRESQL:
        raise _refused()
    return settings


def _refused() -> ImproperlyConfigured:
    # The URL itself is not repeated: it may hold a password.
    return ImproperlyConfigured(
        "DATABASE_URL must name an SQLite file (sqlite:////path/to/file) or a PostgreSQL database "
        "(postgres://user:password@host/name): dynadmin runs on no other engine."
    )


def flag(name: str) -> bool:
    """Return whether a variable is set to something that means yes."""
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str = "") -> list[str]:
    """Return the comma-separated words of a variable."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key(path: Path) -> str:
    """Return SECRET_KEY of the environment, else the one kept in a private file, made at first use."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if not path.exists():
        _write_once(path, get_random_secret_key())
    return path.read_text(encoding="utf-8").strip()


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner may read; the first of several writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes the file 0600, and a link appears whole or not at all.
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
