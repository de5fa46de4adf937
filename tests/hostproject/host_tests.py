"""Tests of the host project, that make tables; each has to find the database as if it were the first."""

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import ProtectedError
from django.test import TransactionTestCase

from dynadmin.models import DynamicField, DynamicModel, SchemaRevision
from dynadmin.registry import registry

# Careless, as many are: this asks the project's own database, whose tables the process then knows.
assert DynamicModel.objects.get().django_model.objects.exists()


class TableTests(TransactionTestCase):
    def make_and_use(self):
        self.assertFalse(SchemaRevision.objects.exists())
        self.assertEqual(registry.newest.models, {})
        names = connection.introspection.table_names()
        self.assertEqual([name for name in names if name.startswith("dyn_t")], [])
        table = DynamicModel.objects.create(name="event", label="Event")
        options = {"target": "auth.User"}
        DynamicField.objects.create(model=table, name="host", type="foreignkey", options=options)
        table.sync()
        eve = User.objects.create_user("eve")
        table.django_model.objects.create(host=eve)
        with self.assertRaises(ProtectedError):
            eve.delete()

    test_first = test_second = make_and_use
