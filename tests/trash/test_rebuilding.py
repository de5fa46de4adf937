"""A rebuilt table is the same table, in all that its rows, its people and its administrator know of it."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from dynadmin.exceptions import Obstructed, RefusedChange
from dynadmin.executor.drift import find_drift
from dynadmin.models.rebuilding import rebuild_table
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.trash.retiring import retire, run

pytestmark = pytest.mark.only_on("postgresql")


# What an administrator may have done to it.
BY_HAND = [
    "CREATE INDEX by_hand ON {name} (lower({code})) WHERE {size} > 1",
    "ALTER TABLE {name} ADD CONSTRAINT positive CHECK ({size} >= 0)",
    "ALTER TABLE {name} ADD CONSTRAINT pair UNIQUE ({size}, {day})",
    "COMMENT ON CONSTRAINT pair ON {name} IS 'it''s 100% ours'",
    "COMMENT ON INDEX by_hand IS 'an index'",
    "COMMENT ON TABLE {name} IS 'the events'",
    "COMMENT ON COLUMN {name}.{size} IS 'in m'",
    "ALTER TABLE {name} SET (fillfactor = 70, autovacuum_enabled = false)",
    "ALTER TABLE {name} SET (toast.autovacuum_enabled = false)",
    "ALTER TABLE {name} ALTER COLUMN {data} SET STORAGE EXTERNAL",
    "ALTER TABLE {name} ALTER COLUMN {day} SET STATISTICS 77",
    "ALTER TABLE {name} ALTER COLUMN {day} SET (n_distinct = -0.5)",
    "CREATE STATISTICS both_sizes ON {size}, {day} FROM {name}",
    "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER loud BEFORE INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION shout()",
    "CREATE TRIGGER quiet BEFORE UPDATE OF {size} ON {name} EXECUTE FUNCTION shout()",
    "ALTER TABLE {name} DISABLE TRIGGER quiet",
    "CREATE ROLE {reader}", "CREATE ROLE {editor}",
    "GRANT SELECT ON {name} TO {reader} WITH GRANT OPTION",
    "GRANT SELECT, UPDATE ({size}) ON {name} TO {editor}",
    "GRANT SELECT ON tables.event TO {reader}",
    "GRANT SELECT (size, id) ON tables.event TO {editor} WITH GRANT OPTION",
    "GRANT USAGE ON SEQUENCE {name}_id_seq TO {editor}",
    "ALTER TABLE {name} ADD COLUMN mine bigint REFERENCES {name} (id)",
    "CREATE TABLE others (event bigint CONSTRAINT ours REFERENCES {name} (id) ON DELETE CASCADE)",
    "INSERT INTO others SELECT id FROM {name}",
]  # fmt: skip


@pytest.fixture
def event(tables):
    """A table with every kind of thing a table can have, made by people and by its administrator."""
    table = tables.make(
        "event",
        code=("char", {"unique": True, "null": True}),
        size=("int", {"default": 7, "null": False, "blank": False}),
        day=("date", {"db_index": True}),
        data="json",
        old="text",
    )
    rows = [
        table.django_model.objects.create(code=f"c{n}", size=n, data={"n": n}, old="kept") for n in range(5)
    ]
    rows[-1].delete()
    retire(table, "old")
    ids = {f.name: f.column for f in registry.newest.schema.tables[table.pk].fields}
    name = f"dyn_t{table.pk}"
    # Roles are the whole server's, which other databases of tests share.
    roles = {role: f"{role}_of_{connection.settings_dict['NAME']}" for role in ("reader", "editor")}
    for statement in BY_HAND:
        run(statement.format(name=name, **ids, **roles))
    yield table
    run("DROP TABLE IF EXISTS others")
    run(f"DROP TABLE IF EXISTS {name} CASCADE")
    run(f"CREATE TABLE {name} (id int)")
    run("DROP FUNCTION shout")
    for role in roles.values():
        run(f"DROP OWNED BY {role}; DROP ROLE {role}")


LOOKS = {
    "rows": "SELECT * FROM {name} ORDER BY id",
    "columns": """
        SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attstorage, attstattarget,
        attoptions,
        pg_get_expr(adbin, adrelid), col_description(attrelid, attnum), attacl::text
        FROM pg_attribute LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
        WHERE attrelid = '{name}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname
    """,
    "constraints": """
        SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid),
        obj_description(oid, 'pg_constraint') FROM pg_constraint
        WHERE '{name}'::regclass IN (conrelid, confrelid) AND contype <> 'n' ORDER BY conname
    """,
    "indexes": """
        SELECT pg_get_indexdef(indexrelid), obj_description(indexrelid)
        FROM pg_index WHERE indrelid = '{name}'::regclass ORDER BY 1
    """,
    "table": """
        SELECT relname, reloptions, relacl::text, relowner, obj_description(oid),
        (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid) FROM pg_class c
        WHERE oid = '{name}'::regclass
    """,
    "sequence": """
        SELECT relacl::text, relowner, pg_get_serial_sequence('{name}', 'id'),
        (SELECT last_value FROM {name}_id_seq) FROM pg_class WHERE oid = '{name}_id_seq'::regclass
    """,
    "triggers": """
        SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger
        WHERE tgrelid = '{name}'::regclass AND NOT tgisinternal ORDER BY tgname
    """,
    "statistics": "SELECT stxkeys::text <> '' FROM pg_statistic_ext WHERE stxrelid = '{name}'::regclass",
    "view": "SELECT * FROM tables.event ORDER BY id",
    "grants on the view": """
        SELECT attname, relacl::text, attacl::text FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
        WHERE c.oid = 'tables.event'::regclass ORDER BY attnum
    """,
    "names": "SELECT relname FROM pg_class WHERE relname ~ '^({name}|pair|by_hand)' ORDER BY 1",
}


def look_of(table) -> dict[str, list[tuple]]:
    return {what: run(sql.format(name=f"dyn_t{table.pk}")) for what, sql in LOOKS.items()}


def test_all_of_a_table_is_the_same_after_a_rebuild(event):
    before = look_of(event)
    filenode = run(f"SELECT relfilenode FROM pg_class WHERE relname = 'dyn_t{event.pk}'")

    rebuild_table(event.pk)

    after = look_of(event)
    assert {what: after[what] for what in LOOKS if after[what] != before[what]} == {}
    assert run(f"SELECT relfilenode FROM pg_class WHERE relname = 'dyn_t{event.pk}'") != filenode
    run(f"ALTER TABLE dyn_t{event.pk} DROP COLUMN mine")
    strange = {"dynadmin.W124", "dynadmin.W127"}  # pair and positive
    assert {drift.id for drift in find_drift(registry.newest.schema)} == strange


def test_rows_go_on_being_numbered_and_checked(event):
    last = event.django_model.objects.create(size=30).pk
    event.django_model.objects.filter(pk=last).delete()
    rebuild_table(event.pk)

    assert event.django_model.objects.create(size=31).pk == last + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        event.django_model.objects.create(code="c1", size=50)


def test_a_rebuild_is_a_revision_that_changes_no_schema(event):
    before, revision = registry.newest.schema, latest_revision_id()

    rebuilt = rebuild_table(event.pk)

    assert (rebuilt.base, registry.newest.schema) == (revision, before)
    assert [table["id"] for table in rebuilt.changes] == [event.pk]


def test_a_table_is_rebuilt_from_the_shell(event):
    out = StringIO()
    call_command("rebuildtable", "event", stdout=out)

    assert out.getvalue() == "Rebuild table “Event”: columns that were deleted for good count no more\n"
    with pytest.raises(CommandError, match="There is no table “nothing”"):
        call_command("rebuildtable", "nothing")


def test_what_others_built_on_a_table_is_named_before_anything_happens(event):
    before = look_of(event)
    run(f"CREATE VIEW report AS SELECT id FROM dyn_t{event.pk}")
    try:
        with pytest.raises(Obstructed, match="drop report"):
            rebuild_table(event.pk)
    finally:
        run("DROP VIEW report")

    assert look_of(event) == before


def test_what_the_database_knows_of_and_we_do_not_is_refused_by_it(event):
    before = look_of(event)
    run(
        f"CREATE FUNCTION count_events() RETURNS bigint LANGUAGE sql "
        f"BEGIN ATOMIC SELECT count(*) FROM dyn_t{event.pk}; END"
    )
    try:
        with pytest.raises(RefusedChange, match=r"function count_events\(\) depends"):
            rebuild_table(event.pk)
        assert look_of(event) == before
    finally:
        run("DROP FUNCTION count_events")


SPECIALS = {
    "policies": "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
    "rules": "CREATE RULE r AS ON DELETE TO {name} DO ALSO NOTHING",
    "inheritance": "CREATE TABLE child () INHERITS ({name})",
    "publications": "CREATE PUBLICATION p FOR TABLE {name}",
    "replication": "ALTER TABLE {name} REPLICA IDENTITY FULL",
}
UNDONE = {
    "inheritance": "DROP TABLE child",
    "publications": "DROP PUBLICATION p",
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("what", SPECIALS)
def test_a_table_that_cannot_be_carried_over_is_left_alone(tables, what):
    table = tables.make("event", a="char")
    run(SPECIALS[what].format(name=f"dyn_t{table.pk}"))
    try:
        with pytest.raises(Obstructed, match=f"cannot be rebuilt from here.*{what}"):
            rebuild_table(table.pk)
    finally:
        run(UNDONE.get(what, "SELECT 1"))


def test_people_read_and_write_while_a_table_is_rebuilt(tables):
    table = tables.make("event", a="char", n="int")
    model = table.django_model
    model.objects.bulk_create(model(a="x" * 100, n=n) for n in range(20_000))
    stop, errors, done = threading.Event(), [], {"read": 0, "written": 0}

    def work(name, action):
        try:
            while not stop.is_set():
                action()
                done[name] += 1
        except Exception as error:  # noqa: BLE001 -- reported by the assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=("read", lambda: list(model.objects.order_by("-pk")[:10]))),
        threading.Thread(target=work, args=("written", lambda: model.objects.create(a="new", n=1))),
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            rebuild_table(table.pk)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert errors == []
    assert min(done.values()) > 4
    assert model.objects.count() == 20_000 + done["written"]
    assert model.objects.filter(a="new").count() == done["written"]
