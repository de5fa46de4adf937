"""The project's settings on the database that the tests run on.

pytest-django reads the settings before any conftest.py, so the choice of the engine is made here.
"""

from tests import servers

servers.choose_database()

from project.settings import *  # noqa: E402, F403
from project.settings import DATABASES, INSTALLED_APPS  # noqa: E402

# Threads and processes meet in the tests: an SQLite database in memory would be seen by one connection only.
DATABASES["default"]["TEST"] = servers.test_database(DATABASES["default"])
# Threads of a test end with it; a connection kept for their next request would be left open.
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Ordinary models, to test and measure with.
# Tests count columns; those of kinds say which they mean.
DYNADMIN = {"DEFAULT_KIND": "plain"}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.staticapp"]
