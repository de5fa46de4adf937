"""What the tests of transfer share."""

from pathlib import Path

import pytest

from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.exporter import export_rows


@pytest.fixture
def write(tmp_path):
    """Write a file of the given content, text or bytes, and return its path."""

    def write(content: str | bytes, name: str = "rows.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def load(write):
    """Import a file of the given content into a model; arguments are those of import_rows."""

    def load(model, content, name="rows.csv", **arguments):
        return import_rows(model, open_source(write(content, name)), **arguments)

    return load


@pytest.fixture
def dump(tmp_path):
    """Export a queryset and return the path of the file."""

    def dump(queryset, format="csv", **arguments) -> Path:
        path = tmp_path / f"export.{format}"
        path.write_bytes(b"".join(export_rows(queryset, format=format, **arguments)))
        return path

    return dump
