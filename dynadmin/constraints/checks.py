"""A field compared with another, or with a value. Where one of the two has no value, any row will do."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.constraints.comparing import OPERATORS, Operator, words_for
from dynadmin.constraints.kinds import Kind, labels_of, refuse, register, words_of
from dynadmin.constraints.parts import Part, Parts
from dynadmin.fieldtypes.cells import from_text, text_parser, to_text
from dynadmin.schema import ConstraintSchema, TableSchema

LONGEST_VALUE = 500


@register
class Check(Kind):
    """A comparison: ``rule`` has an operator, and either the id of the other field or a value as text."""

    slug = "check"
    label = gettext_lazy("Comparison")
    most = 1
    is_comparison = True

    # --- What is possible ---

    def clean(self, rule: ConstraintSchema, parts: Parts) -> ConstraintSchema:
        operator = OPERATORS.get(rule.rule.get("operator", ""))
        if operator is None:
            refuse("operator", _("Choose one of %(operators)s."), operators=" ".join(OPERATORS))
        left, other = sides(rule, parts)
        if left.family is None or not left.family.is_comparable:
            refuse("fields", _("The values of “%(field)s” cannot be compared."), field=left.label)
        if operator.needs_order and not left.family.is_ordered:
            message = _("“%(field)s” is %(family)s: such values are equal or different, not less or greater.")
            refuse("operator", message, field=left.label, family=left.family.label)
        slug = rule.rule["operator"]
        if other is None:
            return replace(rule, rule={"operator": slug, "value": self._clean_value(rule, left)})
        self._check_comparable(rule, left, other)
        return replace(rule, rule={"operator": slug, "other": rule.rule["other"]})

    def _clean_value(self, rule: ConstraintSchema, left: Part) -> str:
        text = str(rule.rule.get("value", "")).strip()
        if not text:
            refuse("value", _("Choose another field, or give a value."))
        if len(text) > LONGEST_VALUE:
            refuse("value", _("A value to compare with has at most %(most)d characters."), most=LONGEST_VALUE)
        try:
            return to_text(left.field, from_text(left.field, text))
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error

    def _check_comparable(self, rule: ConstraintSchema, left: Part, other: Part) -> None:
        if rule.rule["other"] in rule.fields:
            refuse("other", _("Choose another field: this one would be compared with itself."))
        if other.family is None or not other.family.is_comparable:
            refuse("other", _("The values of “%(field)s” cannot be compared."), field=other.label)
        if left.family != other.family:
            message = _(
                "“%(field)s” is %(family)s and “%(other)s” is %(other_family)s: they cannot be compared."
            )
            words = {"field": left.label, "family": left.family and left.family.label}
            refuse("other", message, **words, other=other.label, other_family=other.family.label)

    # --- What it is ---

    def build(self, rule: ConstraintSchema, parts: Parts) -> CheckConstraint:
        left, other = sides(rule, parts)
        right = F(other.name) if other else value_of(rule, left)
        condition = compared(left.name, OPERATORS[rule.rule["operator"]], right)
        for part in filter(None, (left, other)):
            # NULL passes by itself; an empty text is no value either. Also where the column has none at
            # present, so that the rule in the database is the same whatever the field's options.
            if part.field.empty_strings_allowed:
                condition |= Q(**{part.name: ""})
        message = self.message(rule, parts)
        return CheckConstraint(condition=condition, name=rule.db_name, violation_error_message=message)

    def test(self, rule: ConstraintSchema, parts: Parts) -> Callable[..., bool]:
        left, other = sides(rule, parts)
        compare = OPERATORS[rule.rule["operator"]].compare
        # As PostgreSQL does: an exact number compared with a floating one is taken for such a one itself.
        is_floating = any(isinstance(p.field, models.FloatField) for p in (left, other) if p)
        read = float if is_floating else _as_it_is
        fixed = None if other else value_of(rule, left)

        def is_kept(value: Any, other_value: Any = fixed) -> bool:
            if value in (None, "") or other_value in (None, ""):
                return True
            return compare(read(value), read(other_value))

        return is_kept

    # --- In words ---

    def statement(self, rule: ConstraintSchema, table: TableSchema) -> str:
        labels = labels_of(rule, table)
        other = rule.rule.get("other")
        right = rule.rule.get("value") if other is None else labels[other]
        return f"{labels[rule.fields[0]]} {OPERATORS[rule.rule['operator']].symbol} {right}"

    def demand(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("Require %(rule)s in “%(table)s”") % self._words(rule, table)

    def release(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("Require %(rule)s in “%(table)s” no longer") % self._words(rule, table)

    def _words(self, rule: ConstraintSchema, table: TableSchema) -> dict[str, str]:
        return words_of(rule, table) | {"rule": self.statement(rule, table)}

    def complaint(self, rule: ConstraintSchema, parts: Parts) -> str:
        left, other = sides(rule, parts)
        words = {
            "field": left.label,
            "comparison": words_for(OPERATORS[rule.rule["operator"]], left.family),
            "right": f"“{other.label}”" if other else rule.rule["value"],
        }
        return _("“%(field)s” must be %(comparison)s %(right)s.") % words


def _as_it_is(value: Any) -> Any:
    return value


def sides(rule: ConstraintSchema, parts: Parts) -> tuple[Part, Part | None]:
    """Return the field that is compared, and the one it is compared with; None if that is a value."""
    other = rule.rule.get("other")
    return parts[rule.fields[0]], None if other is None else parts[other]


def value_of(rule: ConstraintSchema, left: Part) -> Any:
    """Return the value that the field is compared with."""
    return left.field.to_python(text_parser(left.field)(rule.rule["value"]))


def compared(name: str, operator: Operator, right: Any) -> Q:
    condition = Q(**{f"{name}__{operator.lookup}": right})
    return ~condition if operator.is_negated else condition
