"""What every class of rows has."""

from typing import Any, ClassVar

from django.db import models

from dynadmin.computed import Computation, RowManager
from dynadmin.displays import text_of
from dynadmin.rowhistory.rows import NotedRow
from dynadmin.schema import TableSchema

MODULE = "dynadmin.tables.models"  # constant, so that no two classes of one name can be in conflict


class Row(NotedRow):
    """One row of an analyst's table: the base of every class made at run time.

    ``table_schema`` is the definition the class was made from. ``derived`` is a place for what the interfaces
    make of the class once (its admin, its serializer): a changed table is a new class, so it cannot go stale.
    ``link_models`` are the classes of the tables that hold its links, by the id of the field;
    ``computations`` say by the name of a field how it is computed from related rows.
    """

    table_schema: ClassVar[TableSchema]
    derived: ClassVar[dict[str, Any]]
    link_models: ClassVar[dict[int, type[models.Model]]]
    computations: ClassVar[dict[str, Computation]]

    id = models.BigAutoField(primary_key=True, verbose_name="ID")

    objects = RowManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return text_of(self)
