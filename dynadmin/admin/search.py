"""Search over a table's rows: words in its texts, and numbers and identifiers as a whole."""

import uuid
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import smart_split, unescape_string_literal

from dynadmin.computed import computed_fields, may_see

# Each is compared with each column of each row.
MAX_WORDS = 8
MAX_FIELDS = 30


def searched_fields(model: type[models.Model], *, seen_by: Any = None) -> list[models.Field]:
    """Return the fields in which a search looks, the key first; computed ones if that person may see them."""
    fields = [field for field in model._meta.concrete_fields if is_text(field) or is_key(field)]
    if seen_by is not None:
        computed = computed_fields(model).values()
        fields += (field for field in computed if is_text(field) and may_see(seen_by, field))
    return fields[:MAX_FIELDS]


def is_text(field: models.Field) -> bool:
    """Whether words are looked for inside the values of the field."""
    kinds = models.CharField | models.TextField | models.FileField | models.GenericIPAddressField
    return isinstance(field, kinds)


def is_key(field: models.Field) -> bool:
    """Whether a search finds the field's values as a whole: what people know a row by."""
    is_whole = isinstance(field, models.IntegerField | models.UUIDField)
    return is_whole and (field.unique or field.db_index or isinstance(field, models.UUIDField))


def search_condition(
    fields: Collection[models.Field], text: str, *, also: Callable[[str], Q] = lambda word: Q(pk__in=[])
) -> Q:
    """Return the condition that each word of the text is found in a field of a row, or ``also`` finds it."""
    condition = Q()
    for word in split_words(text):
        found = also(word)
        for field in fields:
            found |= word_condition(field, word)
        condition &= found
    return condition


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a search; those in quotes stay together."""
    for number, word in enumerate(smart_split(text)):
        if number == MAX_WORDS:
            return
        is_quoted = len(word) > 1 and word[0] in "\"'" and word[0] == word[-1]
        yield unescape_string_literal(word) if is_quoted else word


def word_condition(field: models.Field, word: str) -> Q:
    """Return the condition that one word is found in one field; an empty one where it cannot be."""
    if field.flatchoices:
        values = [value for value, label in field.flatchoices if word.lower() in str(label).lower()]
        return Q(**{f"{field.name}__in": values}) if values else Q()
    if is_text(field):
        return Q(**{f"{field.name}__icontains": word})
    value = whole_value(field, word)
    return Q() if value is None else Q(**{field.name: value})


def whole_value(field: models.Field, word: str) -> int | uuid.UUID | None:
    """Return the word as a value of the field, None if it is none."""
    try:
        return field.to_python(word)
    except (ValidationError, ValueError):
        return None
