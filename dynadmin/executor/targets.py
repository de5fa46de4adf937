"""What a plan may lead to: legal names, limits, and models that Django finds no fault with."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.conf import conf
from dynadmin.constraints import MOST_RULES, clean_constraint
from dynadmin.exceptions import RefusedChange
from dynadmin.executor.relations import check_relations
from dynadmin.factory import build_models
from dynadmin.kinds import check_kind
from dynadmin.plan import Plan
from dynadmin.schema import TableSchema

# "A relation to, or through, a model that is not installed": it will be, when the plan has been carried out.
NOT_YET_LIVE = frozenset({"fields.E300", "fields.E331"})
# A name from the other side, or a table of links, that is taken: by the class that this one replaces. For
# others ``check_relations`` looks, and tables are named by ids.
NAMED_TWICE = frozenset({"fields.E304", "fields.E305", "fields.E340"})


def check_target(plan: Plan) -> None:
    """Check names, limits and Django's own model checks of what the plan leads to. Raises RefusedChange."""
    live = [table for table in plan.changed_tables if not table.retired]
    _check_table_names(plan)
    for table in live:
        _check_table(table)
    check_relations(plan)
    passed_over = NOT_YET_LIVE | NAMED_TWICE
    for id, model in build_models(live).items():
        errors = [e for e in model.check(databases=[]) if e.is_serious() and e.id not in passed_over]
        if errors:
            raise RefusedChange(f"{plan.target.tables[id].label}: {errors[0].msg}")


def _check_table_names(plan: Plan) -> None:
    if len(plan.target.live_tables) > conf.MAX_TABLES:
        raise RefusedChange(_("There can be at most %(limit)d tables.") % {"limit": conf.MAX_TABLES})
    counts = Counter(table.name for table in plan.target.live_tables)
    for table in plan.changed_tables:
        if not table.retired and counts[table.name] > 1:
            message = _("Another table is called “%(name)s” at present; apply its new name first.")
            raise RefusedChange(message % {"name": table.name})


def _check_table(table: TableSchema) -> None:
    words = {"table": table.label or table.name, "limit": conf.MAX_FIELDS}
    if not table.live_fields:
        raise RefusedChange(_("Table “%(table)s” has no fields: add at least one.") % words)
    if len(table.live_fields) > conf.MAX_FIELDS:
        raise RefusedChange(_("Table “%(table)s” has more than %(limit)d fields.") % words)
    if len(table.constraints) > MOST_RULES:
        raise RefusedChange(
            _("Table “%(table)s” has more than %(limit)d rules.") % (words | {"limit": MOST_RULES})
        )
    try:
        naming.validate_table_name(table.name)
        for field in table.live_fields:
            naming.validate_field_name(field.name)
        relations = [field.name for field in table.relations if field.stored == "column"]
        naming.check_field_names([field.name for field in table.live_fields], relations=relations)
        check_kind(table)
        for rule in table.constraints:
            clean_constraint(rule, table)
    except ValidationError as error:
        raise RefusedChange(" ".join(error.messages)) from error
