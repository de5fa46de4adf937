"""Where the definitions differ from the revision in force: the kinds of drift that need to know drafts."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift import Drift, Kind, State, register
from dynadmin.models.constraints import DynamicConstraint
from dynadmin.models.definitions import DynamicField, DynamicModel
from dynadmin.models.drafting import write_definitions
from dynadmin.naming import label_from
from dynadmin.plan import make_plan
from dynadmin.schema import TableSchema


def _definitions(state: State) -> Any:
    definitions = DynamicModel.objects.order_by("pk")
    return definitions if state.only is None else definitions.filter(pk__in=state.only)


@register
class MissingDefinition(Kind):
    id = "dynadmin.W161"
    title = gettext_lazy("A table has no definition any more.")
    hint = gettext_lazy(
        "--repair writes the definition as the table is. If the table is to go, syncdynamic "
        "--allow-destructive retires it instead."
    )

    def find(self, state: State) -> Iterator[Drift]:
        defined = set(_definitions(state).values_list("pk", flat=True))
        for table in state.tables:
            if not table.retired and table.id not in defined:
                words = {"table": table.label or table.name}
                what = _("Table “%(table)s” has no definition, so that nobody can change it.") % words
                yield self.drift(table, what, partial(_write, table))


def _write(table: TableSchema, editor, state: State) -> None:
    write_definitions([table])


@register
class NotApplied(Kind):
    id = "dynadmin.I162"
    title = gettext_lazy("A definition says what is not in force.")
    hint = gettext_lazy("It is somebody's draft: apply it or revert it. --repair leaves it alone.")
    is_note = True

    def find(self, state: State) -> Iterator[Drift]:
        for definition in _differing(state):
            try:
                plan = make_plan(state.schema, wanted=[definition.to_schema()])
            except ValidationError as error:
                words = {"table": str(definition), "why": " ".join(error.messages)}
                what = _("Not applied: the definition of “%(table)s” is not valid: %(why)s")
                yield self.drift(str(definition), what % words)
                continue
            for words in plan.descriptions:
                yield self.drift(str(definition), _("Not applied: %(words)s") % {"words": words})


def _differing(state: State) -> Iterator[DynamicModel]:
    """Yield the definitions that are not, word by word, what is in force: only these are worth a plan."""
    fields, rules = _fields(), _rules()
    differing = []
    for definition in _definitions(state):
        table = state.schema.tables.get(definition.pk)
        drafted = (
            _told(definition, label=str(definition)),
            fields.get(definition.pk, []),
            rules.get(definition.pk, []),
        )
        if table is None or table.retired or _in_force(table) != drafted:
            differing.append(definition.pk)
    yield from _definitions(state).filter(pk__in=differing).prefetch_related("fields", "constraints")


def _in_force(table: TableSchema) -> tuple:
    return (
        _told(table, label=table.label),
        [(f.id, f.name, f.label, f.type, dict(f.options)) for f in table.live_fields],
        [(r.id, r.kind, r.label, list(r.fields), dict(r.rule)) for r in table.constraints],
    )


def _told(said: DynamicModel | TableSchema, *, label: str) -> tuple:
    others = said.description, said.folder, said.kind, said.keeps_history
    return said.name, label, *others, list(said.display)


def _fields() -> dict[int, list[tuple]]:
    fields: dict[int, list[tuple]] = {}
    rows = DynamicField.objects.order_by("position", "pk")
    for table, pk, name, label, *rest in rows.values_list("model", "pk", "name", "label", "type", "options"):
        fields.setdefault(table, []).append((pk, name, label or label_from(name), *rest))
    return fields


def _rules() -> dict[int, list[tuple]]:
    rules: dict[int, list[tuple]] = {}
    rows = DynamicConstraint.objects.order_by("position", "pk")
    for table, *rule in rows.values_list("model", "pk", "kind", "label", "fields", "rule"):
        rules.setdefault(table, []).append(tuple(rule))
    return rules
