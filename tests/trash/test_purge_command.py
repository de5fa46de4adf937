"""``purgedynamic``: a list by default, and a broom with ``--yes``."""

import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dynadmin.models import SchemaRevision
from dynadmin.models.retired import trash
from dynadmin.registry import registry
from tests.support import process_environment
from tests.trash.retiring import column_names, retire, run


def purgedynamic(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("purgedynamic", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def thrown_away(tables, django_user_model):
    """A field deleted long ago, and a table deleted just now."""
    event, other = tables.make("event", a="char", b="char"), tables.make("other", x="char")
    event.django_model.objects.create(b="kept")
    [b] = retire(event, "b")
    SchemaRevision.objects.update(created_at=timezone.now() - timedelta(days=40))
    pk = other.pk
    other.retire(user=django_user_model.objects.create_user("ada"))
    return event, b, pk


def test_without_a_yes_it_lists_and_deletes_nothing(thrown_away):
    _event, b, other = thrown_away

    lines = purgedynamic()

    assert lines[0].startswith(f"t{other}: table other (Other), deleted 20")
    assert ", by ada, 0 rows, " in lines[0]
    assert lines[1].startswith(f"c{b}: field event.b (B), deleted 20")
    assert ", 1 values, " in lines[1]
    assert lines[2] == "2 in the trash; --yes deletes 1 of them for good."
    assert len(trash()) == 2


def test_with_a_yes_it_deletes_what_is_old_enough(thrown_away):
    event, b, other = thrown_away

    assert purgedynamic("--yes") == ["Delete field “B” of “Event” with its values for good"]
    assert [item.key for item in trash()] == [f"t{other}"]
    assert f"c{b}" not in column_names(event.pk)
    assert purgedynamic("--yes") == []


def test_the_age_and_the_tables_can_be_said(thrown_away):
    assert purgedynamic("--yes", "--older-than", "0", "other") == [
        "Delete table “Other” with all its rows for good"
    ]
    assert [item.label for item in trash()] == ["B"]


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "1e9", "x"])
def test_an_age_is_a_number_of_days(tables, days):
    with pytest.raises(CommandError, match="invalid days value"):
        purgedynamic(f"--older-than={days}")


def test_what_is_refused_is_told_and_the_exit_is_1(thrown_away):
    event, b, _other = thrown_away
    run(f"CREATE VIEW report AS SELECT c{b} FROM dyn_t{event.pk}")
    try:
        with pytest.raises(CommandError, match="drop report first"):
            purgedynamic("--yes", "--older-than", "0")
        assert [item.key for item in trash()] == [f"c{b}"]
    finally:
        run("DROP VIEW report")


def test_two_processes_that_restore_and_purge_at_once_do_one_of_the_two(thrown_away):
    event, b, _other = thrown_away
    restoring = f"from dynadmin.models import restore_field; print(restore_field({event.pk}, {b}).operations)"
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "django", *arguments],
            env=process_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for arguments in (["shell", "--no-imports", "-c", restoring], ["purgedynamic", "--yes"])
    ]
    (restored, refused), (purged, _) = [process.communicate(timeout=60) for process in started]

    registry.refresh()
    if "Restore field “B”" in restored:
        assert purged == ""
        assert event.django_model.objects.get().b == "kept"
    else:
        assert "deleted for good" in refused
        assert "Delete field “B”" in purged
        assert f"c{b}" not in column_names(event.pk)
