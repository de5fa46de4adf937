"""Changes of a table of a million rows while one process reads it and another writes it."""

import time
from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection

from dynadmin import executor
from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, restore_field
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.bench.crew import Crew
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.timing import seconds

ROWS = 1_000_000
MAKERS = 3_000
MOST_STALL_RATIO = 5
MOST_LOCK_MS = 50
LEAST_THROUGHPUT_RATIO = 1 / 3

FIELDS = [
    ("name", "char", {"max_length": 40, "db_index": True}),
    ("code", "char", {"max_length": 20, "null": True}),
    ("size_text", "char", {"max_length": 20}),
    ("length_text", "char", {"max_length": 20}),
    ("pages", "int", {}),
    ("weight", "int", {"db_index": True}),
    ("price", "decimal", {"max_digits": 12, "decimal_places": 2}),
    ("bought", "date", {}),
]
COLUMNS = {
    "name": "'name ' || n",
    "code": "'code-' || n",
    "size_text": "'' || n * 37 % 5000",
    "length_text": "'' || n * 37 % 5000",
    "pages": "n % 1000",
    "weight": "n % 7000",
    "price": "n % 100000 / 100.0",
    "bought": "'2013-01-01'",
}


def make_table(rows: int) -> DynamicModel:
    """Make a table and fill it past the ORM."""
    table = DynamicModel.objects.create(name="things", label="Things")
    for position, (name, type, options) in enumerate(FIELDS):
        DynamicField.objects.create(model=table, name=name, type=type, options=options, position=position)
    table.sync()
    columns = {f.name: f.column for f in table.django_model._meta.concrete_fields[1:]}
    numbers = f"WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {rows})"
    values = ", ".join(cast(COLUMNS[name], name) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dyn_t{table.pk} ({', '.join(columns.values())}) {numbers} SELECT {values} FROM x"
        )
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
    tidy(table)
    return table


def make_makers() -> DynamicModel:
    """Make the table that is referred to."""
    makers = DynamicModel.objects.create(name="makers", label="Makers")
    DynamicField.objects.create(model=makers, name="title", type="char")
    makers.sync()
    model = makers.django_model
    model.objects.bulk_create(model(title=f"maker {number}") for number in range(MAKERS))
    return makers


def tidy(table: DynamicModel) -> None:
    """Do now what autovacuum would do with what was written, so that what comes next is undisturbed by it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE dyn_t{table.pk}")


def cast(value: str, name: str) -> str:
    return f"CAST({value} AS date)" if name == "bought" and connection.vendor == "postgresql" else value


def options(name: str, **changed) -> Callable[[DynamicModel], None]:
    """Return the change of a field's options."""

    def change(table: DynamicModel) -> None:
        field = table.fields.get(name=name)
        field.options = {**field.options, **changed}
        field.save()

    return change


def new_type(name: str, type: str, **given) -> Callable[[DynamicModel], None]:
    return lambda table: table.fields.filter(name=name).update(type=type, options=given)


def new_field(name: str, type: str, **given) -> Callable[[DynamicModel], None]:
    def change(table: DynamicModel) -> None:
        DynamicField.objects.create(model=table, name=name, type=type, options=given, position=99)

    return change


def new_relation(name: str, slug: str, **given) -> Callable[[DynamicModel], None]:
    def change(table: DynamicModel) -> None:
        target = target_of(DynamicModel.objects.get(name="makers").pk)
        new_field(name, slug, target=target, related_name=name, **given)(table)

    return change


def rename(table: DynamicModel) -> None:
    table.fields.filter(name="added").update(name="renamed")


def retire(table: DynamicModel) -> None:
    table.fields.filter(name="renamed").delete()


def new_rule(kind: str, *names: str, **rule) -> Callable[[DynamicModel], None]:
    def change(table: DynamicModel) -> None:
        ids = [table.fields.get(name=name).pk for name in names]
        DynamicConstraint.objects.create(model=table, kind=kind, fields=ids, label="", rule=rule)

    return change


