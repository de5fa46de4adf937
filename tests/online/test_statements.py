"""What Django would run, put so that it keeps nobody from writing."""

import pytest

from dynadmin.executor.online.builds import Build, Check
from dynadmin.executor.online.indexes import parts_of_statement

STATEMENTS = {
    "unique": (
        'ALTER TABLE "dyn_t1" ADD CONSTRAINT "u" UNIQUE ("c1", "c2")',
        (
            Build,
            "u",
            'CREATE UNIQUE INDEX CONCURRENTLY "x" ON dyn_t1 ("c1", "c2")',
            'ALTER TABLE dyn_t1 ADD CONSTRAINT "u" UNIQUE USING INDEX "x"',
        ),
    ),
    "index": (
        'CREATE INDEX "i" ON "dyn_t1" ("c1" varchar_pattern_ops)',
        (
            Build,
            "i",
            'CREATE INDEX CONCURRENTLY "x" ON dyn_t1 ("c1" varchar_pattern_ops)',
            'ALTER INDEX "x" RENAME TO "i"',
        ),
    ),
    "check": (
        'ALTER TABLE "dyn_t1" ADD CONSTRAINT "k" CHECK ("c1" >= 0)',
        (
            Check,
            "k",
            'ALTER TABLE dyn_t1 ADD CONSTRAINT "x" CHECK ("c1" >= 0) NOT VALID',
            'ALTER TABLE dyn_t1 RENAME CONSTRAINT "x" TO "k"',
        ),
    ),
    "foreign key": (
        'ALTER TABLE "dyn_t1" ADD CONSTRAINT "f" FOREIGN KEY ("c1") REFERENCES "dyn_t2" ("id") '
        "DEFERRABLE INITIALLY DEFERRED",
        (
            Check,
            "f",
            'ALTER TABLE dyn_t1 ADD CONSTRAINT "x" FOREIGN KEY ("c1") REFERENCES "dyn_t2" ("id") '
            "DEFERRABLE INITIALLY DEFERRED NOT VALID",
            'ALTER TABLE dyn_t1 RENAME CONSTRAINT "x" TO "f"',
        ),
    ),
    "something else": ('ALTER TABLE "dyn_t1" ALTER COLUMN "c1" DROP DEFAULT', None),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_put_otherwise(name):
    statement, expected = STATEMENTS[name]
    assert parts_of_statement(statement, "dyn_t1", "x", set()) == expected


def test_a_check_of_a_column_that_is_still_filled_has_to_wait():
    statement, _expected = STATEMENTS["check"]
    assert parts_of_statement(statement, "dyn_t1", "x", {"c1"}) is None
