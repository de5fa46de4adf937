"""The tests' settings for a process of its own that works on the database of a running test."""

import json
import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, INSTALLED_APPS

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]
DYNADMIN = {"DEFAULT_KIND": "plain"} | json.loads(os.environ.get("TEST_DYNADMIN", "{}"))
INSTALLED_APPS = [*INSTALLED_APPS, *filter(None, os.environ.get("TEST_APPS", "").split(","))]
