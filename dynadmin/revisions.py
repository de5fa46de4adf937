"""SchemaRevision: the append-only record of what all tables look like, and the one question asked of it."""

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.utils.translation import gettext_lazy as _

from dynadmin.plan import Plan
from dynadmin.schema import Schema, TableSchema

NO_REVISION = 0
UNDEFINED_TABLE = "42P01"


class SchemaRevision(models.Model):
    """The schema in force from the moment this row is committed until the next one is.

    ``schema`` is the whole; ``changes`` only the tables that differ from the revision ``base``, so that a
    process which knows the base need not read the whole again.
    """

    base = models.BigIntegerField(_("made from revision"), default=NO_REVISION)
    schema = models.JSONField(_("schema"))
    changes = models.JSONField(_("changed tables"))
    operations = models.JSONField(_("operations"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("applied at"), auto_now_add=True)
    duration_ms = models.PositiveBigIntegerField(_("took (ms)"), default=0)
    undoes = models.ForeignKey(
        "self", verbose_name=_("undoes"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("schema revision")
        verbose_name_plural = _("schema revisions")
        default_permissions = ("view",)
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{_('Revision')} {self.pk}"


class RevisedTable(models.Model):
    """That a revision changed a table: so that the history of one table need not read that of all."""

    revision = models.ForeignKey(SchemaRevision, on_delete=models.CASCADE, related_name="tables")
    table = models.BigIntegerField()  # the id of its definition, which may be gone

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["table", "revision"], name="dynadmin_revised_table_once")
        ]

    def __str__(self) -> str:
        return f"t{self.table}"


def latest_revision_id() -> int:
    """Return the number of the revision in force, 0 before the first.

    One query on the primary key, past the ORM, as every request asks it. Before ``migrate`` has made the
    table there is no revision either.
    """
    table = SchemaRevision._meta.db_table
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT MAX(id) FROM {table}")  # noqa: S608
        except DatabaseError as error:
            # Told by the error alone: in a transaction PostgreSQL would answer no question after it.
            if getattr(error.__cause__, "sqlstate", None) == UNDEFINED_TABLE or "no such table" in str(error):
                return NO_REVISION
            raise
        return cursor.fetchone()[0] or NO_REVISION


def load_schema(revision: int) -> Schema:
    """Return the whole schema of a revision. Raises SchemaRevision.DoesNotExist."""
    if revision == NO_REVISION:
        return Schema()
    return Schema.from_json(SchemaRevision.objects.values_list("schema", flat=True).get(pk=revision))


def next_revision(table: int, revision: int) -> SchemaRevision | None:
    """Return the first revision after one that changed a table, with its author."""
    later = SchemaRevision.objects.filter(tables__table=table, pk__gt=revision).defer("schema", "changes")
    return later.select_related("author").order_by("pk").first()


def load_changes(*, since: int) -> tuple[int, list[TableSchema]] | None:
    """Return the newest revision's number and the tables changed since an earlier one.

    None if the chain of revisions from there is broken, so that only the whole schema tells.
    """
    at, changed = since, {}
    rows = SchemaRevision.objects.filter(pk__gt=since).order_by("pk").values_list("pk", "base", "changes")
    for pk, base, changes in rows:
        if base != at:
            return None
        at = pk
        changed |= {data["id"]: data for data in changes}
    return at, [TableSchema.from_json(data) for data in changed.values()]


def record_revision(plan: Plan, *, user=None, duration_ms: int = 0) -> SchemaRevision:
    """Write the plan's target as the revision in force. To be called in the transaction of the change."""
    changed = plan.changed_tables
    revision = SchemaRevision.objects.create(
        base=plan.base_revision,
        schema=plan.target.to_json(),
        changes=[table.to_json() for table in changed],
        operations=plan.descriptions,
        author=user,
        undoes_id=plan.undoes,
        duration_ms=duration_ms,
    )
    RevisedTable.objects.bulk_create(RevisedTable(revision=revision, table=table.id) for table in changed)
    return revision
