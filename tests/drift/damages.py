"""What people and accidents do to a database behind the program's back: a list to choose from.

Each damage leaves the rows of the tables alone, but for the values it says it takes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from tests.drift import columns, records, relations, rules, tables
from tests.drift.victim import POSTGRESQL, SQLITE, Victim, victim

BOTH = (SQLITE, POSTGRESQL)
# Names may have anything in them.
ODD = 'is ""100%s"" by %'
UNTRIED = {"engines": (POSTGRESQL,), "leaves": ("dynadmin.W127",)}


@dataclass(frozen=True, kw_only=True)
class Damage:
    """One way to damage the table “flights”. ``id`` is the kind of difference that has to be found."""

    name: str
    id: str
    do: Callable[["Victim"], None]
    engines: tuple[str, ...] = BOTH
    is_repaired: bool = True
    leaves: tuple[str, ...] = ()  # what is still found after the repair
    takes: tuple[str, ...] = ()  # fields whose values are gone, or all with "*"

    def inflict(self) -> None:
        """Do it, or nothing if it cannot be done."""
        with transaction.atomic():
            self.do(victim())


def _damage(id: str, name: str, do: Callable[[Victim], None], **more) -> Damage:
    return Damage(id=f"dynadmin.{id}", name=name, do=do, **more)


DAMAGES = [
    _damage("W101", "the table is lost", tables.drop_table, takes=("*",)),
    _damage("W101", "only its copy is left", tables.leave_only_the_copy, engines=(SQLITE,)),
    _damage("W102", "a table nobody knows", tables.make_an_unknown_table, is_repaired=False),
    _damage("W103", "a copy is left", tables.leave_a_copy, engines=(SQLITE,)),
    _damage(
        "W103",
        "a copy of other rows is left",
        tables.leave_another_copy,
        engines=(SQLITE,),
        is_repaired=False,
    ),
    _damage("W105", "restored without rules", tables.restore_without_rules),
    _damage("W106", "the counter is lost", tables.drop_counter),
    _damage("W107", "the counter is behind", tables.forget_counter),
    _damage("W111", "a column is lost", columns.drop_column("weight"), takes=("weight",)),
    _damage("W111", "a required column is lost", columns.drop_column("gate"), takes=("gate",)),
    _damage("W111", "the column of a retired field is lost", columns.drop_column("old"), takes=("old",)),
    _damage("W112", "the original values of a field are lost", columns.drop_original, takes=("price",)),
    _damage("W113", "a column is added", columns.add_column, is_repaired=False),
    _damage("W114", "a column is shorter", columns.shorten),
    _damage("W114", "a column is of another type", columns.change_type, is_repaired=False, takes=("note",)),
    _damage("W115", "a value is forced", columns.force_a_value),
    _damage("W116", "a required column may be empty", columns.let_be_empty),
    _damage(
        "W116", "and one is empty", columns.let_be_empty_and_empty_one, is_repaired=False, takes=("carrier",)
    ),
    _damage("W117", "the default is changed", columns.change_default),
    _damage("W117", "the default is lost", columns.drop_default),
    _damage("W117", "there is a default", columns.add_default),
    _damage("W118", "the check is lost", columns.drop_check, engines=(SQLITE,)),
    _damage("W121", "an index is unfinished", rules.leave_index_unfinished, engines=(POSTGRESQL,)),
    _damage("W122", "unique is lost", rules.drop_unique),
    _damage("W123", "the index is lost", rules.drop_index),
    _damage("W124", "another unique index of ours", rules.make_index("{}_c0_uniq", "stops", "UNIQUE")),
    _damage(
        "W124", "somebody's unique index", rules.make_index("mine_u", "stops", "UNIQUE"), is_repaired=False
    ),
    _damage("W125", "another index of ours", rules.make_index("{}_c0_x", "stops")),
    _damage("W125", "one of any name", rules.make_index(f'"{{}}_c0 {ODD}"', "stops")),
    _damage("W126", "a rule is untried", rules.add_untried_rule("dyn_k0"), **UNTRIED),
    _damage("W126", "one of any name", rules.add_untried_rule(f'"by_hand {ODD}"'), **UNTRIED),
    _damage("W127", "a rule is added", rules.add_rule, is_repaired=False),
    _damage("W122", "a rule without repetitions is lost", rules.drop_unique_rule),
    _damage("W123", "an index of its own is lost", rules.drop_index_rule),
    _damage("W128", "a comparison is lost", rules.drop_rule),
    _damage("W129", "a guard is lost", rules.drop_guard),
    _damage("W130", "a guard is left", rules.leave_guard),
    _damage("W131", "the view is lost", Victim.drop_view),
    _damage("W132", "the view is changed", records.change_view),
    _damage("W133", "a view is left", records.leave_view),
    _damage("W134", "a comment is changed", records.change_comment, engines=(POSTGRESQL,)),
    _damage("W141", "the content type is lost", records.drop_content_type),
    _damage("W142", "a permission is lost", records.drop_permission),
    _damage("W143", "a permission is renamed", records.rename_permission),
    _damage("W144", "a content type is left", records.leave_content_type),
    _damage("W151", "the chain is broken", records.break_chain),
    _damage("W153", "a change has left its parts", tables.leave_what_a_change_built),
    _damage("W161", "the definition is deleted", records.delete_definition),
    _damage("W171", "a foreign key is lost", relations.drop_reference),
    _damage("W172", "a foreign key of a retired field", relations.add_reference),
    _damage("W172", "somebody's", relations.add_strange_reference, engines=(POSTGRESQL,), is_repaired=False),
    _damage("W173", "the links are lost", relations.drop_links),
    _damage("W174", "links of no field", relations.make_unknown_links, is_repaired=False),
    _damage("I162", "the definition is edited", records.edit_definition, is_repaired=False),
]
HERE = [damage for damage in DAMAGES if connection.vendor in damage.engines]
