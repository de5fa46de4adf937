"""One process of the torture test of relations: threads that use related tables while these change.

Run as ``python -m tests.relations.torture ROLE --seconds S --seed N`` for the test; prints a JSON object:
what was done, every error, and how many of the classes that were replaced meanwhile are still there.
"""

import gc
import json
import sys
import time
import weakref

import django

from tests.torture import Browser, Worker, parsed, told, worked

PAUSE = 0.1  # between two changes


class Rows(Worker):
    """Rows that refer to each other, made, found both ways, linked and deleted, each within one snapshot."""

    operations = ("follow", "cascade", "protect", "empty", "link", "delete_user")

    def follow(self) -> None:
        def go(planes, flights, _notes) -> None:
            plane, (first, second) = self._fly(planes, flights)
            assert {flight.pk for flight in plane.flights.all()} == {first.pk, second.pk}
            assert flights.objects.filter(plane=plane).count() == 2
            assert set(flights.objects.filter(plane__tail=plane.tail)) == {first, second}
            assert planes.objects.get(flights__number=1, tail=plane.tail) == plane
            prefetched = planes.objects.prefetch_related("flights").get(pk=plane.pk)
            assert len(prefetched.flights.all()) == 2
            assert flights.objects.select_related("plane").get(pk=first.pk).plane.tail == plane.tail
            assert planes.objects.get(pk=plane.pk).flown == 2

        self._do(go)

    def cascade(self) -> None:
        def go(planes, flights, _notes) -> None:
            plane, made = self._fly(planes, flights)
            plane.delete()
            assert not flights.objects.filter(pk__in=[flight.pk for flight in made]).exists()

        self._do(go)

    def protect(self) -> None:
        from django.db.models import ProtectedError

        def go(planes, _flights, notes) -> None:
            plane = planes.objects.create(tail=self.token()[-20:])
            notes.objects.create(text="x", about=plane)
            try:
                plane.delete()
            except ProtectedError:
                return
            raise AssertionError("a row that is referred to was deleted")

        self._do(go)

    def empty(self) -> None:
        def go(planes, flights, _notes) -> None:
            plane, (first, _second) = self._fly(planes, flights)
            spare = planes.objects.create(tail="spare")
            flights.objects.filter(pk=first.pk).update(spare=spare)
            spare.delete()
            assert flights.objects.get(pk=first.pk).spare_id is None
            assert flights.objects.get(pk=first.pk).plane == plane

        self._do(go)

    def link(self) -> None:
        def go(planes, _flights, notes) -> None:
            first, second = (planes.objects.create(tail=tail) for tail in ("a", "b"))
            note = notes.objects.create(text="x")
            note.planes.set([first, second])
            assert set(note.planes.all()) == {first, second}
            assert list(first.notes.all()) == [note]
            first.delete()
            assert list(note.planes.all()) == [second]

        self._do(go)

    def delete_user(self) -> None:
        from django.contrib.auth.models import User

        def go(_planes, _flights, notes) -> None:
            user = User.objects.create(username=self.token())
            note = notes.objects.create(text="x", author=user)
            user.delete()
            assert notes.objects.get(pk=note.pk).author_id is None

        self._do(go)

    def _fly(self, planes, flights):
        plane = planes.objects.create(tail=self.token()[-20:])
        return plane, [flights.objects.create(number=number, plane=plane) for number in (1, 2)]

    def _do(self, go) -> None:
        """Do it in one snapshot; once more where a table was changed meanwhile, as every request does."""
        from django.db import DatabaseError

        from dynadmin.registry import registry, schema_moved_on

        for _attempt in range(20):
            with registry.in_use() as snapshot:
                try:
                    return go(*(snapshot.model_named(name) for name in ("planes", "flights", "notes")))
                except DatabaseError as error:
                    if not schema_moved_on(error):
                        raise
        raise AssertionError("the tables never stood still")


class Pages(Browser):
    """A person who looks at related rows in the admin, and a program at the API."""

    operations = ("list_flights", "change_plane", "ask_before_deletion", "list_api")

    def list_flights(self) -> None:
        self._get("/admin/tables/flights/?plane__isempty=0")

    def change_plane(self) -> None:
        self._get(f"/admin/tables/planes/{self._some_plane()}/change/", may_be_gone=True)

    def ask_before_deletion(self) -> None:
        self._get(f"/admin/tables/planes/{self._some_plane()}/delete/", may_be_gone=True)

    def list_api(self) -> None:
        self._get(f"/api/tables/{self.random.choice(('planes', 'flights', 'notes'))}/")

    def _some_plane(self) -> int:
        from dynadmin.registry import registry

        with registry.in_use() as snapshot:
            planes = snapshot.model_named("planes").objects.order_by("-pk").values_list("pk", flat=True)[:20]
            return self.random.choice([*planes, 1])


class Changer(Worker):
    """An analyst: columns, relations and whole tables come and go."""

    operations = ("column", "relation", "table")

    def _one(self, operation: str) -> None:
        super()._one(operation)
        time.sleep(PAUSE)

    def column(self) -> None:
        table = self._table(self.random.choice(("planes", "flights", "notes")))
        self._toggle(table, "remark", "char", {})

    def relation(self) -> None:
        from dynadmin.schema import target_of

        table, target = (
            self._table(name) for name in self.random.choice((("flights", "notes"), ("notes", "notes")))
        )
        slug = self.random.choice(("foreignkey", "manytomany"))
        name = f"{target.name}_{slug[:3]}"
        self._toggle(
            table, name, slug, {"target": target_of(target.pk), "related_name": f"of_{table.name}_{name}"}
        )

    def table(self) -> None:
        from dynadmin.models import DynamicField, DynamicModel
        from dynadmin.schema import target_of

        if others := DynamicModel.objects.filter(name__startswith="other"):
            others[0].retire()
            return
        other = DynamicModel.objects.create(name=f"other{time.monotonic_ns()}")
        options = {"target": target_of(self._table("planes").pk)}
        DynamicField.objects.create(model=other, name="plane", type="foreignkey", options=options)
        DynamicField.objects.create(
            model=other, name="parent", type="foreignkey", options={"target": target_of(other.pk)}
        )
        other.sync()

    def _table(self, name: str):
        from dynadmin.models import DynamicModel

        return DynamicModel.objects.get(name=name)

    def _toggle(self, table, name: str, slug: str, options: dict) -> None:
        from dynadmin.models import DynamicField

        if not table.fields.filter(name=name).delete()[0]:
            DynamicField.objects.create(model=table, name=name, type=slug, options=options, position=99)
        table.sync(allow_destructive=True)


class Replaced:
    """The classes that this process has replaced, as long as something holds them."""

    def __init__(self) -> None:
        self.references: list[weakref.ref] = []

    def note(self, *, snapshot, previous, **_kwargs) -> None:
        served = set(snapshot.models.values())
        for model in set(previous.models.values()) - served:
            self.references += map(weakref.ref, (model, *model.link_models.values()))

    def left(self) -> int:
        gc.collect()
        return sum(reference() is not None for reference in self.references)


ROLES = {"change": [Changer, Rows, Rows], "write": [Rows, Rows, Rows], "browse": [Pages, Pages, Rows]}


def main() -> None:
    arguments = parsed(ROLES)
    django.setup()
    from dynadmin.signals import revision_adopted

    replaced = Replaced()
    revision_adopted.connect(replaced.note)
    done = told(worked(ROLES, arguments))
    json.dump(done | {"replaced": len(replaced.references), "left": replaced.left()}, sys.stdout)


if __name__ == "__main__":
    main()
