"""What a form of a row showed when it was opened, carried in the form itself.

Compared with the row and the table as they are when the form comes back, it tells what the person changed,
what somebody else changed meanwhile, and whether the table is still the one the person saw.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils import timezone

from dynadmin.related import links_of

SALT = "dynadmin.admin.rowtokens"


@dataclass(frozen=True, kw_only=True)
class SeenField:
    """A field as a form showed it. ``digest`` stands for its value, "" in a form for a new row."""

    name: str
    label: str
    kind: str
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Token:
    """What a form showed: the row's key (None for a new one), the fields by their keys, and when."""

    row: Any = None
    fields: Mapping[str, SeenField] = field(default_factory=dict)
    opened_at: datetime | None = None

    @classmethod
    def of(cls, instance: models.Model, fields: Iterable[models.Field]) -> "Token":
        """Return what a form for the instance shows now."""
        if instance._state.adding:
            return cls(fields={key_of(f): _seen(f, "") for f in fields}, opened_at=timezone.now())
        seen = {key_of(f): _seen(f, digest(f, value_in(f, instance))) for f in fields}
        return cls(row=instance.pk, fields=seen, opened_at=timezone.now())

    def dumps(self) -> str:
        """Return the token as signed text for a hidden input."""
        fields = {column: [f.name, f.label, f.kind, f.digest] for column, f in self.fields.items()}
        value = {"row": self.row, "fields": fields, "at": self.opened_at.isoformat()}
        return signing.dumps(value, salt=SALT, compress=True)

    @classmethod
    def loads(cls, text: str) -> "Token | None":
        """Return the token that a form sent back; None if it is not one of ours."""
        try:
            value = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        names = ("name", "label", "kind", "digest")
        fields = {c: SeenField(**dict(zip(names, f, strict=True))) for c, f in value["fields"].items()}
        return cls(row=value["row"], fields=fields, opened_at=datetime.fromisoformat(value["at"]))


def value_in(field: models.Field, row: models.Model) -> Any:
    """Return the value that a form has for a field of a row: of relations the id, or the ids."""
    return list(links_of(field, row)) if field.many_to_many else field.value_from_object(row)


def key_of(field: models.Field) -> str:
    """Return what a field is called for good: names change, and a conversion gives it another column."""
    return str(getattr(field, "field_id", field.column))


def _seen(field: models.Field, value_digest: str) -> SeenField:
    kind = type(field).__name__
    return SeenField(name=field.name, label=str(field.verbose_name), kind=kind, digest=value_digest)


def digest(field: models.Field, value: Any) -> str:
    """Return a short text that is the same for two values of the field if people would call them the same."""
    return hashlib.blake2b(_canonical(field, value).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _canonical(field: models.Field, value: Any) -> str:
    """Return a value as a text, without what a form changes in it by itself."""
    if isinstance(value, models.QuerySet | list) and field.many_to_many:
        return str(sorted(str(getattr(item, "pk", item)) for item in value))
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, UploadedFile):
        return f"upload {id(value)}"  # never what was there before
    if isinstance(field, models.FileField):
        return str(value or "")
    if isinstance(value, str):
        # Browsers send lines that end with CR LF, and forms cut white space at both ends.
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if timezone.is_aware(value) else value).isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=str)
    return "" if value is None else str(value)
