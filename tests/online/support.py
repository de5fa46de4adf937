"""What the tests of changes in the background share."""

import re

from django.db import connection

from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicField, SchemaChange
from dynadmin.registry import registry

# The last step before the change is taken into use: SQLite builds indexes as it fills.
LAST = "index" if connection.vendor == "postgresql" else "contract"
STEPS = sorted({"fill", LAST, "contract"})


def fill(table, count, make):
    """Give a table rows made of their number."""
    model = table.django_model
    model.objects.bulk_create(model(**make(number)) for number in range(count))


def alter(table, name, type=None, *, on_failure=None, **options):
    """Change a field of a table and apply that; the options of a new type are all it has."""
    field = table.fields.get(name=name)
    field.options = options if type else {**field.options, **options}
    field.type = type or field.type
    field.save()
    return table.sync(on_failure={name: on_failure} if on_failure else None)


def add(table, name, type, **options):
    """Add a field to a table and apply that."""
    DynamicField.objects.create(model=table, name=name, type=type, options=options, position=9)
    return table.sync()


def rows_of(table):
    return list(table.django_model.objects.order_by("pk").values())


def structure_of(table):
    """Return what the database has of a table, with ids and hashes taken out of all names."""
    name = f"dyn_t{table.pk}"
    found = []
    with connection.cursor() as cursor:
        for query in QUERIES[connection.vendor]:
            cursor.execute(query, [name])
            rows = [parts(row) if connection.vendor == "sqlite" else row for row in cursor.fetchall()]
            found.append(sorted(_without_ids(table, str(row)) for row in rows))
    return found


RULES = r"(?:CONSTRAINT|CHECK|REFERENCES) .+?\)(?=,|\)| DEF)"


def parts(row):
    """Return the rules in the text of a table, as SQLite knows them nowhere else; other rows as they are."""
    text = str(row[0])
    return sorted(re.findall(RULES, text)) if "CREATE TABLE" in text else row


QUERIES = {
    "postgresql": [
        """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
        """,
        "SELECT indexdef FROM pg_indexes WHERE tablename = %s",
        "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass",
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
        "SELECT pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_depend d ON d.refobjid = %s::regclass "
        "JOIN pg_rewrite r ON r.oid = d.objid AND c.oid = r.ev_class AND c.relkind = 'v' LIMIT 1",
    ],
    "sqlite": [
        """SELECT name, type, "notnull", dflt_value FROM pragma_table_info(%s)""",
        # Only rules on whole rows have their indexes called by name.
        """
        SELECT group_concat(x.name), i."unique", CASE WHEN i.name LIKE 'dyn!_k%%' ESCAPE '!' THEN i.name END
        FROM pragma_index_list(%s) i JOIN pragma_index_info(i.name) x GROUP BY i.name
        """,
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s",
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        """
        SELECT substr(sql, instr(sql, ' AS SELECT')) FROM sqlite_master
        WHERE type = 'view' AND instr(sql, '"' || %s || '"')
        """,
    ],
}


def _without_ids(table, text):
    # Before numbers are looked for: a hash may look like one.
    text = re.sub(r"_[0-9a-f]{8}(?=_like|_uniq|\b)", "_#", text)
    numbers = sorted({int(n) for n in re.findall(r"(?:\bc|_g|_c)(\d+)", text)})
    first = table.fields.order_by("pk").values_list("pk", flat=True)[0]
    for number in numbers:
        text = re.sub(rf"(?<=[cg]){number}(?=_|\b)", f"<{number - first}>", text)
    text = re.sub(rf"dyn_t{table.pk}\b", "T", re.sub(rf"dyn_t{table.pk}_", "T_", text))
    text = re.sub(r"\bdyn_k\d+", "dyn_k", text)
    # A column that is new and unique has its constraint named by PostgreSQL.
    return re.sub(r"(_#_uniq|_key)\b", "_unique", text)


def traces():
    """Return the names of all that changes have left in the database."""
    with connection.cursor() as cursor:
        cursor.execute(TRACES[connection.vendor])
        return [name for (name,) in cursor.fetchall()]


TRACES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE 'dyn!_o%' ESCAPE '!'",
    "postgresql": r"""
            SELECT relname FROM pg_class WHERE relname LIKE 'dyn\_o%'
            UNION SELECT proname FROM pg_proc WHERE proname LIKE 'dyn\_o%'
            UNION SELECT tgname FROM pg_trigger WHERE tgname LIKE 'dyn\_o%'
            UNION SELECT conname FROM pg_constraint WHERE conname LIKE 'dyn\_o%'
            UNION SELECT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
            WHERE attname LIKE 'dyn\_o%' AND NOT attisdropped AND c.relkind = 'r'
        """,
}


# --- A change with steps of all kinds ---

ROWS = 40


def make(tables, name="event"):
    table = tables.make(name, size=("char", {"max_length": 20}), note="text")
    fill(table, ROWS, lambda n: {"size": str(n), "note": f"row {n}"})
    return table


def convert(table):
    """A change with all kinds of steps: new values, indexes, a value that must be there."""
    return alter(table, "size", "int", unique=True, null=False)


def assert_nothing_happened(table, before):
    assert structure_of(table) == before
    assert [row["size"] for row in rows_of(table)] == [str(n) for n in range(ROWS)]
    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []
    assert not SchemaChange.objects.unfinished().exists()
