"""Choices made from the values that a field has, where it becomes one of choices and none is given yet."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count
from django.utils.translation import gettext as _

from dynadmin.admin.definitions.fields import FieldForm
from dynadmin.admin.plans.figures import number
from dynadmin.conversion import count_parts, propose_choices
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import to_text
from dynadmin.fieldtypes.option_fields import ChoiceListField
from dynadmin.registry import Snapshot

# Different values that are looked at, the most frequent ones.
MOST_VALUES = 5000
MOST_NAMED = 12


def offer_choices(forms: Iterable[FieldForm], snapshot: Snapshot, table_id: int) -> None:
    """Fill the empty lists of choices of a page that was sent with the values there are, and say so."""
    for form in forms:
        if form.is_applied and not form.given_options.get("choices", True) and _takes_choices(form):
            counts = _count_values(snapshot, table_id, form.instance.pk)
            if field_types[form.given_type].kind == "choices":
                counts = count_parts(counts)
            if choices := propose_choices(counts):
                form.offer("choices", choices, _words(choices, counts))


def _takes_choices(form: FieldForm) -> bool:
    options = field_types[form.given_type].options_form.base_fields if form.given_type in field_types else {}
    return isinstance(options.get("choices"), ChoiceListField)


def _count_values(snapshot: Snapshot, table_id: int, field_id: int) -> dict[str, int]:
    """Return the values of a field as texts, with the number of rows that have each."""
    field = next(f for f in snapshot.schema.tables[table_id].fields if f.id == field_id)
    if field.retired:
        return {}
    model = snapshot.model(table_id)
    rows = model._base_manager.order_by().values_list(field.name).annotate(rows=Count("pk"))
    counts: Counter[str] = Counter()
    for value, count in rows.order_by("-rows")[:MOST_VALUES]:
        counts[to_text(model._meta.get_field(field.name), value).strip()] += count
    return dict(counts)


def _words(choices: list[dict[str, str]], counts: dict[str, int]) -> str:
    frequent = sorted(
        (choice["value"] for choice in choices), key=lambda text: (-counts[text], text.casefold())
    )
    named = ", ".join(f"{text} ({number(counts[text])})" for text in frequent[:MOST_NAMED])
    message = _("Nothing is saved yet. These choices are made from the values that are there: %(values)s.")
    return message % {"values": named + (" …" if len(choices) > MOST_NAMED else "")}
