"""Relations between tables, alone and in random sequences of changes."""

import pytest

pytest.register_assert_rewrite(
    "tests.relations.game", "tests.relations.rows", "tests.relations.machine", "tests.relations.tables"
)
