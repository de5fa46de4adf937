"""The settings of the tests, as an installation in use has them."""

from tests.settings import *  # noqa: F403

DEBUG = False
ROOT_URLCONF = "tests.bench.urls"
