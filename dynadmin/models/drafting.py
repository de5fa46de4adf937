"""From values back to drafts: definitions made to say what is, or is about to be, in force."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.plan import make_plan
from dynadmin.schema import Schema, TableSchema

TAKEN = ("name", "label", "description", "folder", "kind", "keeps_history")
WRITTEN = ("name", "label", "type", "options", "position", "key", "required_by")
RULED = ("kind", "fields", "rule", "label", "position")


def write_definitions(tables: Iterable[TableSchema]) -> None:
    """Make the definitions say what the values say: ids and keys stay, those of retired tables go.

    Whatever was changed in these drafts and not applied is given up. Raises RefusedChange if a draft of
    another table has taken a name meanwhile.
    """
    tables = list(tables)
    live = [table for table in tables if not table.retired]
    try:
        with transaction.atomic():
            forget_definitions([table.id for table in tables if table.retired])
            _free_names(live)
            for table in live:
                _write(table)
    except IntegrityError as error:
        raise RefusedChange(_taken_name(live)) from error


def waiting_tables(schema: Schema, ids: Collection[int]) -> Iterator[TableSchema]:
    """Yield those of the tables with these ids whose draft says something else than the schema."""
    return (schema.tables[id] for id in waiting_drafts(schema, ids) if id in schema.tables)


def waiting_drafts(schema: Schema, ids: Collection[int], *, for_update: bool = False) -> dict[int, str]:
    """Return fingerprints of the drafts that say something else than the schema, by the ids of their tables.

    A draft that is missing has an empty one. With ``for_update``, nobody can save these drafts before the
    transaction is over.
    """
    drafts = _definitions().filter(pk__in=ids).order_by("pk").prefetch_related("fields", "constraints")
    drafts = {draft.pk: draft for draft in (drafts.select_for_update() if for_update else drafts)}
    found = ((id, drafts.get(id)) for id in sorted(ids))
    return {id: _fingerprint(draft) for id, draft in found if _is_waiting(draft, schema, id)}


def _is_waiting(draft: Any, schema: Schema, id: int) -> bool:
    table = schema.tables.get(id)
    is_live = table is not None and not table.retired
    if draft is None or not is_live:
        return is_live if draft is None else True
    try:
        return not make_plan(schema, wanted=[draft.to_schema()]).is_empty
    except ValidationError:
        return True


def _fingerprint(draft: Any) -> str:
    """Return what is another text when the draft says something else."""
    if draft is None:
        return ""
    said = [
        [getattr(thing, name) for name in names]
        for things, names in (
            ([draft], (*TAKEN, "display")),
            (draft.fields.all(), ("pk", *WRITTEN)),
            (draft.constraints.all(), ("pk", *RULED)),
        )
        for thing in things
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _definitions() -> Any:
    return apps.get_model("dynadmin", "DynamicModel").objects


def _fields() -> Any:
    return apps.get_model("dynadmin", "DynamicField").objects


def _rules() -> Any:
    return apps.get_model("dynadmin", "DynamicConstraint").objects


def forget_definitions(ids: Sequence[int]) -> None:
    """Delete definitions with their fields and rules."""
    _rules().filter(model__in=ids).delete()
    _fields().filter(model__in=ids).delete()
    _definitions().filter(pk__in=ids).delete()


def _free_names(tables: Sequence[TableSchema]) -> None:
    """Let go of all names of the drafts, so that they can be given out anew in any order."""
    ids = [table.id for table in tables]
    placeholder = Concat(models.Value("~"), Cast("pk", models.CharField()))
    _definitions().filter(pk__in=ids).update(name=placeholder)
    _fields().filter(model__in=ids).update(name=placeholder)


def _write(table: TableSchema) -> None:
    definition = _definitions().filter(pk=table.id).first()
    if definition is None:
        definition = _definitions().model(pk=table.id)
    else:
        definition.version += 1
    definition.take(table)
    definition.save(bring=False)
    _write_fields(definition, table)
    _write_rules(definition, table)


def _write_fields(definition: Any, table: TableSchema) -> None:
    fields = definition.fields
    fields.exclude(pk__in=[field.id for field in table.live_fields]).delete()
    keys = dict(fields.values_list("pk", "key"))
    drafts = [
        fields.model.from_schema(field, model=definition, position=position)
        for position, field in enumerate(table.live_fields)
    ]
    for draft, field in zip(drafts, table.live_fields, strict=True):
        draft.key = field.key or keys.get(field.id, draft.key)
    fields.bulk_create(drafts, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)


def _write_rules(definition: Any, table: TableSchema) -> None:
    definition.constraints.all().delete()
    _rules().bulk_create(
        _rules().model.from_schema(rule, model=definition, position=position)
        for position, rule in enumerate(table.constraints)
    )


def _taken_name(tables: Sequence[TableSchema]) -> str:
    names = {table.name for table in tables}
    taken = _definitions().filter(name__in=names).exclude(pk__in=[table.id for table in tables]).first()
    message = _("Another table definition is called “%(name)s” by now: give that another name first.")
    return message % {"name": taken.name if taken else ", ".join(sorted(names))}
