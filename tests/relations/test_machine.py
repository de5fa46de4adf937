"""Whatever graph of relations is made, changed and retired: both processes see what a plain model has."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.relations.answering import Other
from tests.relations.machine import Relations

# Some twenty seconds; STATEFUL_EXAMPLES=300 looks longer. Shorter cases of a failure are not looked for.
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "10"))
STEPS = int(os.environ.get("STATEFUL_STEPS", "30"))


def test_no_sequence_of_changes_to_relations_differs_from_the_plain_model(transactional_db):
    Relations.other = Other()
    try:
        run_state_machine_as_test(
            Relations,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                phases=[Phase.generate],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Relations.other.stop()
