"""What undo says of a purge, a restoration and a rebuild."""

import pytest

from dynadmin.models import foresee_undo, purge, rebuild_table, restore_field, restore_table, undo
from dynadmin.models.retired import trash
from dynadmin.registry import registry
from tests.trash.retiring import retire


@pytest.fixture
def event(tables):
    table = tables.make("event", a="char", b="char")
    table.django_model.objects.create(a="x", b="y")
    return table


def test_a_purge_cannot_be_undone(event):
    [b] = retire(event, "b")
    pk, purged = event.pk, purge(columns=[f"c{b}"]).revision
    assert foresee_undo(purged).conflicts

    event.retire()
    assert foresee_undo(purge(tables=[pk]).revision).conflicts


def test_a_restoration_is_undone_into_the_trash(event):
    [b] = retire(event, "b")
    before = registry.newest.schema.tables[event.pk].live_fields
    undo(restore_field(event.pk, b), shown="")

    assert registry.newest.schema.tables[event.pk].live_fields == before
    assert [item.key for item in trash()] == [f"c{b}"]
    pk = event.pk
    event.retire()
    undo(restore_table(pk), shown="")
    assert [item.key for item in trash()] == [f"t{pk}"]


@pytest.mark.only_on("postgresql")
def test_of_a_rebuild_there_is_nothing_to_undo(event):
    found = foresee_undo(rebuild_table(event.pk))

    assert [conflict.message for conflict in found.conflicts] == [
        "This revision did nothing that could be undone."
    ]
