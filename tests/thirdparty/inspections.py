"""What stands behind tables of a kind of somebody else's: columns, a method and managers."""

from datetime import date, timedelta

from django.db import models


class InspectionQuerySet(models.QuerySet):
    def failed(self):
        """Return the inspections that found something."""
        return self.filter(faults__gt=0)


class InspectionRow(models.Model):
    """Something that is looked at again and again."""

    inspected_on = models.DateField("inspected on", db_index=True)
    faults = models.PositiveIntegerField("faults", default=0, db_default=0)

    objects = InspectionQuerySet.as_manager()
    recent = models.Manager()

    class Meta:
        abstract = True

    def is_due(self, today: date) -> bool:
        """Whether the last inspection was more than a year ago."""
        return today - self.inspected_on > timedelta(days=365)
