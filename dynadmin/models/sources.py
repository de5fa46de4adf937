"""What fields computed from related rows can be made of, as drafts have it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.computed import shows_elsewhere
from dynadmin.exceptions import UnknownFieldType
from dynadmin.fieldtypes import field_types, get_field
from dynadmin.fieldtypes.computed import offer_sources
from dynadmin.fieldtypes.computed.sources import IDS, NAMES
from dynadmin.schema import TARGET, target_of

MOST_OFFERS = 2000

Offer = tuple[str, str]


@offer_sources
def offer_fields(table_id: int, to_many: bool) -> Iterator[Offer]:
    """Yield what a field of this table can be made of, by ids, and as people read it."""
    return islice(_of_rows(table_id) if to_many else _of_the_row(table_id), MOST_OFFERS)


def with_ids(field: Any) -> Any:
    """Return the options of a draft, with ids for the names in its source that a developer wrote."""
    options = field.options
    source = options.get("source") if isinstance(options, dict) else None
    if not isinstance(source, str) or not NAMES.fullmatch(source):
        return options
    finding = _many_named if "function" in options else _one_named
    relation, *rest = source.split(".")
    found = finding(field.model_id, relation, rest)
    return options if found is None else {**options, "source": ".".join(map(str, found))}


def rows_of(field: Any) -> str:
    """Return the table whose rows a draft sums up, as a relation names it; "" if there is none."""
    source = str(field.options.get("source", ""))
    if "function" not in field.options or not IDS.fullmatch(source):
        return ""
    last = _fields().filter(pk=source.split(".")[-1]).first()
    if last is None:
        return ""
    is_own_links = "." not in source and last.model_id == field.model_id and _is_links(last)
    return target_of(_target_of(last) if is_own_links else last.model_id)


def refuse_names(options: Any) -> None:
    """Raise ValidationError, by option, where a name was found to be that of nothing."""
    if isinstance(source := options.get("source"), str) and not IDS.fullmatch(source):
        message = _("“%(source)s” is no relation and field that there is.")
        raise ValidationError({"source": message % {"source": source}})


def _one_named(table_id: int, relation: str, rest: list[str]) -> list[int] | None:
    own = _fields().filter(model=table_id, name=relation).first()
    other = _target_of(own) if own else None
    field = _fields().filter(model=other, name="".join(rest)).first()
    return [own.pk, field.pk] if own and other and field else None


def _many_named(table_id: int, first: str, rest: list[str]) -> list[int] | None:
    """Find ``table.relation``, ``table.relation.field``, or one's own links: ``links``, ``links.field``."""
    for relation, other in _relations_to_many(table_id):
        path = [relation.name] if relation.model_id == table_id and _is_links(relation) else None
        path = path or [relation.model.name, relation.name]
        if [first, *rest][: len(path)] != path:
            continue
        names = [first, *rest][len(path) :]
        field = _fields().filter(model=other, name="".join(names)).first()
        if not names or field:
            return [relation.pk, *([field.pk] if field else [])]
    return None


def _of_the_row(table_id: int) -> Iterator[Offer]:
    relations = [field for field in _fields().filter(model=table_id) if _is_key(field)]
    shown = _shown(map(_target_of, relations))
    for relation in relations:
        for field in shown[_target_of(relation)]:
            yield f"{relation.pk}.{field.pk}", f"{relation} › {field}"


def _of_rows(table_id: int) -> Iterator[Offer]:
    relations = list(_relations_to_many(table_id))
    shown = _shown(other for _relation, other in relations)
    for relation, other in relations:
        is_own = other != relation.model_id or _is_links(relation)
        words = (
            str(relation) if is_own and relation.model_id == table_id else f"{relation.model} ({relation})"
        )
        yield str(relation.pk), _("%(rows)s: the rows themselves") % {"rows": words}
        for field in shown[other]:
            yield f"{relation.pk}.{field.pk}", f"{words} › {field}"


def _relations_to_many(table_id: int) -> Iterator[tuple[Any, int]]:
    """Yield what leads from a row to any number of others: the field, and the id of their table."""
    for relation in _fields().filter(model=table_id):
        if _is_links(relation) and (target := _target_of(relation)):
            yield relation, target
    for relation in _fields().filter(options__target=target_of(table_id)).select_related("model"):
        if relation.model_id != table_id or not _is_links(relation):
            yield relation, relation.model_id


def _shown(tables: Iterable[int | None]) -> Mapping[int | None, list[Any]]:
    """Return the fields of tables that can be shown elsewhere, by table. One query."""
    shown = defaultdict(list)
    for field in _fields().filter(model__in=set(tables)):
        if not field.options.get("target") and _can_be_shown(field):
            shown[field.model_id].append(field)
    return shown


def _can_be_shown(field: Any) -> bool:
    """Whether the values of a field are such as other tables show; unknown ones are not."""
    try:
        return shows_elsewhere(get_field(field.type, field.options))
    except (UnknownFieldType, ValidationError):
        return False


def _is_key(field: Any) -> bool:
    return bool(_target_of(field)) and not _is_links(field)


def _is_links(field: Any) -> bool:
    return field.type in field_types and field_types[field.type].stored == "links"


def _target_of(field: Any) -> int | None:
    found = TARGET.fullmatch(str(field.options.get("target", "")))
    return int(found[1]) if found else None


def _fields() -> Any:
    return apps.get_model("dynadmin", "DynamicField").objects
