"""Makes the sample tables as a person would: define, plan and apply, import the file."""

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from dynadmin.acting import acting
from dynadmin.admin.transfer.previews import summary
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer import ImportResult, import_rows, open_source
from project.sample.definitions import FOLDER, SampleTable


def load(table: SampleTable) -> ImportResult:
    """Define a sample table, apply it and import its rows; after a failure there is no such table.

    Raises what these steps raise: ValidationError, PlanError, TransferError.
    """
    model = define(table)
    author = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
    is_loaded = False
    try:
        model.sync(user=author)
        with registry.in_use(), acting(author):
            result = import_rows(model.django_model, open_source(table.path))
        is_loaded = result.is_saved
    finally:
        # Also when somebody interrupts: an empty table under this name would pass for a loaded one.
        if not is_loaded:
            model.retire()
    if author:
        log(model, table, result, author)
    return result


def log(model: DynamicModel, table: SampleTable, result: ImportResult, author) -> None:
    """Let the home page and the history tell where the rows come from."""
    LogEntry.objects.create(
        user=author,
        content_type=ContentType.objects.get_for_model(model.django_model),
        object_repr=table.path.name,
        action_flag=ADDITION,
        change_message=summary(result, table.path.name),
    )


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
