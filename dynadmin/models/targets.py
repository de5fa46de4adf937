"""The tables that relations may refer to: all that have a definition, applied or not."""

from collections.abc import Iterator

from django.apps import apps

from dynadmin.fieldtypes.relations import offer_targets
from dynadmin.schema import target_of


@offer_targets
def offer_tables() -> Iterator[tuple[str, str]]:
    """Yield tables as an option names them, and as people read them."""
    for table in apps.get_model("dynadmin", "DynamicModel").objects.order_by("label", "name"):
        yield target_of(table.pk), str(table)
