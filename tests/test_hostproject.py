"""dynadmin in a project of somebody else: made by startproject, told of dynadmin in three lines, and used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(__file__).parent / "hostproject"

BEHIND = "INSTALLED_APPS += dynadmin.APPS"
BEFORE = """INSTALLED_APPS = dynadmin.APPS + INSTALLED_APPS
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}"""
SETTINGS = """
import dynadmin

{apps}
MIDDLEWARE += ["dynadmin.middleware.SchemaRevisionMiddleware"]
ROOT_URLCONF = "tests.hostproject.urls"
"""


def run(project: Path, *arguments: str, script: str | None = None) -> str:
    """Run manage.py of the project; return what it printed. It must succeed without a warning."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DATABASE"))
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=project,
        env=environment | {"PYTHONPATH": str(ROOT)},
        input=(SCRIPTS / script).read_text() if script else None,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(params=[BEHIND, BEFORE], ids=["behind the admin", "before the admin, with a worker"])
def project(request, tmp_path) -> Path:
    """A new project with three more lines of settings."""
    subprocess.run(
        [sys.executable, "-m", "django", "startproject", "host", "."], cwd=tmp_path, check=True, timeout=60
    )
    with (tmp_path / "host" / "settings.py").open("a") as settings:
        settings.write(SETTINGS.format(apps=request.param))
    return tmp_path


def test_another_project_uses_tables_after_three_lines(project):
    assert "no issues" in run(project, "check")
    run(project, "migrate", "--verbosity=0")
    assert "No changes" in run(project, "makemigrations", "--check", "--dry-run")

    run(project, "shell", script="define.py")
    run(project, "shell", script="use.py")
    run(project, "shell", script="change.py")

    run(project, "syncdynamic", "--check")
    assert "No change was left behind." in run(project, "resumechanges")


def test_the_tests_of_another_project_make_tables_of_their_own(project):
    run(project, "migrate", "--verbosity=0")
    run(project, "shell", script="define.py")
    (project / "host" / "tests.py").write_text((SCRIPTS / "host_tests.py").read_text())

    assert "Ran 2 tests" in run(project, "test", "host")

    run(project, "syncdynamic", "--check")
