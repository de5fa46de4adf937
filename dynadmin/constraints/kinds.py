"""What a kind of rule answers, and where kinds are found. A kind answers; nobody asks its name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint, Index
from django.utils.functional import lazy
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from dynadmin.constraints.parts import Parts
from dynadmin.schema import ConstraintSchema, TableSchema


class Kind:
    """A kind of rule on whole rows. ``fewest`` and ``most`` are its numbers of fields."""

    slug: str
    label: Any = ""
    fewest = 1
    most = 16
    can_fail = True  # the rows decide whether it is possible
    is_comparison = False  # its rule has an operator, and what its field is compared with
    is_ordered = True  # the order of its fields makes a difference

    def clean(self, rule: ConstraintSchema, parts: Parts) -> ConstraintSchema:
        """Return the rule in its canonical form. Raises ValidationError by what is wrong, as ``refuse``."""
        raise NotImplementedError

    def build(self, rule: ConstraintSchema, parts: Parts) -> BaseConstraint | Index:
        """Return Django's own object for the rule."""
        raise NotImplementedError

    def test(self, rule: ConstraintSchema, parts: Parts) -> Callable[..., bool] | None:
        """Return what says of values, in the order of ``field_ids``, whether a row with them keeps the rule.

        None if other rows have a say in it.
        """
        return None

    # --- In words ---

    def statement(self, rule: ConstraintSchema, table: TableSchema) -> str:
        """Return the rule itself, such as "departure < arrival"."""
        raise NotImplementedError

    def demand(self, rule: ConstraintSchema, table: TableSchema) -> str:
        """Return what adding the rule does, as a sentence of a plan."""
        raise NotImplementedError

    def release(self, rule: ConstraintSchema, table: TableSchema) -> str:
        """Return what taking the rule away does."""
        raise NotImplementedError

    def complaint(self, rule: ConstraintSchema, parts: Parts) -> str:
        """Return what people read when a row breaks the rule, unless its label says it."""
        raise NotImplementedError

    def message(self, rule: ConstraintSchema, parts: Parts) -> Any:
        """Return the complaint for Django's constraint, in the language of who will read it."""
        return _message(self, rule, parts)


def _say(kind: Kind, rule: ConstraintSchema, parts: Parts) -> str:
    # Django fills the name of the constraint in, with %.
    return (rule.label or kind.complaint(rule, parts)).replace("%", "%%")


_message = lazy(_say, str)

KINDS: dict[str, Kind] = {}


def register(kind: type[Kind]) -> type[Kind]:
    """Add a kind; made to stand above its class."""
    KINDS[kind.slug] = kind()
    return kind


def refuse(where: str, message: str, **params: Any) -> NoReturn:
    """Raise the error of a rule: ``where`` is kind, fields, operator, other or value."""
    raise ValidationError({where: ValidationError(message, params=params)})


def labels_of(rule: ConstraintSchema, table: TableSchema) -> Mapping[int, str]:
    return {id: table.field(id).label or table.field(id).name for id in rule.field_ids}


def words_of(rule: ConstraintSchema, table: TableSchema) -> dict[str, str]:
    """Return the words for the sentences of a plan."""
    labels = labels_of(rule, table)
    return {
        "table": table.label or table.name,
        "fields": enumerated([labels[id] for id in rule.fields]),
    }


def enumerated(labels: Sequence[str]) -> str:
    return str(get_text_list(list(labels), _("and")))
