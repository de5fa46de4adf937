"""What the tests of changes in the background start from."""

from contextlib import contextmanager

import pytest

from dynadmin.signals import change_progressed


@pytest.fixture
def everything_is_large(settings):
    """Tables of a few rows are changed as those of a million are."""
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0, "CHANGE_PATIENCE_S": 3}
    return settings.DYNADMIN


@pytest.fixture
def at_step():
    """Calls something at each step of a change, with the step's name: ``with at_step(function): ...``."""

    @contextmanager
    def listening(act):
        def receive(*, change, step, **kwargs):
            act(step)

        change_progressed.connect(receive, weak=False)
        try:
            yield
        finally:
            change_progressed.disconnect(receive)

    return listening
