"""The same flights in a dynamic table and in a table of an ordinary model."""

import csv
import itertools
from pathlib import Path

from django.db import connection, models

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.schema import target_of
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


# Which columns of the flights name rows of which table, by which column of it.
RELATED = {"carrier": ("airlines", "code"), "tailnum": ("planes", "tail"), "dest": ("airports", "faa")}


def define_related_flights() -> DynamicModel:
    """Apply a table of flights with three relations to tables that have all rows which the flights name."""
    table = DynamicModel.objects.create(name="related_flights", label="Flights with relations")
    targets = {column: _target(column, *told) for column, told in RELATED.items()}
    for position, field in enumerate(Flight._meta.concrete_fields[1:]):
        if field.name in targets:
            slug, options = "foreignkey", {"target": target_of(targets[field.name].pk)}
        else:
            slug = TYPES[type(field)]
            options = {"null": True, "max_length": field.max_length} if field.max_length else {}
        DynamicField.objects.create(
            model=table, name=field.name, label=field.name, type=slug, options=options, position=position
        )
    table.sync()
    return table


def _target(column: str, name: str, key: str) -> DynamicModel:
    table = DynamicModel.objects.create(name=name, label=name.title())
    DynamicField.objects.create(
        model=table, name=key, type="char", options={"max_length": 10, "unique": True}
    )
    table.sync()
    with all_flights().open(encoding="utf-8", newline="") as file:
        values = {row[column] for row in csv.DictReader(file)} - {""}
    model = table.django_model
    model.objects.bulk_create([model(**{key: value}) for value in sorted(values)], batch_size=500)
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
