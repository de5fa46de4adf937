"""What commands do with a change of large tables, and what they tell of one that was made."""

from argparse import ArgumentParser
from collections.abc import Sequence

from dynadmin import background
from dynadmin.models import SchemaChange, SchemaRevision


def add_background_argument(parser: ArgumentParser) -> None:
    """Add the option to leave to a worker what takes long."""
    parser.add_argument(
        "--background",
        action="store_true",
        help="Leave a change of large tables to a worker, as the admin does.",
    )


def settled(done: SchemaRevision | SchemaChange | None) -> Sequence[str]:
    """Return what was done, in words. A change that was only ordered is left to a worker first."""
    if isinstance(done, SchemaChange):
        background.enqueue(done)
        where = "“Changes in the background” in the admin tells how far it is"
        return [*done.operations, f"Left to a worker as change {done.pk}: {where}."]
    return done.operations if done else ["Nothing to do."]
