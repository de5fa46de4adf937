"""Tables that refer to each other become models that do, together or one after the other."""

from tests.graduation.test_project import AGREE, CHECK, MIGRATE, files_of


def graduate(*names: str) -> str:
    return f'call_command("graduate", {", ".join(map(repr, names))}, app="shop")'


def test_relations_stay_what_they_were(project, new_database):
    together = graduate("flights", "planes", "airports")
    project.run(MIGRATE, "define_related", together)
    written = files_of(project)
    text = written["models.py"]

    # The migration can be written later than the classes, and other tables can follow before any is applied.
    (project.app / "migrations" / "0001_take_over_flights_planes_airports.py").unlink()
    project.run(together)
    assert files_of(project) == written
    project.run(graduate("legs"))

    project.run(CHECK, MIGRATE, CHECK, "use_related", 'call_command("check")', AGREE)
    project.run(graduate("trips"))
    project.run(CHECK, MIGRATE, CHECK, AGREE, "from shop.models import Trips", "Trips.objects.count()")

    assert "# tail: the value of planes.tail by plane" in text
    project.database = new_database()
    project.run(MIGRATE, CHECK, "use_related_new", AGREE)
