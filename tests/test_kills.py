"""A process killed at any point of a schema change leaves all of it or nothing, and no row is lost.

``TORTURE_SECONDS=600 pytest tests/test_kills.py`` kills some hundreds of times.
"""

import json
import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User

from dynadmin.registry import registry
from tests.support import process_environment
from tests.test_workers import finish, start

SECONDS = float(os.environ.get("TORTURE_SECONDS", "8"))
SEED = int(os.environ.get("TORTURE_SEED", "1"))
NUMBERS = 300


@pytest.fixture
def ledger(tables):
    User.objects.create_superuser("torturer", "torturer@example.com", "secret")
    numbers = tables.make("numbers", number="int").django_model
    numbers.objects.bulk_create(numbers(number=number) for number in range(NUMBERS))
    fields = {"token": ("char", {"max_length": 80}), "kept": ("int", {"default": 0, "null": False})}
    return tables.make("ledger", label="Ledger", note="text", **fields)


def test_kills_leave_no_half_change_and_lose_no_row(ledger, capsys):
    command = [sys.executable, "-m", "tests.killing", f"--seconds={SECONDS}", f"--seed={SEED}"]
    # Tables of a few hundred rows are changed in the background, where the engine has that.
    environment = process_environment() | {"TEST_DYNADMIN": json.dumps({"ONLINE_ROWS": 100})}
    killer = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
    results = [finish(worker) for worker in [start(role, seed=SEED) for role in ("write", "browse", "mixed")]]
    output, _nothing = killer.communicate(timeout=SECONDS + 120)
    found = json.loads(output)
    with capsys.disabled():
        counts = " survived {kills} kills, {with_changes} after changes, {resumed} resumed: "
        sys.stdout.write(counts.format(**found))

    assert killer.returncode == 0
    assert found["troubles"] == []
    assert found["kills"] > 3
    assert [error for result in results for error in result["errors"]] == []
    registry.refresh()
    acknowledged = [token for result in results for token in result["tokens"]]
    assert sorted(ledger.django_model.objects.values_list("token", flat=True)) == sorted(acknowledged)
    numbers = registry.newest.model_named("numbers").objects.order_by("pk").values_list("number", flat=True)
    assert [int(number) for number in numbers] == list(range(NUMBERS))
