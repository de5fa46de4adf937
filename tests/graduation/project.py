"""A project of somebody else, with an app that tables graduate into, on a database of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.core.management import call_command

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

SETTINGS = """
import json
import os

import dynadmin

INSTALLED_APPS += [*dynadmin.APPS, "shop"]
MIDDLEWARE += ["dynadmin.middleware.SchemaRevisionMiddleware"]
ROOT_URLCONF = "tests.hostproject.urls"
DATABASES = {"default": json.loads(os.environ["PROJECT_DATABASE"])}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = "media"
"""


class Project:
    """A project in a directory. ``database`` is the settings of the one it is on."""

    def __init__(self, path: Path, database: dict) -> None:
        self.path = path
        self.database = database
        self.app = path / "shop"
        call_command("startproject", "host", str(path))
        with (path / "host" / "settings.py").open("a") as settings:
            settings.write(SETTINGS)
        self.app.mkdir()
        call_command("startapp", "shop", str(self.app))

    def run(self, *scripts: str) -> str:
        """Run scripts, one after the other, in one new process; return what they printed.

        A script is the name of a file here, or a line of Python that may call ``call_command``.
        """
        texts = [(HERE / f"{name}.py").read_text() if name.isidentifier() else name for name in scripts]
        done = subprocess.run(
            [sys.executable, "-W", "error", "manage.py", "shell", "--no-imports"],
            cwd=self.path,
            env=clean_environment() | {"PROJECT_DATABASE": json.dumps(self.database)},
            input="\n".join(["from django.core.management import CommandError, call_command", *texts]),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what it says of Django."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("DJANGO", "DATABASE", "COVERAGE"))}
    return kept | {"PYTHONPATH": str(ROOT)}
