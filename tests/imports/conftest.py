"""A table, and files that are imported into it as a command or a worker does."""

from functools import partial

import pytest

from dynadmin.imports.files import open_file, take_in
from dynadmin.imports.ordering import start_import
from dynadmin.models import DynamicModel
from dynadmin.transfer.columns import match_columns
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.uploads import store_upload


@pytest.fixture(autouse=True)
def upload_dir(settings, tmp_path):
    settings.DYNADMIN = {**settings.DYNADMIN, "UPLOAD_DIR": str(tmp_path / "uploads")}
    return tmp_path / "uploads"


@pytest.fixture
def flights(tables) -> DynamicModel:
    return tables.make(
        "flights", carrier=("char", {"max_length": 2, "blank": False}), number="int", notes="text"
    )


@pytest.fixture
def ordered_into():
    """Return an import of a CSV text into a table that waits for a worker."""

    def ordered(table, text: str, *, key=(), user=None, name="flights.csv", **options):
        model = table.django_model
        upload = store_upload([text.encode()], name=name, user_id=None, model=model)
        job = take_in(upload, model=model, user=user)
        source = open_file(job)
        plan = match_columns(model, source.headers, key=key)
        assert start_import(job, model, source, plan, ImportOptions(**options))
        return job

    return ordered


@pytest.fixture
def ordered(flights, ordered_into):
    """Return an import of a CSV text into the flights."""
    return partial(ordered_into, flights)
