"""The tests of a host project, and its migrations, where tables refer to its models."""

import unittest

from django.contrib.auth.models import User
from django.db import connection, models
from django.test import TransactionTestCase

from dynadmin.executor.drift import find_current_drift
from dynadmin.executor.emptying import tables_in_database
from dynadmin.models import DynamicField, DynamicModel, SchemaRevision, sync_all
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.relations.fleet import to
from tests.staticapp.models import Maker


class HostTests(TransactionTestCase):
    """Two tests that each make the same tables: what one leaves would be in the way of the other."""

    __test__ = False  # run below, where what they leave is looked at

    def make_tables(self):
        planes = DynamicModel.objects.create(name="planes", label="Planes")
        flights = DynamicModel.objects.create(name="flights", label="Flights")
        relations = [(planes, "auth.User"), (flights, target_of(planes.pk)), (planes, target_of(flights.pk))]
        for number, (table, target) in enumerate(relations):
            options = {"target": target, "related_name": "+"}
            DynamicField.objects.create(model=table, name=f"f{number}", type="foreignkey", options=options)
        sync_all([planes, flights])
        user = User.objects.create_user("ada")
        plane = planes.django_model.objects.create(f0=user)
        plane.f2 = flights.django_model.objects.create(f1=plane)
        plane.save()

    test_first = test_second = make_tables


def run_host_tests() -> unittest.TestResult:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(HostTests).run(result)
    return result


def test_a_transaction_test_case_may_make_tables_that_refer_to_users(transactional_db):
    result = run_host_tests()

    assert (result.testsRun, result.errors, result.failures) == (2, [], [])
    assert tables_in_database() == []
    assert registry.newest.models == {}
    assert not SchemaRevision.objects.exists()


def test_a_migration_alters_a_model_that_rows_refer_to(tables, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "RELATION_TARGETS": ["staticapp.Maker"]}
    things = tables.make("things", maker=to("staticapp.Maker"))
    maker = Maker.objects.create(name="Boeing")
    thing = things.django_model.objects.create(maker=maker)
    old, new = Maker._meta.get_field("name"), models.CharField(max_length=60)
    new.set_attributes_from_name("name")

    try:
        with connection.schema_editor() as editor:
            editor.alter_field(Maker, old, new)

        assert things.django_model.objects.get(maker__name="Boeing") == thing
        assert find_current_drift() == []
        assert [f for f in foreign_keys(f"dyn_t{things.pk}") if f == "staticapp_maker"]
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Maker, new, old)


def foreign_keys(table):
    """Return the names of tables that a table refers to in the database."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    return [constraint["foreign_key"][0] for constraint in found if constraint["foreign_key"]]
