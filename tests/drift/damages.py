"""What people and accidents do to a database behind the program's back: a list to choose from.

Each damage leaves the rows of the tables alone, but for the values it says it takes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from dynadmin.executor.guards import guard_names, guard_sql
from dynadmin.executor.online.noting import begin_sql, watch_sql
from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, SchemaRevision
from tests.drift.relations import (
    add_reference,
    add_strange_reference,
    drop_links,
    drop_reference,
    make_unknown_links,
)
from tests.drift.victim import Victim, execute, victim

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)
ALL_OF_IT = " CASCADE" if connection.vendor == POSTGRESQL else ""  # links refer to it


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


# --- Tables ---


def drop_table(it: Victim) -> None:
    it.drop_view()
    execute(f"DROP TABLE {it.name}{ALL_OF_IT}")


def leave_only_the_copy(it: Victim) -> None:
    it.drop_view()
    execute(f"ALTER TABLE {it.name} RENAME TO {it.copy}")


def leave_a_copy(it: Victim) -> None:
    execute(f"CREATE TABLE {it.copy} AS SELECT * FROM {it.name}")


def leave_another_copy(it: Victim) -> None:
    execute(f"CREATE TABLE {it.copy} AS SELECT id + 1000 AS id FROM {it.name}")


def make_an_unknown_table(it: Victim) -> None:
    execute("CREATE TABLE dyn_t999999 (id integer)")


def restore_without_rules(it: Victim) -> None:
    """As some tools copy a table: its rows, and not much more."""
    it.drop_view()
    execute(
        f"CREATE TABLE copied AS SELECT * FROM {it.name}",
        f"DROP TABLE {it.name}{ALL_OF_IT}",
        f"ALTER TABLE copied RENAME TO {it.name}",
    )


def forget_counter(it: Victim) -> None:
    if connection.vendor == SQLITE:
        execute(f"DELETE FROM sqlite_sequence WHERE name = '{it.name}'")
    else:
        execute(f"SELECT setval(pg_get_serial_sequence('{it.name}', 'id'), 1)")


def drop_counter(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite(" AUTOINCREMENT", "")
    else:
        execute(f"ALTER TABLE {it.name} ALTER COLUMN id DROP IDENTITY")


# --- Columns ---


def drop_column(field: str) -> Callable[[Victim], None]:
    def do(it: Victim) -> None:
        it.drop_view()
        execute(f"ALTER TABLE {it.name} DROP COLUMN {it.column(field)}")

    return do


def drop_original(it: Victim) -> None:
    drop_guard(it)
    execute(f"ALTER TABLE {it.name} DROP COLUMN {it.columns('price')[1]}")


def drop_guard(it: Victim) -> None:
    on_table = f" ON {it.name}" if connection.vendor == POSTGRESQL else ""
    for name in guard_names(it.schema.originals[0]):
        execute(f"DROP TRIGGER {name}{on_table}")


def leave_guard(it: Victim) -> None:
    field = next(f for f in it.schema.fields if f.name == "size")
    for sql in guard_sql(it.schema, field):
        execute(sql)


def drop_rule(it: Victim) -> None:
    if connection.vendor == POSTGRESQL:
        execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {it.rule('check')}")
        return
    sql = it.sql()
    start = sql.find(f', CONSTRAINT "{it.rule("check")}"')
    assert start > 0, sql
    end = sql.find(", CONSTRAINT", start + 1)
    it.rewrite(sql[start : end if end > 0 else sql.rindex(")")], "")


def drop_index_rule(it: Victim) -> None:
    execute(f"DROP INDEX {it.rule('index')}")


def drop_unique_rule(it: Victim) -> None:
    if connection.vendor == SQLITE:
        restore_without_rules(it)
    else:
        execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {it.rule('unique')}")


def add_column(it: Victim) -> None:
    execute(f"ALTER TABLE {it.name} ADD COLUMN \"by hand\" varchar(7) DEFAULT '100%'")


def force_a_value(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite(f'"{it.column("size")}" integer NULL', f'"{it.column("size")}" integer NOT NULL')
    else:
        it.alter("size", "SET NOT NULL")


def let_be_empty(it: Victim) -> None:
    if connection.vendor == SQLITE:
        column = it.column("carrier")
        it.rewrite(f"\"{column}\" varchar(2) DEFAULT '' NOT NULL", f"\"{column}\" varchar(2) DEFAULT '' NULL")
    else:
        it.alter("carrier", "DROP NOT NULL")


def let_be_empty_and_empty_one(it: Victim) -> None:
    let_be_empty(it)
    execute(f"UPDATE {it.name} SET {it.column('carrier')} = NULL WHERE id = 1")


def change_default(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("DEFAULT 7", "DEFAULT 8")
    else:
        it.alter("stops", "SET DEFAULT 8")


def drop_default(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("DEFAULT 7", "")
    else:
        it.alter("stops", "DROP DEFAULT")


def add_default(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite(f'"{it.column("size")}" integer', f'"{it.column("size")}" integer DEFAULT (random())')
    else:
        it.alter("size", "SET DEFAULT (random() * 9)::int")


def shorten(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("varchar(50)", "varchar(5)")
    else:
        it.drop_view()
        it.alter("note", "TYPE varchar(5)")


def change_type(it: Victim) -> None:
    if connection.vendor == SQLITE:
        it.rewrite("varchar(50)", "real")
    else:
        it.drop_view()
        it.alter("note", "DROP DEFAULT")
        it.alter("note", "DROP NOT NULL")
        it.alter("note", "TYPE bytea USING NULL")


def drop_check(it: Victim) -> None:
    column = it.column("data")
    it.rewrite(f' CHECK ((JSON_VALID("{column}") OR "{column}" IS NULL))', "")


# --- Indexes and rules ---


def drop_unique(it: Victim) -> None:
    it.drop_view()
    if connection.vendor == SQLITE:
        restore_without_rules(it)
    else:
        execute(f"ALTER TABLE {it.name} DROP CONSTRAINT {it.index_on('code', unique=True)}")


def drop_index(it: Victim) -> None:
    execute(f"DROP INDEX {it.index_on('distance', unique=False)}")


def make_index(name: str, field: str, kind: str = "") -> Callable[[Victim], None]:
    def do(it: Victim) -> None:
        execute(f"CREATE {kind} INDEX {name.format(it.name)} ON {it.name} ({it.column(field)})")

    return do


def leave_index_unfinished(it: Victim) -> None:
    name = it.index_on("distance", unique=False)
    execute(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{name}'::regclass")


# Names may have anything in them.
ODD = 'is ""100%s"" by %'
UNTRIED = {"engines": (POSTGRESQL,), "leaves": ("dynadmin.W127",)}


def add_untried_rule(name: str) -> Callable[[Victim], None]:
    def do(it: Victim) -> None:
        rule = f"CONSTRAINT {name} CHECK ({it.column('stops')} < 1000)"
        execute(f"ALTER TABLE {it.name} ADD {rule} NOT VALID")

    return do


def add_rule(it: Victim) -> None:
    rule = f"CONSTRAINT by_hand CHECK ({it.column('stops')} < 1000)"
    if connection.vendor == SQLITE:
        it.rewrite(" AUTOINCREMENT,", f" AUTOINCREMENT {rule},")
    else:
        execute(f"ALTER TABLE {it.name} ADD {rule}")


def leave_what_a_change_built(it: Victim) -> None:
    if connection.vendor == SQLITE:
        watch = f"AFTER INSERT ON {it.name} BEGIN DELETE FROM dyn_o999_t{it.id} WHERE id = NEW.id; END"
        execute(
            "CREATE TABLE dyn_o999 (t integer, pk integer)",
            f"CREATE TABLE dyn_o999_t{it.id} AS SELECT * FROM {it.name}",
            f"CREATE TRIGGER dyn_o999_i{it.id} {watch}",
        )
        return
    stops = it.column("stops")
    for statement in (*begin_sql(999), *watch_sql(999, it.id, [stops])):
        execute(statement)
    execute(
        f"CREATE UNIQUE INDEX dyn_o999_x0_0 ON {it.name} ({stops})",
        f"ALTER TABLE {it.name} ADD CONSTRAINT dyn_o999_n0 CHECK ({stops} IS NOT NULL) NOT VALID",
    )


# --- Views ---


def change_view(it: Victim) -> None:
    it.drop_view()
    execute(f"CREATE VIEW {it.view} AS SELECT id, {it.column('carrier')} AS size FROM {it.name}")


def leave_view(it: Victim) -> None:
    other = it.view.replace("flights", "voyages")
    execute(f"CREATE VIEW {other} AS SELECT id, {it.column('carrier')} AS carrier FROM {it.name}")


def change_comment(it: Victim) -> None:
    execute(f"COMMENT ON COLUMN {it.view}.carrier IS 'size'")


# --- Grants, revisions, definitions ---


def drop_content_type(it: Victim) -> None:
    ContentType.objects.filter(app_label="tables", model=f"t{it.id}").delete()
    ContentType.objects.clear_cache()


def drop_permission(it: Victim) -> None:
    Permission.objects.filter(codename=f"view_t{it.id}").delete()


def rename_permission(it: Victim) -> None:
    Permission.objects.filter(codename=f"view_t{it.id}").update(name="Can view salaries")


def leave_content_type(it: Victim) -> None:
    ContentType.objects.create(app_label="tables", model="t999999")


def break_chain(it: Victim) -> None:
    SchemaRevision.objects.filter(pk=SchemaRevision.objects.latest("pk").pk).update(base=0)


def delete_definition(it: Victim) -> None:
    DynamicConstraint.objects.filter(model=it.id).delete()
    DynamicField.objects.filter(model=it.id).delete()
    DynamicModel.objects.filter(pk=it.id).delete()


def edit_definition(it: Victim) -> None:
    DynamicField.objects.filter(model=it.id, name="carrier").update(label="Airline")


def _damage(id: str, name: str, do: Callable[[Victim], None], **more) -> Damage:
    return Damage(id=f"dynadmin.{id}", name=name, do=do, **more)


DAMAGES = [
    _damage("W101", "the table is lost", drop_table, takes=("*",)),
    _damage("W101", "only its copy is left", leave_only_the_copy, engines=(SQLITE,)),
    _damage("W102", "a table nobody knows", make_an_unknown_table, is_repaired=False),
    _damage("W103", "a copy is left", leave_a_copy, engines=(SQLITE,)),
    _damage("W103", "a copy of other rows is left", leave_another_copy, engines=(SQLITE,), is_repaired=False),
    _damage("W105", "restored without rules", restore_without_rules),
    _damage("W106", "the counter is lost", drop_counter),
    _damage("W107", "the counter is behind", forget_counter),
    _damage("W111", "a column is lost", drop_column("weight"), takes=("weight",)),
    _damage("W111", "a required column is lost", drop_column("gate"), takes=("gate",)),
    _damage("W111", "the column of a retired field is lost", drop_column("old"), takes=("old",)),
    _damage("W112", "the original values of a field are lost", drop_original, takes=("price",)),
    _damage("W113", "a column is added", add_column, is_repaired=False),
    _damage("W114", "a column is shorter", shorten),
    _damage("W114", "a column is of another type", change_type, is_repaired=False, takes=("note",)),
    _damage("W115", "a value is forced", force_a_value),
    _damage("W116", "a required column may be empty", let_be_empty),
    _damage("W116", "and one is empty", let_be_empty_and_empty_one, is_repaired=False, takes=("carrier",)),
    _damage("W117", "the default is changed", change_default),
    _damage("W117", "the default is lost", drop_default),
    _damage("W117", "there is a default", add_default),
    _damage("W118", "the check is lost", drop_check, engines=(SQLITE,)),
    _damage("W121", "an index is unfinished", leave_index_unfinished, engines=(POSTGRESQL,)),
    _damage("W122", "unique is lost", drop_unique),
    _damage("W123", "the index is lost", drop_index),
    _damage("W124", "another unique index of ours", make_index("{}_c0_uniq", "stops", "UNIQUE")),
    _damage("W124", "somebody's unique index", make_index("mine_u", "stops", "UNIQUE"), is_repaired=False),
    _damage("W125", "another index of ours", make_index("{}_c0_x", "stops")),
    _damage("W125", "one of any name", make_index(f'"{{}}_c0 {ODD}"', "stops")),
    _damage("W126", "a rule is untried", add_untried_rule("dyn_k0"), **UNTRIED),
    _damage("W126", "one of any name", add_untried_rule(f'"by_hand {ODD}"'), **UNTRIED),
    _damage("W127", "a rule is added", add_rule, is_repaired=False),
    _damage("W122", "a rule without repetitions is lost", drop_unique_rule),
    _damage("W123", "an index of its own is lost", drop_index_rule),
    _damage("W128", "a comparison is lost", drop_rule),
    _damage("W129", "a guard is lost", drop_guard),
    _damage("W130", "a guard is left", leave_guard),
    _damage("W131", "the view is lost", Victim.drop_view),
    _damage("W132", "the view is changed", change_view),
    _damage("W133", "a view is left", leave_view),
    _damage("W134", "a comment is changed", change_comment, engines=(POSTGRESQL,)),
    _damage("W141", "the content type is lost", drop_content_type),
    _damage("W142", "a permission is lost", drop_permission),
    _damage("W143", "a permission is renamed", rename_permission),
    _damage("W144", "a content type is left", leave_content_type),
    _damage("W151", "the chain is broken", break_chain),
    _damage("W153", "a change has left its parts", leave_what_a_change_built),
    _damage("W161", "the definition is deleted", delete_definition),
    _damage("W171", "a foreign key is lost", drop_reference),
    _damage("W172", "a foreign key of a retired field", add_reference),
    _damage("W172", "somebody's", add_strange_reference, engines=(POSTGRESQL,), is_repaired=False),
    _damage("W173", "the links are lost", drop_links),
    _damage("W174", "links of no field", make_unknown_links, is_repaired=False),
    _damage("I162", "the definition is edited", edit_definition, is_repaired=False),
]
HERE = [damage for damage in DAMAGES if connection.vendor in damage.engines]
