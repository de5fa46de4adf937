"""How a test leaves the database: without the rows that it made.

Django's own way empties every table with TRUNCATE, which takes PostgreSQL a tenth of a second, and then makes
content types and permissions anew, which takes as long. This deletes what there is, and leaves those alone.
"""

from collections.abc import Iterable
from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

FROM_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}


def use_quick_cleaning() -> None:
    """Have tests that need transactions of their own leave the database so, from what it is now on."""
    tables_of_code()
    grants_of_code()
    thorough = TransactionTestCase._fixture_teardown

    def clean(case: TransactionTestCase) -> None:
        # A class of tests that is itself under test is cleaned up after as that of any project.
        if type(case).__module__.startswith("pytest_django."):
            delete_rows()
        else:
            thorough(case)

    TransactionTestCase._fixture_teardown = clean


def delete_rows() -> None:
    """Delete all rows but those that migrations made."""
    with transaction.atomic():
        delete_from(tables_of_code())
        delete_dynamic_grants()
    ContentType.objects.clear_cache()
    if counts_of_grants() != grants_of_code():  # a test was about these
        call_command("flush", verbosity=0, interactive=False)


def delete_from(tables: Iterable[str]) -> None:
    """Delete all rows of these tables, in one message; rows may refer to each other till the end."""
    statements = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]
    execute(statements)


def execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("; ".join(statements))
            return
        for statement in statements:
            cursor.execute(statement)


@cache
def tables_of_code() -> list[str]:
    """Return the tables that migrations made; asked before the first test."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(tables) - FROM_MIGRATIONS)


def delete_dynamic_grants() -> None:
    """Delete the permissions and content types of dynamic tables, and what refers to them."""
    of_tables = "(SELECT id FROM django_content_type WHERE app_label = 'tables')"
    permissions = f"(SELECT id FROM auth_permission WHERE content_type_id IN {of_tables})"
    execute(
        [
            f"DELETE FROM auth_group_permissions WHERE permission_id IN {permissions}",
            f"DELETE FROM auth_user_user_permissions WHERE permission_id IN {permissions}",
            f"DELETE FROM django_admin_log WHERE content_type_id IN {of_tables}",
            f"DELETE FROM auth_permission WHERE content_type_id IN {of_tables}",
            "DELETE FROM django_content_type WHERE app_label = 'tables'",
        ]
    )


@cache
def grants_of_code() -> tuple[int, int]:
    """Return how many content types and permissions migrations made; asked before the first test."""
    return counts_of_grants()


def counts_of_grants() -> tuple[int, int]:
    return ContentType.objects.count(), Permission.objects.count()
