"""Whatever is done in whatever order, the program does what the plain model of it does."""

from tests.stateful.machine import Database
from tests.stateful.running import run_machine


def test_no_sequence_of_changes_and_rows_differs_from_the_plain_model(transactional_db):
    run_machine(Database, examples=20, steps=40)  # half a minute
