"""A change in the background tells no value of a row, and calls nothing that belongs to those who write."""

import pytest
from django.db import IntegrityError, connection
from django.utils import translation

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import Obstructed
from dynadmin.models import resume_change
from tests.online.support import rows_of
from tests.online.test_interruptions import ROWS, convert, make

pytestmark = pytest.mark.usefixtures("everything_is_large")


def test_what_was_agreed_to_in_one_language_is_agreed_to_in_that_of_the_worker(tables):
    table = make(tables)
    table.django_model.objects.filter(pk=table.django_model.objects.first().pk).update(note="no address")
    table.fields.filter(name="note").update(type="email", options={"null": True, "blank": True})
    with translation.override("de"):
        change = table.sync(on_failure={"note": "empty"}, in_background=True)

    resume_change(change)

    assert SchemaChange.objects.get().state == "done"
    assert {row["note"] for row in rows_of(table)} == {None}


def test_the_record_of_a_change_has_no_value_of_a_row(tables, at_step):
    table = make(tables)
    model = table.django_model
    first, second = model.objects.order_by("pk")[:2]

    def write(step):
        if step == "expand":
            model.objects.filter(pk=first.pk).update(size="31337")
            model.objects.filter(pk=second.pk).update(size="31337")

    with at_step(write), pytest.raises(Obstructed, match="unique"):
        convert(table)

    error = SchemaChange.objects.get().error
    assert "31337" not in error
    assert f"{first.pk} = {second.pk}" in error


def test_an_error_nobody_foresaw_is_told_without_the_values_in_it(tables, at_step):
    table = make(tables)

    def fail(step):
        if step == "fill":
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMPORARY TABLE once (secret text UNIQUE)")
                cursor.execute("INSERT INTO once VALUES ('31337'), ('31337')")

    with at_step(fail), pytest.raises(IntegrityError):
        convert(table)

    assert "An error stopped it: " in SchemaChange.objects.get().error
    assert "31337" not in SchemaChange.objects.get().error


EVIL = """
    CREATE SCHEMA evil;
    CREATE FUNCTION evil.equal(text, text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'evil was called'; END $$;
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.equal);
    SET search_path = evil, pg_catalog, public
"""


@pytest.mark.only_on("postgresql")
def test_what_notes_the_writes_of_others_calls_nothing_of_theirs(tables, at_step):
    table = make(tables)
    row = table.django_model.objects.last()

    def write(step):
        if step == "fill":
            with connection.cursor() as cursor:
                cursor.execute(EVIL)
                try:
                    row.delete()
                finally:
                    cursor.execute("SET search_path = DEFAULT; DROP SCHEMA evil CASCADE")

    with at_step(write):
        convert(table)

    assert table.django_model.objects.count() == ROWS - 1
