"""RowChange: the record of one row that was created, changed or deleted, or of a range of new ones."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What happened to a row."""

    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")


class RowChange(models.Model):
    """What one change did to a row, keyed by ids: it outlives renames, conversions, and the row itself.

    ``before`` and ``after`` have a value for each column that changed, under the name of the column without
    its ``c``: ``"12"``, and ``"12_1"`` once a conversion gave the field another column. Of links to many rows
    ``before`` has those that were taken away and ``after`` those that were added. Of a row that was deleted
    ``before`` has everything; of new ones, ``row`` to ``last_row``, nothing is kept, as their values are
    those of today walked back. ``unit`` is what the change was part of, by ``via``: of an import its number.

    There is no foreign key: nothing that is deleted elsewhere takes history along, or has to search it.
    """

    table = models.BigIntegerField()
    row = models.BigIntegerField()
    last_row = models.BigIntegerField()
    action = models.CharField(_("what"), max_length=8, choices=Action)
    at = models.DateTimeField(_("when"))
    author = models.CharField(max_length=40, blank=True)
    author_name = models.CharField(_("who"), max_length=150, blank=True)
    via = models.CharField(_("through"), max_length=20)
    unit = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of a row")
        verbose_name_plural = _("changes of rows")
        default_permissions = ()
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["table", "row"], name="dynadmin_rowchange_row"),
            models.Index(
                fields=["table", "last_row"],
                name="dynadmin_rowchange_range",
                condition=models.Q(last_row__gt=models.F("row")),
            ),
            models.Index(
                fields=["unit", "table"],
                name="dynadmin_rowchange_unit",
                condition=models.Q(unit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        rows = f"{self.row}" if self.row == self.last_row else f"{self.row}-{self.last_row}"
        return f"t{self.table} {rows} {self.action}"
