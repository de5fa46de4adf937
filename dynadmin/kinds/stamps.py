"""Columns that the program fills by itself, those of dynadmin and Django's own: who made a row, and when."""

from django.db import models


def is_filled_by_program(field: models.Field) -> bool:
    """Return whether the program writes this field itself when a row is made or changed."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def fields_of_change(model: type[models.Model]) -> list[models.Field]:
    """Return the fields that note when and by whom a row is changed."""
    return [field for field in model._meta.local_concrete_fields if getattr(field, "auto_now", False)]
