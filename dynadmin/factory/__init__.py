"""From schema values to model classes. Pure: no query, no lock, no cache.

The same function makes the classes people work with and the ones DDL runs on, so that the two cannot differ:
the latter also have the columns of retired fields, which a remake of the table must not lose.
"""

from dynadmin.factory.fields import build_field, build_fields
from dynadmin.factory.models import build_link_model, build_models, model_factory
from dynadmin.factory.rows import Row
from dynadmin.factory.scratch import ScratchApps, is_installed
from dynadmin.takenover import APP_LABEL, TABLE_PREFIX, ordinary_models

__all__ = [
    "APP_LABEL",
    "TABLE_PREFIX",
    "Row",
    "ScratchApps",
    "build_field",
    "build_fields",
    "build_link_model",
    "build_models",
    "is_installed",
    "model_factory",
    "ordinary_models",
]
