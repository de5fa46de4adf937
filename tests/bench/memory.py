"""The process after thousands of schema changes: every class that was replaced has to be garbage."""

import gc
import weakref
from collections.abc import Iterator

import psutil
from django.contrib.auth.models import User

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.serving import getter
from tests.bench.tables import make_tables

TABLES = 20
CHANGES = 2000
# The interpreter's own caches and arenas fill up first; growth is counted from here on.
WARM_UP = 0.25
ALLOWED_GROWTH_MB = 5.0


class Churn:
    """Changes tables of a running installation, one after the other, each in another way than the last."""

    def __init__(self) -> None:
        make_tables(range(TABLES))
        self.get = getter(User.objects.create_superuser("ada"))
        self.tables = list(DynamicModel.objects.all())
        self.classes: weakref.WeakSet[type] = weakref.WeakSet()

    def step(self, number: int) -> None:
        """Make one change and use the new class as a request would."""
        table = self.tables[number % TABLES]
        changes = (self.relabel_table, self.rename_field, self.widen_field, self.replace_field)
        changes[number // TABLES % len(changes)](table, number)
        table.sync(allow_destructive=True)
        with registry.in_use() as snapshot:
            self.classes.add(snapshot.model(table.pk))
        self.use(table)

    def relabel_table(self, table: DynamicModel, number: int) -> None:
        table.label = f"Table {number}"
        table.save()

    def rename_field(self, table: DynamicModel, number: int) -> None:
        field = table.fields.first()
        field.name = f"name_{number}x"
        field.save()

    def widen_field(self, table: DynamicModel, number: int) -> None:
        field = table.fields.filter(type="char").last()
        field.options = {**field.options, "help_text": f"Change {number}"}
        field.save()

    def replace_field(self, table: DynamicModel, number: int) -> None:
        table.fields.filter(name__startswith="added").delete()
        DynamicField.objects.create(model=table, name=f"added_{number}", type="int", position=99)

    def use(self, table: DynamicModel) -> None:
        """Ask for what is made of a class once: the pages of its admin and its serializer."""
        name = registry.newest.schema.tables[table.pk].name
        for path in (f"/admin/tables/{name}/", f"/admin/tables/{name}/add/", f"/api/tables/{name}/"):
            self.get(path)


def resident_mb() -> float:
    """Return the memory of this process, after everything unreachable has gone."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def measure(options: Options) -> Iterator[Result]:
    """Measure growth after a warm-up, and count the classes that are still there."""
    churn = Churn()
    changes = options.rounds(CHANGES, least=100)
    warm = round(changes * WARM_UP)
    for number in range(warm):
        churn.step(number)
    before = resident_mb()
    for number in range(warm, changes):
        churn.step(number)
    after = resident_mb()
    replaced = {
        model for model in churn.classes if registry.current.models.get(model.table_schema.id) is not model
    }
    yield Result(
        name=f"memory gained by {changes - warm:,} schema changes",
        measured=after - before,
        unit="MB",
        at_most=ALLOWED_GROWTH_MB,
        facts={f"every replaced class collected ({len(replaced)} left)": not replaced},
    )
    yield Result(name="memory of the process after them", measured=after, unit="MB")
