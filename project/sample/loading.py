"""Makes the sample tables as a person would: define, plan and apply, import the file."""

from dataclasses import asdict
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from dynadmin.acting import acting
from dynadmin.imports.summaries import summary_of
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry
from dynadmin.schema import target_of
from dynadmin.transfer import ImportResult, import_rows, match_columns, open_source
from dynadmin.transfer.references import Reference
from project.sample.definitions import FOLDER, SampleField, SampleTable


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
            result = import_file(table, model.django_model)
        is_loaded = result.is_saved
    finally:
        # Also when somebody interrupts: an empty table under this name would pass for a loaded one.
        if not is_loaded:
            model.retire()
    if author:
        log(model, table, result, author)
    if is_loaded:
        compute(table, author)
    return result


def import_file(table: SampleTable, model: type[Model]) -> ImportResult:
    """Import the file, whose columns may have other names than the fields."""
    source = open_source(table.path)
    names = {field.header: field.name for field in table.fields}
    plan = match_columns(
        model,
        source.headers,
        by_hand={position: names.get(header) for position, header in enumerate(source.headers)},
        references={field.name: Reference(by=field.by) for field in table.fields if field.to},
    )
    return import_rows(model, source, plan=plan)


def compute(table: SampleTable, author) -> None:
    """Add the fields that are computed, here and in tables that this one refers to."""
    for name, behind, field in table.computed:
        model = DynamicModel.objects.filter(name=name).first()
        place = model.fields.filter(name=behind).first() if model else None
        if place and not model.fields.filter(name=field.name).exists():
            add(model, field, position=place.position)
            model.sync(user=author)


def log(model: DynamicModel, table: SampleTable, result: ImportResult, author) -> None:
    """Let the home page and the history tell where the rows come from."""
    LogEntry.objects.create(
        user=author,
        content_type=ContentType.objects.get_for_model(model.django_model),
        object_repr=table.path.name,
        action_flag=ADDITION,
        change_message=summary_of(asdict(result.totals), table.path.name),
    )


@transaction.atomic
def define(table: SampleTable) -> DynamicModel:
    """Write the definition of a sample table, checked as the admin checks it. Raises ValidationError."""
    told = {"kind": table.kind} if table.kind else {}
    model = DynamicModel(
        name=table.name, label=table.label, description=table.description, folder=FOLDER, **told
    )
    model.full_clean()
    model.save()
    for position, field in enumerate(table.fields):
        add(model, field, position=position)
    model.set_display(table.display)
    model.save()
    return model


def add(model: DynamicModel, field: SampleField, *, position: int) -> None:
    """Add a field to a definition; one that the kind of the table has brought gets its label and place."""
    row = model.fields.filter(name=field.name).first() or DynamicField(
        model=model, name=field.name, type=field.type, options=options_of(field)
    )
    row.label, row.position = field.label, position
    row.full_clean()
    row.save()


def options_of(field: SampleField) -> dict[str, Any]:
    """Return the options of a field; the table that it refers to has an id by now."""
    if not field.to:
        return field.options
    return {**field.options, "target": target_of(DynamicModel.objects.get(name=field.to).pk)}
