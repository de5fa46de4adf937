"""A worker to be killed: takes up whatever change is there. Run by test_kills.py in a process of its own."""

import django


def main() -> None:
    """Carry on with all changes, as a worker does that was started a moment ago."""
    django.setup()
    from django.conf import settings

    from dynadmin.changes import free_abandoned
    from dynadmin.executor.online import pacing, running
    from dynadmin.models import SchemaChange, resume_change

    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0, "CHANGE_STALE_S": 0}
    # Many small batches, and as many attempts as it takes.
    pacing.SMALLEST = pacing.LARGEST = pacing.Pace.FIRST = 100
    running.MOST_ATTEMPTS = 10_000
    free_abandoned()
    print("ready", flush=True)  # noqa: T201
    for change in SchemaChange.objects.unfinished():
        resume_change(change)


if __name__ == "__main__":
    main()
