"""Whatever is done to rows and to their table: walking back through the history gives each earlier state."""

from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin.conversion import Choices
from dynadmin.models import RowChange, SchemaRevision, restore_field, undo
from dynadmin.rowhistory.walking import step_back
from tests.support import drop_everything

SIZES = st.sampled_from([None, 0, 1, 7])
CODES = st.sampled_from(["", "a", "1", "ż 'x"])


class Game:
    """A table that is played with, and what its rows were after each step."""

    def __init__(self, tables, data):
        self.data = data
        self.tag = tables.make("tag", word="char")
        target = f"tables.T{self.tag.pk}"
        self.table = tables.make(
            "trip",
            code=("char", {"null": True}),
            size="int",
            tag=("foreignkey", {"target": target, "null": True, "on_delete": "set_empty"}),
            tags=("manytomany", {"target": target}),
        )
        self.states = []
        for word in "xyz":
            self.tag.django_model.objects.create(word=word)
        self.note()

    # --- What is looked at ---

    @property
    def model(self):
        return self.table.django_model

    @property
    def links(self):
        return [str(id) for id in self.model.link_models]

    def note(self):
        """Remember what the rows are now, and where the history ends."""
        last = RowChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.states.append((last, self.state()))

    def state(self):
        notary = vars(self.model)["_notary"]
        rows = {
            pk: notary.cells.whole(values)
            for pk, *values in notary.cells.read(notary.whole._base_manager.all())
        }
        for id, link in self.model.link_models.items():
            for values in rows.values():
                values[str(id)] = []
            for source, target in link._base_manager.order_by("target").values_list("source", "target"):
                rows[source][str(id)].append(target)
        return rows

    def check(self):
        """Walk back from today, and compare."""
        rows = self.state()
        newest = list(RowChange.objects.filter(table=self.table.pk).order_by("-pk"))
        for last, earlier in reversed(self.states):
            while newest and newest[0].pk > last:
                rows = step_back(rows, newest.pop(0), links=self.links)
            assert set(rows) == set(earlier)
            for pk, values in earlier.items():
                assert {key: rows[pk].get(key) or None for key in values} == {
                    key: value or None for key, value in values.items()
                }

    # --- Steps ---

    def a_row(self):
        keys = list(self.model.objects.values_list("pk", flat=True))
        return self.model.objects.get(pk=self.data.draw(st.sampled_from(keys))) if keys else None

    def a_tag(self):
        return self.tag.django_model.objects.order_by("?").first()

    def values(self):
        of_type = {"code": CODES, "size": SIZES}
        fields = {f.name: f.type for f in self.model.table_schema.live_fields}
        values = {name: self.data.draw(of_type[name]) for name in of_type if name in fields}
        return {name: v if fields[name] != "char" or v is None else str(v) for name, v in values.items()}

    def add(self):
        self.model.objects.create(**self.values(), tag=self.a_tag())

    def add_many(self):
        self.model.objects.bulk_create(self.model(**self.values()) for _number in range(3))

    def save(self):
        if row := self.a_row():
            for name, value in self.values().items():
                setattr(row, name, value)
            row.save()

    def update(self):
        self.model.objects.filter(pk__gt=2).update(**self.values())

    def swap(self):
        if self.model._meta.get_field("size").get_internal_type() == "IntegerField":
            self.model.objects.update(size=F("size") + 1)

    def bulk_update(self):
        rows = list(self.model.objects.all())
        for row in rows:
            row.size = self.values()["size"]
        self.model.objects.bulk_update(rows, ["size"])

    def link(self):
        if row := self.a_row():
            row.tags.add(*self.tag.django_model.objects.all()[:2])

    def unlink(self):
        if row := self.a_row():
            row.tags.set([tag] if (tag := self.a_tag()) else [])

    def delete(self):
        if row := self.a_row():
            row.delete()

    def delete_many(self):
        self.model.objects.filter(size=7 if self.type_of_size() == "int" else "7").delete()

    def delete_tag(self):
        if tag := self.a_tag():
            tag.delete()

    def type_of_size(self):
        return self.table.fields.get(name="size").type

    def convert(self):
        size = self.table.fields.get(name="size")
        size.type, size.options = ("char", {"null": True}) if size.type == "int" else ("int", {})
        size.save()
        self.table.sync(on_failure={"size": "empty"})

    def convert_back(self):
        if self.table.django_model.table_schema.originals:
            size = self.table.fields.get(name="size")
            latest = SchemaRevision.objects.latest("pk")
            if "Change the type" in str(latest.operations):
                undo(latest, choices={size.pk: Choices(on_failure="empty")})
                self.table.refresh_from_db()

    def rename(self):
        code = self.table.fields.get(name="code")
        code.label += "x"
        code.save()
        self.table.sync()

    def away_and_back(self):
        """The code goes to the trash, rows come and go meanwhile, and it comes back."""
        field = self.table.fields.get(name="code")
        pk = field.pk
        field.delete()
        self.table.sync(allow_destructive=True)
        self.note()
        for step in ("add", "delete", "save"):
            getattr(self, step)()
            self.note()
        restore_field(self.table.pk, pk)


STEPS = [
    *("add", "add_many", "save", "update", "swap", "bulk_update", "link", "unlink", "delete", "delete_many"),
    *("delete_tag", "convert", "convert_back", "rename", "away_and_back"),
]


def test_walking_back_gives_each_earlier_state(tables):
    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def check(data):
        try:
            game = Game(tables, data)
            for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=6, max_size=12)):
                getattr(game, step)()
                game.note()
            game.check()
        finally:
            drop_everything()

    check()
