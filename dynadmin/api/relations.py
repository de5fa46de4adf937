"""Relations in the API: ids in and out, and beside them what the rows are called, to whoever may see them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from rest_framework.fields import empty

from dynadmin.api.fields import RowField, field_for
from dynadmin.conf import conf
from dynadmin.displays import fetch_texts
from dynadmin.factory import Row
from dynadmin.fieldtypes.fields.relations import key_reader
from dynadmin.permissions import may
from dynadmin.related import fetch_links, fields_of, is_relation, link_columns, links_of

# Behind the name of a relation: what the rows are called that it refers to, and where all of them are listed
# that are too many for the answer. No field's name has "__".
DISPLAY = "__display"
ALL = "__all"


class RelatedRows:
    """What some rows refer to, fetched with one query a relation, and one more for links."""

    def __init__(self, user: Any, model: type[Row], rows: Sequence[Row]) -> None:
        self._links: dict[str, dict[Any, list[Any]]] = {}
        self._texts: dict[str, dict[Any, str] | None] = {}
        saved = [row for row in rows if row.pk is not None]
        for field in filter(is_relation, fields_of(model)):
            if field.many_to_many:
                ids = [row.pk for row in saved]
                self._links[field.name] = fetch_links(field, ids, most=conf.API_MAX_LINKS + 1)
            target = field.remote_field.model
            ids = {pk for row in saved for pk in self._ids(field, row)}
            self._texts[field.name] = (
                fetch_texts(target, ids) if may(user, "view", target._meta.label) else None
            )

    def _ids(self, field: models.Field, row: Row) -> list[Any]:
        if field.many_to_many:
            return self.links(field, row)
        pk = getattr(row, field.attname)
        return [] if pk is None else [pk]

    def links(self, field: models.ManyToManyField, row: Row) -> list[Any]:
        """Return the ids that a row is linked to, the first of them where they are many."""
        return self._links[field.name].get(row.pk, [])[: conf.API_MAX_LINKS]

    def has_more(self, field: models.Field, row: Row) -> bool:
        """Whether a row is linked to more rows than are listed."""
        return len(self._links.get(field.name, {}).get(row.pk, ())) > conf.API_MAX_LINKS

    def display(self, field: models.Field, row: Row) -> Any:
        """Return what the rows are called that a row refers to; None if the person may not see it."""
        texts = self._texts[field.name]
        if texts is None:
            return None
        words = [texts.get(pk) for pk in self._ids(field, row)]
        return words if field.many_to_many else next(iter(words), None)


class KeyField(RowField):
    """A relation to one row, as its id."""

    def get_attribute(self, row: Row) -> Any:
        return getattr(row, self.model_field.attname)

    def read(self, data: Any, row: Row | None) -> Any:
        """Return the id to store. What the row refers to already is not asked about again."""
        return empty if row is not None and self.repeats(data, row) else super().read(data, row)

    def to_internal_value(self, data: Any) -> Any:
        pk = self.model_field.to_python(data)
        try:
            return super().to_internal_value(pk)
        except ValidationError as error:
            if not any(problem.code == "invalid" for problem in error.error_list):
                raise
            raise no_such_rows([data]) from error

    def write(self, row: Row, value: Any) -> bool:
        """Give the row the value; return whether it had another."""
        attname = self.model_field.attname
        had = getattr(row, attname)
        setattr(row, attname, value)
        return had != value


class LinksField(RowField):
    """A relation to many rows, as the list of their ids."""

    is_links = True

    def get_attribute(self, row: Row) -> list[Any]:
        related = self.context.get("related")
        return related.links(self.model_field, row) if related else shown_links(self.model_field, row)

    def get_value(self, dictionary: Any) -> Any:
        value = super().get_value(dictionary)
        if value is empty or not hasattr(dictionary, "getlist"):
            return value
        # The page's input is a text of ids.
        return [part for text in value for part in text.replace(",", " ").split()]

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the ids. Raises ValidationError that names those which are no rows to choose."""
        if not isinstance(data, list):
            raise ValidationError(_("Send a list of ids."))
        if len(data) > conf.API_MAX_LINKS:
            raise ValidationError(_("Send at most %(most)d ids.") % {"most": conf.API_MAX_LINKS})
        if not data and not self.model_field.blank:
            raise ValidationError(_("Send at least one id."))
        reader = key_reader(self.model_field.target_field)
        ids = list(dict.fromkeys(reader.clean(item, None) for item in data))
        if missing := [pk for pk in ids if pk not in self._present(ids) | self._allowed(ids)]:
            raise no_such_rows(missing)
        return sorted(ids)

    def read(self, data: Any, row: Row | None) -> Any:
        """Return the ids. Those that were shown of more, sent back as they were, leave all as they are."""
        ids = super().read(data, row)
        return empty if row is not None and self._is_part_of_all(ids, row) else ids

    def _is_part_of_all(self, ids: list[Any], row: Row) -> bool:
        if len(ids) < conf.API_MAX_LINKS:
            return False
        first = list(links_of(self.model_field, row)[: conf.API_MAX_LINKS + 1])
        return len(first) > conf.API_MAX_LINKS and ids == first[: conf.API_MAX_LINKS]

    def _present(self, ids: Iterable[Any]) -> set[Any]:
        """Return those of the ids that the row is linked to already."""
        if not self.parent.instance:
            return set()
        _source, target = link_columns(self.model_field)
        return set(links_of(self.model_field, self.parent.instance).filter(**{f"{target}__in": ids}))

    def _allowed(self, ids: Iterable[Any]) -> set[Any]:
        rows = self.model_field.remote_field.model._base_manager.filter(pk__in=ids)
        return set(rows.complex_filter(self.model_field.get_limit_choices_to()).values_list("pk", flat=True))

    def to_representation(self, value: list[Any]) -> list[Any]:
        return [super(LinksField, self).to_representation(pk) for pk in value]


def shown_links(field: models.ManyToManyField, row: Row) -> list[Any]:
    """Return the ids that a row is linked to, as many as an answer lists."""
    return list(links_of(field, row)[: conf.API_MAX_LINKS])


def no_such_rows(ids: Iterable[Any]) -> ValidationError:
    """Return the error for ids that no row has, or none that may be chosen."""
    shown = ", ".join(str(id)[:40] for id in list(ids)[:10])
    return ValidationError(_("There is no row to choose with the id %(ids)s.") % {"ids": shown})


@field_for.register
def _key(model_field: models.ForeignKey) -> RowField:
    return KeyField(model_field)


@field_for.register
def _links(model_field: models.ManyToManyField) -> RowField:
    return LinksField(model_field)
