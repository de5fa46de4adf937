"""Computed fields as expressions of a query: one for all rows, whatever their number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Round

from dynadmin.fieldtypes.computed import FUNCTIONS
from dynadmin.fieldtypes.fields.relations import condition_on

# The number and the sum of no rows are nought; an average, a lowest and a highest of none there are not.
NOUGHT_OF_NONE = frozenset({"count", "sum"})


@dataclass(frozen=True, kw_only=True)
class Computation:
    """How a computed field of a class is made.

    ``relation`` is a field of the class itself or of the one at the other end, ``rows`` the class at that
    end, ``source`` the name of the field there (``""``: the rows themselves), ``output`` what the values are
    like. A lookup has no ``function``.
    """

    relation: models.Field
    rows: type[models.Model]
    source: str
    output: models.Field
    function: str = ""
    limit: tuple[Mapping[str, Any], ...] = ()

    def expression(self) -> Any:
        """Return the expression, with those it is made of: that ends, as plans refuse circles."""
        return self._rollup() if self.function else self._lookup()

    def _lookup(self) -> Any:
        if self.source not in self.rows.computations:
            return F(f"{self.relation.name}__{self.source}")
        rows = annotated(self.rows._base_manager.all(), [self.source])
        return Subquery(rows.filter(pk=OuterRef(self.relation.attname)).values(self.source)[:1])

    def _rollup(self) -> Any:
        aggregate, _label = FUNCTIONS[self.function]
        rows = annotated(self.rows._base_manager.filter(self._conditions()), [self.source])
        rows = rows.filter(self._related()).order_by().annotate(_all=Value(1)).values("_all")
        # Rows themselves are counted in the index of the relation alone.
        made = aggregate(self.source or "*")
        if self.function in {"sum", "average"} and isinstance(self.output, models.DecimalField):
            # SQLite adds decimals up as floating point numbers.
            made = Round(made, precision=self.output.decimal_places, output_field=self.output)
        whole = Subquery(rows.annotate(_whole=made).values("_whole"), output_field=self.output)
        if self.function not in NOUGHT_OF_NONE:
            return whole
        return Coalesce(whole, Value(0, output_field=self.output))

    def _related(self) -> Q:
        """Return the condition on rows that they are related to the row outside."""
        if not self.relation.many_to_many:
            return Q(**{self.relation.name: OuterRef("pk")})
        links, here, there = self.relation.remote_field.through._base_manager, "target", "source"
        if self.relation.remote_field.model is self.rows:  # the row's own links, also to its own table
            here, there = there, here
        ids = links.filter(**{here: OuterRef(OuterRef("pk"))}).values(there)
        return Q(pk__in=ids)

    def _conditions(self) -> Q:
        by_id = {
            field.field_id: field for field in self.rows._meta.concrete_fields if hasattr(field, "field_id")
        }
        conditions = Q()
        for condition in self.limit:
            field = by_id.get(condition["field"])
            conditions &= Q(pk__in=()) if field is None else condition_on(field, condition)
        return conditions


def annotated(rows: QuerySet, names: Iterable[str]) -> QuerySet:
    """Return the rows with those of the names that are computed."""
    model: Any = rows.model
    computations = getattr(model, "computations", {})
    wanted = [name for name in names if name in computations]
    made = model.derived.setdefault("expressions", {}) if wanted else {}
    for name in wanted:
        if name not in made:
            made[name] = model.computations[name].expression()
    return rows.annotate(**{name: made[name] for name in wanted}) if wanted else rows
