"""Planes, tags, and flights that refer to them: what the tests of relations in files work on."""

from dynadmin.schema import target_of
from dynadmin.transfer import match_columns
from dynadmin.transfer.references import Reference

UNIQUE = ("char", {"unique": True})


def to(table, slug="foreignkey", **options):
    """Return a relation to a table, or to a static model by its label."""
    target = table if isinstance(table, str) else target_of(table.pk)
    return slug, {"target": target, **options}


def rows_of(flights):
    """Return number, tail and titles of all flights."""
    return [
        (flight.number, flight.plane and flight.plane.tail, [tag.title for tag in flight.tags.order_by("pk")])
        for flight in flights.objects.order_by("pk")
    ]


def reasons_of(result):
    return [(row.line, dict(row.reasons)) for row in result.refused]


def creating(model, headers, **columns):
    references = {name: Reference(by=column, create=True) for name, column in columns.items()}
    return match_columns(model, headers, references=references)
