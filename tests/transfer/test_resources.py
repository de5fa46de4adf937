"""The resources behave as django-import-export's users expect, on the fast path."""

import pytest
from import_export.results import RowResult
from tablib import Dataset

from dynadmin.exceptions import BadFile
from dynadmin.transfer import open_source
from dynadmin.transfer.resources import RowResource, resource_factory
from tests.staticapp.models import Item

pytestmark = pytest.mark.django_db


def test_all_columns_are_there_by_name():
    resource = resource_factory(Item)()

    assert resource.get_export_headers() == [field.name for field in Item._meta.concrete_fields]


def test_the_result_is_the_librarys_with_true_totals(write):
    Item.objects.create(code="A", label="old")
    pk = Item.objects.get().pk
    source = open_source(write(f"id,code,label\n{pk},A,new\n,B,x\n,{'x' * 11},y\n"))

    result = resource_factory(Item)().import_data(source, dry_run=True)

    assert result.totals[RowResult.IMPORT_TYPE_NEW] == 1
    assert result.totals[RowResult.IMPORT_TYPE_UPDATE] == 1
    assert result.totals[RowResult.IMPORT_TYPE_INVALID] == 1
    assert result.total_rows == 3
    assert result.has_validation_errors()
    assert list(result.invalid_rows[0].field_specific_errors) == ["code"]
    assert [row.import_type for row in result.valid_rows()] == ["new", "update"]


def test_the_fields_of_meta_are_the_columns_and_its_ids_the_key(write):
    class Labels(RowResource):
        class Meta:
            model = Item
            fields = ("code", "label")
            import_id_fields = ("code",)

    Item.objects.create(code="A", label="old", note="kept")

    result = Labels().import_data(open_source(write("code,label,note\nA,new,lost\n")))

    assert result.totals[RowResult.IMPORT_TYPE_UPDATE] == 1
    assert Item.objects.values_list("label", "note").get() == ("new", "kept")


def test_a_hook_for_single_rows_is_called(write):
    class Shouting(RowResource):
        class Meta:
            model = Item
            fields = ("id", "code", "label")

        def before_import_row(self, row, **kwargs):
            row["label"] = row["label"].upper()

    result = Shouting().import_data(open_source(write("code,label\nA,quiet\n")))

    assert not result.has_errors()
    assert Item.objects.get().label == "QUIET"
    assert result.outcome.totals.created == 1
    assert result.outcome.is_saved


def test_rows_of_a_resource_with_hooks_are_all_imported_or_none(write):
    class Hooked(RowResource):
        class Meta:
            model = Item
            fields = ("id", "code", "count")

        def after_save_instance(self, instance, row, **kwargs):
            pass

    result = Hooked().import_data(open_source(write("code,count\nA,1\nB,x\n")))

    assert result.outcome.totals.refused == 1
    assert not result.outcome.is_saved
    assert not Item.objects.exists()


def test_without_a_key_no_row_is_changed_by_its_number(write):
    class Hooked(RowResource):
        class Meta:
            model = Item
            fields = ("id", "code")

        def before_import_row(self, row, **kwargs):
            pass

    pk = Item.objects.create(code="A").pk
    source = open_source(write(f"id,code\n{pk},B\n"))
    resource = Hooked()

    resource.import_data(source, plan=resource.plan_for(source, key=()))

    assert sorted(Item.objects.values_list("code", flat=True)) == ["A", "B"]


def test_a_dataset_of_the_library_is_imported_by_the_library():
    result = resource_factory(Item)().import_data(Dataset(["A"], headers=["code"]))

    assert result.totals[RowResult.IMPORT_TYPE_NEW] == 1


def test_a_file_that_cannot_be_read_is_an_error_of_the_whole(write):
    source = open_source(write('code,label\nA,"open\n'))
    resource = resource_factory(Item)()

    assert resource.import_data(source).has_errors()
    with pytest.raises(BadFile):
        resource.import_data(source, raise_errors=True)
