"""Makes the sample tables as a person would: define, plan and apply, import the file."""

from django.db import transaction

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer import ImportResult, import_rows, open_source
from project.sample.definitions import FOLDER, SampleTable


def load(table: SampleTable) -> ImportResult:
    """Define a sample table, apply it and import its rows; after a failure there is no such table.

    Raises what these steps raise: ValidationError, PlanError, TransferError.
    """
    model = define(table)
    is_loaded = False
    try:
        model.sync()
        with registry.in_use():
            result = import_rows(model.django_model, open_source(table.path))
        is_loaded = result.is_saved
    finally:
        # Also when somebody interrupts: an empty table under this name would pass for a loaded one.
        if not is_loaded:
            model.retire()
    return result


@transaction.atomic
def define(table: SampleTable) -> DynamicModel:
    """Write the definition of a sample table, checked as the admin checks it. Raises ValidationError."""
    model = DynamicModel(name=table.name, label=table.label, description=table.description, folder=FOLDER)
    model.full_clean()
    model.save()
    for position, field in enumerate(table.fields):
        row = DynamicField(
            model=model,
            name=field.name,
            label=field.label,
            type=field.type,
            options=field.options,
            position=position,
        )
        row.full_clean()
        row.save()
    return model
