"""The same flights in a dynamic table and in a table of an ordinary model."""

import itertools
from pathlib import Path

from django.db import connection, models

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source
from tests.nycflights import ROOT, all_flights
from tests.staticapp.models import Flight

TYPES = {models.IntegerField: "int", models.CharField: "char", models.DateTimeField: "datetime"}


def define_flights() -> DynamicModel:
    """Apply a table with the fields of the ordinary model."""
    table = DynamicModel.objects.create(name="flights", label="Flights")
    for position, field in enumerate(Flight._meta.concrete_fields[1:]):
        options = {"null": True, "max_length": field.max_length} if field.max_length else {}
        slug = TYPES[type(field)]
        DynamicField.objects.create(
            model=table, name=field.name, label=field.name, type=slug, options=options, position=position
        )
    table.sync()
    return table


def first_flights(rows: int) -> Path:
    """Return a file of the first flights of the year."""
    path = ROOT / "build" / f"flights-{rows}.csv"
    with all_flights().open(encoding="utf-8") as whole:
        path.write_text("".join(itertools.islice(whole, rows + 1)), encoding="utf-8")
    return path


def fill_both(table: DynamicModel, rows: int) -> None:
    """Put the same rows into the dynamic table and into that of the ordinary model."""
    with registry.in_use() as snapshot:
        model = snapshot.model(table.pk)
        assert import_rows(model, open_source(first_flights(rows))).is_saved
        names = [field.name for field in Flight._meta.concrete_fields]
        columns = ", ".join(model._meta.get_field(name).column for name in names)
    with connection.cursor() as cursor:
        target = f"{Flight._meta.db_table} ({', '.join(names)})"
        cursor.execute(f"INSERT INTO {target} SELECT {columns} FROM {model._meta.db_table} ORDER BY id")
        for name in (Flight._meta.db_table, model._meta.db_table):
            cursor.execute(f"ANALYZE {name}")
