"""Whatever is done in whatever order, the program does what the plain model of it does."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import Database

# Half a minute; STATEFUL_EXAMPLES=300 looks longer. Shorter cases of a failure are not looked for, as each
# takes seconds.
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "20"))
STEPS = int(os.environ.get("STATEFUL_STEPS", "40"))


def test_no_sequence_of_changes_and_rows_differs_from_the_plain_model(transactional_db):
    run_state_machine_as_test(
        Database,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
