"""Conditions that filters and searches of rows are made of."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from dynadmin.admin.columns import choices_of

MAX_LENGTH = 200


def check_length(text: str) -> None:
    """Refuse what no column holds and what a pattern of the database cannot be. Raises ValidationError."""
    if "\x00" in text:
        raise ValidationError(_("NUL characters are not allowed."))
    if len(text) > MAX_LENGTH:
        raise ValidationError(_("Look for at most %(count)d characters.") % {"count": MAX_LENGTH})


def _holds_text(field: models.Field) -> bool:
    """Whether the empty text is one of the values of the column."""
    return isinstance(field, models.CharField | models.TextField | models.FileField)


def can_be_empty(field: models.Field) -> bool:
    return field.null or (field.blank and (_holds_text(field) or isinstance(field, models.JSONField)))


def is_empty(field: models.Field) -> Q:
    """Return the condition that a row has no value in the field."""
    condition = Q(**{f"{field.name}__isnull": True})
    if _holds_text(field):
        condition |= Q(**{field.name: ""})
    if isinstance(field, models.JSONField) and choices_of(field):
        condition |= Q(**{field.name: []})
    return condition
