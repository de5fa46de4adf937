"""What every test may use."""

from collections.abc import Iterator
from importlib import import_module, reload

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import servers

# Tests of what may differ between two PostgreSQL servers, as paths under tests/: they run on each of them.
ON_EACH_SERVER = (
    *("drift/", "online/", "relations/", "stateful/"),
    *("fieldtypes/test_database", "kinds/test_ranges", "trash/test_purging", "trash/test_rebuilding"),
    *("transfer/test_concurrency", "transfer/test_every_type", "transfer/test_importer"),
    *("transfer/test_exported_relations", "transfer/test_new_targets", "transfer/test_numbering"),
    *("transfer/test_relations", "transfer/test_round_trip"),
    *("test_computed", "test_constraints", "test_converting", "test_ddl_errors", "test_estimates"),
    *("test_executor", "test_extracting", "test_locks", "test_plan_sql", "test_relations", "test_rule"),
    *("test_sampling", "test_shown_is_done", "test_strangers", "test_undo_conversions", "test_view_grants"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--engine`; tests/settings.py acts on it, before this file is read."""
    parser.addoption(
        "--engine",
        choices=servers.ENGINES,
        help="; ".join(f"{name}: {what}" for name, what in servers.ENGINES.items()),
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests of one engine's own ways to the run on that engine, and mark those for each server.

    Tests that ask no database could not differ from one engine to the other: they run with SQLite.
    """
    for item in items:
        path = item.path.relative_to(config.rootpath / "tests").as_posix()
        if path.startswith(ON_EACH_SERVER):
            item.add_marker(pytest.mark.server)

    def is_for_this_engine(item: pytest.Item) -> bool:
        marker = item.get_closest_marker("only_on")
        engines = {marker.args[0]} if marker else {"sqlite"} | ({connection.vendor} & asked_by(item))
        return connection.vendor in engines

    left_out = [item for item in items if not is_for_this_engine(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_for_this_engine(item)]


def asked_by(item: pytest.Item) -> set[str]:
    """Return the engines that a test is about, by what it asks for."""
    asks = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    return {"sqlite", "postgresql"} if asks or item.get_closest_marker("django_db") else set()


def pytest_report_header() -> str:
    """Say which database the session runs on."""
    return f"database: {connection.vendor}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Make the database, and have tests clean it in a hundredth of the time that Django takes."""
    from tests.cleaning import use_quick_cleaning

    with django_db_blocker.unblock():
        use_quick_cleaning()


@pytest.fixture
def command(capsys):
    """Run a command; return its exit code, and what it and its error said."""

    def run(*arguments: object) -> tuple[int, str]:
        code, said = 0, ""
        try:
            call_command(*map(str, arguments))
        except SystemExit as exit_:
            code = exit_.code
        except CommandError as error:
            code, said = error.returncode, str(error)
        captured = capsys.readouterr()
        return code, captured.out + captured.err + said

    return run


@pytest.fixture
def third_party(settings) -> Iterator[None]:
    """Somebody else's app is installed, with a field type and a kind."""
    from dynadmin.fieldtypes import field_types
    from dynadmin.kinds import kinds

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.thirdparty"]
    # Another test may have had them discovered, and this fixture forgotten them.
    for name in ("fieldtypes", "kinds"):
        reload(import_module(f"tests.thirdparty.{name}"))
    yield
    field_types._types.pop("plate")
    kinds._kinds.pop("checkup")


@pytest.fixture
def tables(transactional_db) -> Iterator:
    """Makes real tables, see tests/support.py, and drops them physically at the end."""
    from tests.support import Tables, drop_everything

    yield Tables()
    drop_everything()
