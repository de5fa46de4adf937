"""Whatever graph of relations is made, changed and retired: both processes see what a plain model has."""

from tests.relations.answering import Other
from tests.relations.machine import Relations
from tests.stateful.running import run_machine


def test_no_sequence_of_changes_to_relations_differs_from_the_plain_model(transactional_db):
    Relations.other = Other()
    try:
        run_machine(Relations, examples=4, steps=30)  # some ten seconds
    finally:
        Relations.other.stop()