AT_ONCE = {
    "adding a column": new_field("added", "int"),
    "adding a required column": new_field("needed", "int", null=False, default=7),
    "renaming a column": rename,
    "retiring a column": retire,
}
GOING_THROUGH_THE_ROWS = {
    "an index": options("pages", db_index=True),
    "a column without repetition": options("code", unique=True),
    "a column that must be given": options("weight", null=False, blank=False, default=1),
    "a new indexed column": new_field("indexed", "int", db_index=True),
    "a relation": new_relation("maker", "foreignkey"),
    "links to many rows": new_relation("links", "manytomany"),
    "a rule on two columns": new_rule("unique", "code", "weight"),
    "a comparison": new_rule("check", "pages", operator=">=", value="0"),
    "a shorter text": options("name", max_length=30),
    "text to number": new_type("size_text", "int"),
}


def measure(options: Options) -> Iterator[Result]:
    """Measure each change against the same work undisturbed."""
    rows = options.rounds(ROWS, least=20_000)
    table = make_table(rows)
    make_makers()
    yield from measure_throughput(table, rows)
    tidy(table)
    with Crew(table.pk) as crew:
        undisturbed = partial(crew.watch, "undisturbed", partial(time.sleep, max(5, 30 * options.scale)))
        undisturbed()
        for name, change in {**AT_ONCE, **GOING_THROUGH_THE_ROWS}.items():
            change(table)
            time.sleep(1)
            apply = partial(crew.watch, name, partial(executor.apply, table.plan(), allow_destructive=True))
            yield from lock_time(name, apply)
            registry.refresh()
            time.sleep(1)
        yield from bring_links_back(table, crew)
        tidy(table)
        undisturbed()
    yield from crew.results(most_ratio=MOST_STALL_RATIO if connection.vendor == "postgresql" else None)


def bring_links_back(table: DynamicModel, crew: Crew) -> Iterator[Result]:
    """Give each row a link, delete the field and restore it."""
    field = table.fields.get(name="links")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dyn_m{field.pk} (source_id, target_id) "
            f"SELECT id, 1 + id % {MAKERS} FROM dyn_t{table.pk}"
        )
    table.fields.filter(pk=field.pk).delete()
    table.sync(allow_destructive=True)
    time.sleep(1)
    restore = partial(restore_field, table.pk, field.pk)
    yield from lock_time("links that come back", partial(crew.watch, "links that come back", restore))


def lock_time(name: str, apply: Callable[[], object]) -> Iterator[Result]:
    """Make the change; yield how long it took, and how long from its first DDL to the commit."""
    begun: list[float] = []

    def note(execute, sql, params, many, context):
        if not begun and str(sql).startswith(("ALTER TABLE", "DROP VIEW", "CREATE VIEW")):
            begun.append(time.perf_counter())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        taken = seconds(apply)
    locked = (time.perf_counter() - begun[0]) * 1000 if begun else 0.0
    yield Result(name=f"{name}: all of it", measured=taken, unit="s")
    if name in AT_ONCE:
        limit = MOST_LOCK_MS if connection.vendor == "postgresql" else None
        yield Result(name=f"{name}: lock", measured=locked, unit="ms", at_most=limit)


def measure_throughput(table: DynamicModel, rows: int) -> Iterator[Result]:
    """Measure how many rows a second a conversion takes, of what a plain UPDATE of the column takes."""
    column = table.django_model._meta.get_field("length_text").column
    with connection.cursor() as cursor:
        update = f"UPDATE dyn_t{table.pk} SET {column} = {column} || ''"
        plain = rows / seconds(partial(cursor.execute, update))
    tidy(table)
    new_type("length_text", "int")(table)
    converted = rows / seconds(table.sync)
    yield Result(
        name="conversion of text to number",
        measured=converted,
        floor=plain,
        unit="rows/s",
        at_least_ratio=LEAST_THROUGHPUT_RATIO if connection.vendor == "postgresql" else None,
    )
