"""What tests read of a history: by names of fields, the oldest change first."""

from dynadmin.models import RowChange
from dynadmin.registry import registry


def told(table, *, since=0):
    """Return the changes of a table's rows as tuples: action, rows, before, after."""
    fields = registry.newest.schema.tables[table.pk].fields
    names = {field.column.removeprefix("c"): field.name for field in fields}

    def named(values):
        return values and {names.get(key, key): value for key, value in values.items()}

    changes = RowChange.objects.filter(table=table.pk, pk__gt=since).order_by("pk")
    return [
        (
            change.action,
            change.row if change.row == change.last_row else (change.row, change.last_row),
            named(change.before),
            named(change.after),
        )
        for change in changes
    ]


def mark():
    """Return where the history ends now."""
    return RowChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
