"""Many tables at once, and nothing left of them."""

from dynadmin.models import DynamicField, DynamicModel, sync_all

# Twenty fields, of the kinds that tables have most.
FIELDS = [
    *((f"name_{n}", "char", {"max_length": 40}) for n in range(6)),
    *((f"count_{n}", "int", {}) for n in range(6)),
    *((f"amount_{n}", "decimal", {"max_digits": 12, "decimal_places": 2}) for n in range(3)),
    ("is_open", "bool", {}),
    ("opened_on", "date", {}),
    ("seen_at", "datetime", {}),
    ("remark", "text", {}),
    ("kind", "choice", {"choices": [{"value": word, "label": word} for word in ("one", "two", "three")]}),
]


def make_tables(numbers: range) -> None:
    """Define and apply tables of twenty fields, called table_0 and so on, all in one revision."""
    models = DynamicModel.objects.bulk_create(
        DynamicModel(name=f"table_{n}", label=f"Table {n}", folder=f"Folder {n % 10}") for n in numbers
    )
    DynamicField.objects.bulk_create(
        DynamicField(model=model, name=name, label=name, type=type, options=options, position=position)
        for model in models
        for position, (name, type, options) in enumerate(FIELDS)
    )
    sync_all()
