"""Who may read a table's view in SQL: it is made anew with each change, and then granted as it was before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from dynadmin.schema import TableSchema

GRANTS = """
    SELECT privilege_type, attname, is_grantable,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
    FROM (
        SELECT NULL AS attname, relacl AS acl FROM pg_class WHERE oid = to_regclass(%(view)s)
        UNION ALL SELECT attname, attacl FROM pg_attribute WHERE attrelid = to_regclass(%(view)s)
    ) AS lists, aclexplode(acl)
"""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A privilege on a view, or on the field with this id in it (0: the row's own id)."""

    privilege: str
    grantee: str
    field: int | None = None
    is_grantable: bool = False

    def statement(self, view: str, columns: dict[int, str]) -> str:
        """Return the statement that grants it on a view with these columns, quoted, by field."""
        column = "" if self.field is None else f" ({columns[self.field]})"
        option = " WITH GRANT OPTION" if self.is_grantable else ""
        return f"GRANT {self.privilege}{column} ON {view} TO {self.grantee}{option}"


def fetch_grants(view: str, table: TableSchema) -> list[Grant]:
    """Return what is granted on a table's view; nothing where the engine knows no grants."""
    if connection.vendor != "postgresql":
        return []
    fields = {"id": 0, **{field.attname: field.id for field in table.live_columns}}
    with connection.cursor() as cursor:
        cursor.execute(GRANTS, {"view": view})
        return [
            Grant(privilege=privilege, grantee=grantee, field=fields.get(column), is_grantable=is_grantable)
            for privilege, column, is_grantable, grantee in cursor.fetchall()
            if column is None or column in fields
        ]


def grant_sql(view: str, table: TableSchema, grants: Iterable[Grant]) -> Iterator[str]:
    """Yield the statements that grant the same on the view as it is now."""
    quote = connection.ops.quote_name
    columns = {0: quote("id"), **{field.id: quote(field.attname) for field in table.live_columns}}
    for grant in grants:
        if grant.field is None or grant.field in columns:
            yield grant.statement(view, columns)
