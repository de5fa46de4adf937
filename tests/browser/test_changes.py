"""The page that tells how far a change in the background has come, in a browser."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from dynadmin.models import SchemaChange

PLAN = {"base_revision": 0, "before": [], "after": [], "choices": {}, "new_ids": {}, "undoes": None}


def test_the_page_follows_a_change_to_its_end(page, assert_clean, screenshot):
    change = SchemaChange.objects.create(
        plan=PLAN,
        tables=[],
        operations=["Change the type of field “Size” of “Event” from Text to Whole number"],
        state="running",
        phase="fill",
        done=250_000,
        total=1_000_000,
    )
    page.goto(reverse("admin:dynadmin_schemachange_change", args=[change.pk]))
    status = page.get_by_role("status")
    assert "250,000 of 1,000,000 rows" in status.inner_text()
    assert_clean(page)
    screenshot(page, "change-under-way")

    SchemaChange.objects.update(done=500_000)
    page.get_by_text("500,000 of 1,000,000 rows").wait_for()
    assert page.locator("progress").get_attribute("value") == "500000"

    page.get_by_role("button", name="Cancel the change").click()
    page.get_by_text("Stopping").wait_for()
    assert page.get_by_role("button", name="Cancel the change").count() == 0

    SchemaChange.objects.update(state="cancelled")
    page.get_by_text("Nothing was changed").wait_for()
    assert_clean(page)


def test_a_page_that_is_watched_has_a_silent_change_taken_up(page, assert_clean):
    long_ago = timezone.now() - timedelta(hours=1)
    change = SchemaChange.objects.create(
        plan=PLAN,
        tables=[],
        operations=["Add an index"],
        state="running",
        worker="gone",
        heartbeat_at=long_ago,
    )
    page.goto(reverse("admin:dynadmin_schemachange_change", args=[change.pk]))
    page.get_by_text("Waits for a worker").wait_for()
    assert_clean(page)
