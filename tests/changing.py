"""An analyst who changes their mind all the time: one random change of the schema after another."""

import random
from collections import Counter

from django.core.exceptions import ValidationError

from dynadmin.exceptions import PlanError, TableUnavailable
from dynadmin.fieldtypes import field_types

# A number that is a whole one stays what it is through all of these, whatever the order.
NUMERIC = {
    "char": {"max_length": 40},
    "text": {},
    "int": {},
    "bigint": {},
    "decimal": {"max_digits": 12, "decimal_places": 0},
}
OTHERS = ("bool", "date", "json", "uuid", "float")
# Fields that the changes keep their hands off.
KEPT = frozenset({"token", "kept", "number"})

# How many revisions made the tables that everybody writes to.
FIRST = 2

# What people are told instead of a change: it is no error.
REFUSALS = (PlanError, ValidationError, TableUnavailable)


class Mind:
    """Makes changes by the same functions that the screens call."""

    changes = (
        *("add_field", "rename_field", "swap_names", "retire_field", "narrow"),
        *("convert", "convert", "convert", "convert_kept", "convert_number", "convert_number"),
        *("make_table", "retire_table", "restore", "restore", "purge", "undo", "undo", "demand", "let_go"),
        *("relate", "relate", "link", "refer_elsewhere"),
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()

    def change(self, name: str = "") -> int:
        """Make one change; return the number of its revision, 0 if there is none."""
        from dynadmin.registry import registry

        name = name or self.random.choice(self.changes)
        registry.refresh()
        try:
            revision = getattr(self, name)()
        except REFUSALS:
            self.done[f"{name} refused"] += 1
            return 0
        self.done[name] += bool(revision)
        return revision.pk if revision else 0

    # --- Fields ---

    def add_field(self):
        from dynadmin.models import DynamicField

        table = self._some_table()
        if table is None or table.fields.count() > 10:
            return None
        slug = self.random.choice([*NUMERIC, *OTHERS])
        options = NUMERIC.get(slug, {})
        DynamicField.objects.create(model=table, name=self._name(), type=slug, options=options, position=99)
        return table.sync(allow_destructive=True)

    def rename_field(self):
        if not (field := self._some_field()):
            return None
        field.name = self._name()
        field.save()
        return field.model.sync(allow_destructive=True)

    def swap_names(self):
        table = self._some_table()
        fields = [f for f in table.fields.all() if f.name not in KEPT] if table else []
        if len(fields) < 2:
            return None
        one, other = self.random.sample(fields, 2)
        names = one.name, other.name
        one.name = "~"
        one.save()
        other.name, one.name = names
        other.save()
        one.save()
        return table.sync(allow_destructive=True)

    def retire_field(self):
        field = self._some_field()
        if field is None or field.model.fields.count() < 3:
            return None
        table = field.model
        field.delete()
        return table.sync(allow_destructive=True)

    def narrow(self):
        field = self._some_field(types=["char"])
        if field is None:
            return None
        field.options = {**field.options, "max_length": self.random.randrange(2, 50)}
        field.save()
        return self._sync_deciding(field)

    def convert(self):
        field = self._some_field()
        if field is None:
            return None
        slug = self.random.choice([*NUMERIC, *OTHERS])
        field.type, field.options = slug, field_types[slug].clean_options(NUMERIC.get(slug, {}))
        field.save()
        return self._sync_deciding(field)

    def convert_kept(self):
        """Convert a column that others write all the time."""
        needed = {"null": False, "default": 0}
        return self._convert_losing_nothing("ledger", "kept", ["int", "bigint", "decimal"], **needed)

    def convert_number(self):
        return self._convert_losing_nothing("numbers", "number", list(NUMERIC))

    def _convert_losing_nothing(self, table, name, slugs, **needed):
        from dynadmin.models import DynamicField

        field = DynamicField.objects.filter(model__name=table, name=name).first()
        if field is None:
            return None
        slug = self.random.choice([slug for slug in slugs if slug != field.type])
        field.type, field.options = slug, field_types[slug].clean_options(NUMERIC[slug] | needed)
        field.save()
        try:
            return self._order(field.model) or field.model.sync(allow_destructive=True)
        except REFUSALS:
            field.model.revert()
            raise

    def _order(self, table):
        """Order the change as the screens do, where that is possible, and carry it out."""
        from dynadmin.executor import online
        from dynadmin.models import resume_change

        plan = table.plan()
        if self.random.random() < 0.3 or plan.is_empty or not online.is_needed(plan):
            return None
        change = online.order(plan)
        resume_change(change)
        change.refresh_from_db()
        return change.revision

    def _sync_deciding(self, field):
        table = field.model
        decision = self.random.choice(["stop", "keep", "empty", {"value": "0"}])
        try:
            return table.sync(allow_destructive=True, on_failure={field.name: decision})
        except REFUSALS:
            table.revert()
            raise

    # --- Tables ---

    def make_table(self):
        from dynadmin.models import DynamicField, DynamicModel

        if DynamicModel.objects.count() > 6:
            return None
        table = DynamicModel.objects.create(name=self._name())
        for number, (slug, options) in enumerate(NUMERIC.items()):
            DynamicField.objects.create(
                model=table, name=f"f{number}", type=slug, options=options, position=number
            )
        revision = table.sync()
        table.django_model.objects.bulk_create(table.django_model(f0=n, f2=n) for n in range(20))
        return revision

    def retire_table(self):
        table = self._some_table(but_kept=True)
        # Those that refer to it are kept too, or go along.
        return table.retire(with_references=self.random.random() < 0.5) if table else None

    # --- Relations ---

    def relate(self):
        """Have a table refer to one, which may be itself, and some of its rows to one of that."""
        return self._relate("foreignkey", on_delete=self.random.choice(["protect", "set_empty", "cascade"]))

    def link(self):
        return self._relate("manytomany")

    def _relate(self, slug, **options):
        from dynadmin.models import DynamicField
        from dynadmin.schema import target_of

        table, target = self._some_table(), self._some_table(but_kept=True)
        if not (table and target) or table.fields.filter(type=slug).count() > 1:
            return None
        options |= {"target": target_of(target.pk), "related_name": "+"}
        field = DynamicField.objects.create(
            model=table, name=self._name(), type=slug, options=options, position=99
        )
        try:
            revision = table.sync(allow_destructive=True)
        except REFUSALS:
            table.revert()
            raise
        self._refer(table.django_model, field.name)
        return revision

    def _refer(self, model, name):
        field = model._meta.get_field(name)
        target = field.related_model._base_manager.order_by("pk").first()
        rows = list(model._base_manager.order_by("pk")[:10])
        if target is None:
            return
        for row in rows if field.many_to_many else ():
            getattr(row, name).add(target)
        if not field.many_to_many:
            model._base_manager.filter(pk__in=[row.pk for row in rows]).update(**{name: target})

    def refer_elsewhere(self):
        from dynadmin.schema import target_of

        field, target = self._some_field(types=["foreignkey"]), self._some_table(but_kept=True)
        if field is None or target is None:
            return None
        field.options = {**field.options, "target": target_of(target.pk)}
        field.save()
        return self._sync_deciding(field)

    # --- Second thoughts ---

    def restore(self):
        from dynadmin.models import restore_field, restore_table, trash

        items = [item for item in trash() if item.kind != "original"]
        if not items:
            return None
        item = self.random.choice(items)
        if item.kind == "table":
            return restore_table(item.table.id)
        return restore_field(item.table.id, item.field.id)

    def purge(self):
        from dynadmin.models import purge, trash

        items = trash()
        # Most are left to be restored.
        if len(items) < 8:
            return None
        item = self.random.choice(items)
        done = purge(tables=[item.table.id]) if item.kind == "table" else purge(columns=[item.field.column])
        return getattr(done, "revision", None)

    def undo(self):
        from dynadmin.models import SchemaRevision, undo

        revisions = SchemaRevision.objects.defer("schema", "changes").order_by("-pk")
        # The first ones made the tables that are to stay.
        latest = list(revisions[: min(6, max(0, revisions.count() - FIRST))])
        return undo(self.random.choice(latest)) if latest else None

    # --- Rules ---

    def demand(self):
        from dynadmin.models import DynamicConstraint

        table = self._some_table()
        if table is None or table.constraints.exists():
            return None
        fields = list(table.fields.exclude(type__in=["text", "json"]).values_list("pk", flat=True))
        kind = self.random.choice(["unique", "index"])
        rule = DynamicConstraint(
            model=table, kind=kind, fields=self.random.sample(fields, min(2, len(fields)))
        )
        rule.clean()
        rule.save()
        try:
            return table.sync()
        except REFUSALS:
            table.revert()
            raise

    def let_go(self):
        table = self._some_table()
        if table is None or not table.constraints.exists():
            return None
        table.constraints.all().delete()
        return table.sync(allow_destructive=True)

    # --- Something to change ---

    def _some_table(self, *, but_kept: bool = False):
        from dynadmin.models import DynamicModel

        tables = [table for table in DynamicModel.objects.all() if table.is_applied]
        tables = [t for t in tables if not (but_kept and t.name in {"ledger", "numbers"})]
        return self.random.choice(tables) if tables else None

    def _some_field(self, *, types=None):
        table = self._some_table()
        fields = [f for f in table.fields.all() if f.name not in KEPT] if table else []
        fields = [f for f in fields if types is None or f.type in types]
        return self.random.choice(fields) if fields else None

    def _name(self) -> str:
        return f"f{self.random.randrange(10**9)}"
