"""A table becomes a model of an app in a project of its own: rows, rules, grants and history, no copy."""

import re

GRADUATE = 'call_command("graduate", "flights", app="shop", model="Flight")'
MIGRATE = 'call_command("migrate", verbosity=0)'
CHECK = 'call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)'
AGREE = 'call_command("syncdynamic", check=True)'


def files_of(project) -> dict[str, str]:
    """Return the Python files of the app, by name, without the time at which a migration was written."""
    texts = {path.name: path.read_text() for path in project.app.rglob("*.py")}
    return {name: re.sub("^# Generated .*", "", text) for name, text in texts.items()}


def test_a_table_becomes_a_model_as_it_is(project, new_database):
    project.run(MIGRATE, "define", GRADUATE)
    written = files_of(project)

    # A process that stopped between the two files is followed by one that writes the second.
    (project.app / "migrations" / "0001_take_over_flight.py").unlink()
    project.run(GRADUATE)
    assert files_of(project) == written

    printed = project.run(GRADUATE, CHECK, MIGRATE, CHECK, "use", 'call_command("check")', AGREE)
    assert "Hand it over: manage.py migrate shop" in printed

    # From now on it is a model like any other.
    models = project.app / "models.py"
    models.write_text(models.read_text().replace("max_length=9", "max_length=10"))
    project.run('call_command("makemigrations", verbosity=0)')
    project.run(MIGRATE, CHECK, "changed")

    # A database that never had the table gets an empty one.
    project.database = new_database()
    project.run(MIGRATE, CHECK, "use_new", AGREE)
