"""Random sequences of everything one can do, against a plain model of what should come of it."""

import pytest

pytest.register_assert_rewrite("tests.stateful.game", "tests.stateful.machine", "tests.stateful.rows")
