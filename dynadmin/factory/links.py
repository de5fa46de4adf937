"""The classes of the tables that hold links."""

from django.apps.registry import Apps
from django.db import models

from dynadmin.factory.rows import MODULE, Row
from dynadmin.rowhistory.rows import NotedManager, NotedRow
from dynadmin.schema import FieldSchema
from dynadmin.takenover import APP_LABEL


def link_model(field: FieldSchema, owner: type[Row], *, apps: Apps) -> type[models.Model]:
    """Return the class of the table that holds a field's links, as Django makes one for ManyToManyField."""
    meta = {
        "app_label": APP_LABEL,
        "apps": apps,
        "auto_created": owner,
        "base_manager_name": "_noted",
        "default_manager_name": "objects",
        "db_table": field.link_table,
        "unique_together": ("source", "target"),
        "verbose_name": f"{field.label or field.name} link",
        "verbose_name_plural": field.label or field.name,
    }
    attrs = {
        "__module__": MODULE,
        "__qualname__": field.link_class,
        "Meta": type("Meta", (), meta),
        "objects": NotedManager(),
        "id": models.BigAutoField(primary_key=True),
        "source": _link_to(f"{APP_LABEL}.{owner.__name__}", field, "source"),
        "target": _link_to(field.target, field, "target"),
    }
    return type(field.link_class, (NotedRow,), attrs)


def _link_to(label: str, field: FieldSchema, end: str) -> models.ForeignKey:
    return models.ForeignKey(label, on_delete=models.CASCADE, related_name=f"m{field.id:d}_{end}+")
