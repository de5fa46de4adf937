"""Posted rows of a definition, put into the order in which Django's formsets expect them."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict

Row = dict[str, list[str]]


class PageFormSet(BaseInlineFormSet):
    """Rows of a definition, of which somebody else may have added or removed some meanwhile.

    ``beside`` is a place shared by all formsets of one page: each enters itself under its prefix.
    """

    def __init__(
        self, data: Any = None, *args: Any, beside: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.beside = {} if beside is None else beside
        self.beside[self.prefix] = self
        if self.is_bound:
            known = set(self.get_queryset().values_list("pk", flat=True)) if self.instance.pk else set()
            self.data = with_known_rows_first(self.data, prefix=self.prefix, known=known)

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        # Django's own field would ask the database for each row; the ids were compared with the known ones.
        form.fields["id"] = forms.IntegerField(
            required=False, widget=forms.HiddenInput, initial=form.instance.pk
        )

    @property
    def kept_forms(self) -> list[Any]:
        """The forms of what the table has after saving."""
        return [form for form in self.forms if form not in self.deleted_forms and not self._is_empty(form)]

    def _is_empty(self, form: forms.ModelForm) -> bool:
        return form.empty_permitted and not form.has_changed()


def with_known_rows_first(data: QueryDict, *, prefix: str, known: Collection[int]) -> QueryDict:
    """Return the posted data with rows of known ids first, and all other rows as new ones.

    A field, say, that somebody else removed meanwhile thus becomes a new field rather than an error nobody
    understands, and an id of another table's field has no meaning.
    """
    rows = _read_rows(data, prefix)
    if rows is None:
        return data  # the formset itself says that its counts are not numbers
    ids = {str(pk) for pk in known}
    old, new = {}, []
    for row in rows:
        pk = (row.get("id") or [""])[-1]
        if pk in ids and pk not in old:
            old[pk] = row
        else:
            new.append({**row, "id": [""]})
    return _write_rows(data, prefix, list(old.values()), new)


def _read_rows(data: QueryDict, prefix: str) -> list[Row] | None:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    if not _is_small(total):
        return None
    rows: list[Row] = [{} for _ in range(int(total))]
    for key in data:
        number, _dash, name = key.removeprefix(f"{prefix}-").partition("-")
        if key.startswith(f"{prefix}-") and _is_small(number) and int(number) < len(rows):
            rows[int(number)][name] = data.getlist(key)
    return rows


def _is_small(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 5


def _write_rows(data: QueryDict, prefix: str, old: list[Row], new: list[Row]) -> QueryDict:
    written = QueryDict(mutable=True)
    for key in data:
        if not key.startswith(f"{prefix}-"):
            written.setlist(key, data.getlist(key))
    for number, row in enumerate([*old, *new]):
        for name, values in row.items():
            written.setlist(f"{prefix}-{number}-{name}", values)
    written[f"{prefix}-TOTAL_FORMS"] = str(len(old) + len(new))
    written[f"{prefix}-INITIAL_FORMS"] = str(len(old))
    for name in ("MIN_NUM_FORMS", "MAX_NUM_FORMS"):
        written[f"{prefix}-{name}"] = data.get(f"{prefix}-{name}", "")
    return written
