"""Runs a state machine the way all of them here are run."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run_machine(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    """Take so many random walks; STATEFUL_EXAMPLES=300 looks longer.

    Shorter cases of a failure are not looked for, as each takes seconds.
    """
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("STATEFUL_EXAMPLES", examples)),
            stateful_step_count=int(os.environ.get("STATEFUL_STEPS", steps)),
            deadline=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
