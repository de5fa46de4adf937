"""Kinds of somebody else: an abstract model of another app, with columns, a method and managers."""

from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models

from dynadmin.exceptions import NotApplied
from dynadmin.fieldtypes import field_types
from dynadmin.kinds import kinds
from dynadmin.kinds.columns import options_of
from dynadmin.models import DynamicField
from dynadmin.registry import registry
from tests.thirdparty.inspections import InspectionRow


@pytest.fixture
def inspection(tables):
    with kinds.register_temporarily("inspection", "Inspections", InspectionRow):
        yield tables.make("lift", of_kind="inspection", place="char")


def test_an_app_brings_a_kind_in_its_module_kinds(third_party, tables):
    assert apps.is_installed("tests.thirdparty")

    lift = tables.make("lift", of_kind="checkup", place="char")

    lift.django_model.objects.create(place="A", inspected_on="2024-01-31", faults=1)
    assert lift.django_model.objects.failed().count() == 1


def test_a_table_has_the_columns_methods_and_managers_of_a_hosts_kind(inspection):
    model = inspection.django_model
    row = model.objects.create(place="A", inspected_on="2024-01-31", faults=2)
    model.objects.create(place="B", inspected_on="2024-01-31")

    row.refresh_from_db()
    assert row.is_due(date(2025, 6, 1))
    assert [row.place for row in model.objects.failed()] == ["A"]
    assert model.recent.count() == 2
    assert model._default_manager.name == "objects"
    assert str(row) == "A"
    with pytest.raises(ValidationError, match="inspected"):
        model(place="C").full_clean()


def test_a_kind_of_a_host_survives_changes_of_the_table(inspection):
    DynamicField.objects.create(model=inspection, name="weight", type="int", position=9)
    inspection.sync()

    model = inspection.django_model
    model.objects.create(place="A", inspected_on="2024-01-31", faults=1, weight=3)

    assert model.objects.failed().get().weight == 3


def test_a_table_whose_kind_is_gone_is_not_served_and_harms_no_other(tables):
    with kinds.register_temporarily("inspection", "Inspections", InspectionRow):
        lift = tables.make("lift", of_kind="inspection", place="char")
    other = tables.make("other", note="char")
    registry.__init__()
    registry.refresh()

    assert other.django_model.objects.count() == 0
    with pytest.raises(NotApplied):
        lift.django_model  # noqa: B018
    with pytest.raises(ValidationError, match="inspection"):
        lift.sync()


def test_a_column_that_a_kind_gained_comes_when_the_definition_is_saved(tables):
    class Older(models.Model):
        faults = models.IntegerField(null=True)

        class Meta:
            abstract = True

    with kinds.register_temporarily("growing", "Growing", Older):
        lift = tables.make("lift", of_kind="growing", place="char")
        lift.django_model.objects.create(place="A", faults=3)

    class Newer(Older):
        grade = models.IntegerField(null=True)

        class Meta:
            abstract = True

    with kinds.register_temporarily("growing", "Growing", Newer):
        registry.__init__()
        registry.refresh()
        assert lift.django_model.objects.get().faults == 3

        lift.save()
        lift.sync()

        assert lift.django_model.objects.get().grade is None


class WithRelation(models.Model):
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)

    class Meta:
        abstract = True


class WithIndex(models.Model):
    owner = models.IntegerField()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["owner"], name="owner")]


class WithBadName(models.Model):
    objects_ = models.IntegerField()

    class Meta:
        abstract = True


class WithKey(models.Model):
    code = models.CharField(max_length=9, primary_key=True)

    class Meta:
        abstract = True


class WithTags(models.Model):
    tags = models.ManyToManyField("auth.Group")

    class Meta:
        abstract = True


class Concrete:
    pass


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        (WithRelation, "related_name"),
        (WithIndex, "db_index"),
        (WithBadName, "objects_"),
        (WithKey, "primary key"),
        (WithTags, "many-to-many"),
        (Concrete, "abstract"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_model_that_cannot_stand_behind_tables_is_refused(model, problem):
    with pytest.raises(ImproperlyConfigured, match=problem):
        kinds.register("bad", "Bad", model)
    assert "bad" not in kinds


def test_a_kind_cannot_take_the_name_of_another():
    with pytest.raises(ImproperlyConfigured, match="registered already"):
        kinds.register("event", "Events", InspectionRow)


@pytest.mark.parametrize("column", list(kinds["event"].columns.values()), ids=lambda c: c.name)
def test_the_options_of_a_column_are_as_the_form_of_options_writes_them(column):
    options = options_of(column)

    assert field_types["required"].clean_options(options) == options
