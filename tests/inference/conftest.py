"""What the tests of inference share."""

import csv

import pytest

from dynadmin.inference import infer
from dynadmin.transfer import open_source


@pytest.fixture
def propose(tmp_path):
    """Return the proposal for one column of these texts."""

    def propose(texts, header="column", **arguments):
        path = tmp_path / "column.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            # A second column, as a row of one empty cell would be no row.
            csv.writer(file).writerows([[header, "row"], *([text, "x"] for text in texts)])
        return infer(open_source(path, encoding="utf-8", delimiter=","), **arguments).columns[0]

    return propose
