"""Tables that refer to each other become models that do, together or one after the other."""

from tests.graduation.test_project import AGREE, CHECK, MIGRATE


def graduate(*names: str) -> str:
    return f'call_command("graduate", {", ".join(map(repr, names))}, app="shop")'


def test_relations_stay_what_they_were(project, new_database):
    together = graduate("flights", "planes", "airports")
    project.run(MIGRATE, "define_related", together)
    text = (project.app / "models.py").read_text()

    project.run(CHECK, MIGRATE, CHECK, "use_related", 'call_command("check")', AGREE)
    project.run(graduate("trips"))
    project.run(CHECK, MIGRATE, CHECK, AGREE, "from shop.models import Trips", "Trips.objects.count()")

    assert "# tail: the value of planes.tail by plane" in text
    project.database = new_database()
    project.run(MIGRATE, CHECK, "use_related_new", AGREE)
