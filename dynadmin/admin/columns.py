"""Columns of a row list: which fields are shown, and how a value of each looks.

How a value looks follows from the class of the model field. A third party's field is shown as text, or as its
nearest known ancestor, unless it registers a renderer with ``renderer_for.register``.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

from django.contrib.admin.templatetags.admin_list import _boolean_icon
from django.db import models
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from dynadmin.computed import may_see
from dynadmin.conf import conf
from dynadmin.related import fields_of

EMPTY = "-"
MAX_TEXT = 80
# What is fetched of a long text: enough to see that it goes on, however long it is.
FETCHED_TEXT = MAX_TEXT * 2
HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")

# From a value to text or safe HTML; the list escapes what is not marked as safe.
Renderer = Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a row list. ``attribute`` is where a row keeps what the column shows."""

    field: models.Field
    attribute: str
    css: str
    render: Renderer

    @property
    def is_cut(self) -> bool:
        """Whether the database hands out only the beginning of the value."""
        return self.attribute != self.field.attname

    def render_whole(self, value: Any) -> str:
        """Return the value as a form shows it that does not let it be changed: not shortened."""
        if self.render is shorten:
            return str(value)
        if isinstance(value, dict | list) and not choices_of(self.field):
            return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False, default=str))
        return self.render(value)

    def show(self, row: models.Model) -> str:
        # A row that was not fetched for a list has all of a long text.
        value = getattr(row, self.attribute if self.attribute in row.__dict__ else self.field.attname)
        return EMPTY if value is None or value == "" else self.render(value)


def make_column(field: models.Field) -> Column:
    """Return the column of a field."""
    is_long = isinstance(field, models.TextField) and not choices_of(field)
    return Column(
        field=field,
        attribute=f"_start_of_{field.attname}" if is_long else field.attname,
        css=" ".join([f"field-{field.name}", *css_classes(field)]),
        render=choice_renderer(field) if choices_of(field) else renderer_for(field),
    )


def choices_of(field: models.Field) -> list[tuple[Any, Any]]:
    """Return the values that a field chooses from, one or several of them, with their labels."""
    return list(field.flatchoices) or list(getattr(field, "item_choices", ()))


def shown_fields(model: type[models.Model], user: Any) -> list[models.Field]:
    """Return the fields a list shows: the first ones, in their order, that this person may see."""
    return [field for field in fields_of(model) if may_see(user, field)][: conf.LIST_COLUMNS]


def fetch_shown(queryset: models.QuerySet, columns: Iterable[Column]) -> models.QuerySet:
    """Return the queryset reading no more of each row than the columns show."""
    columns = [column for column in columns if not column.field.many_to_many]
    stored = (c for c in columns if c.field.concrete and not c.is_cut)
    whole = {queryset.model._meta.pk.attname, *(c.attribute for c in stored)}
    if len(whole) == len(queryset.model._meta.concrete_fields):
        return queryset
    starts = {c.attribute: Left(c.field.name, FETCHED_TEXT) for c in columns if c.is_cut}
    return queryset.only(*whole).annotate(**starts)


def css_classes(field: models.Field) -> list[str]:
    """Return the classes by which the stylesheet knows what a cell holds."""
    if choices_of(field):
        return []
    if isinstance(field, models.IntegerField | models.FloatField | models.DecimalField):
        return ["numeric"]
    if isinstance(field, models.DateField | models.TimeField | models.DurationField | models.UUIDField):
        return ["nowrap"]
    return []


def choice_renderer(field: models.Field) -> Renderer:
    """Return a renderer of choices as labels with dots of their colours, of a list one after another."""
    labels = {str(value): label for value, label in choices_of(field)}
    colors = {str(value): color for value, color in (getattr(field, "choice_colors", None) or {}).items()}
    chips: dict[str, str] = {}

    def chip(value: Any) -> str:
        key = str(value)
        if key not in chips:
            chips[key] = make_chip(labels.get(key, key), colors.get(key, ""))
        return chips[key]

    def render(value: Any) -> str:
        if isinstance(value, list | tuple | set):
            return format_html_join(" ", "{}", ((chip(item),) for item in value)) or EMPTY
        return chip(value)

    return render


def make_chip(label: Any, color: str) -> str:
    """Return a label with a dot of the colour."""
    # The policy of the pages forbids styles, but not the attributes of a drawing.
    dot = '<svg viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="4" fill="{}"/></svg>'
    drawn = format_html(dot, color) if HEX_COLOR.fullmatch(color or "") else ""
    return format_html('<span class="chip">{}{}</span>', drawn, label)


@singledispatch
def renderer_for(field: models.Field) -> Renderer:
    """Return what shows the values of a model field in a list."""
    return shorten


@renderer_for.register
def show_booleans(field: models.BooleanField) -> Renderer:
    icons = {value: _boolean_icon(value) for value in (True, False)}
    return lambda value: icons.get(value, EMPTY)


@renderer_for.register(models.IntegerField)
@renderer_for.register(models.FloatField)
def show_numbers(field: models.Field) -> Renderer:
    return number_format


@renderer_for.register
def show_decimals(field: models.DecimalField) -> Renderer:
    return lambda value: number_format(value, field.decimal_places)


@renderer_for.register
def show_dates(field: models.DateField) -> Renderer:
    return lambda value: value.isoformat()


@renderer_for.register
def show_moments(field: models.DateTimeField) -> Renderer:
    return show_moment


def show_moment(value: datetime) -> str:
    """Return a moment as clocks show it here, written as forms and files write it."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.replace(tzinfo=None).isoformat(" ", "seconds" if local.second else "minutes")


@renderer_for.register
def show_urls(field: models.URLField) -> Renderer:
    return show_url


def show_url(value: str) -> str:
    """Return a link, if the address is one of the web; any other scheme might run something."""
    if not value.lower().startswith(("http://", "https://")):
        return shorten(value)
    words = shorten(value.split("//", 1)[1].rstrip("/"))
    return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', value, words)


@renderer_for.register
def show_emails(field: models.EmailField) -> Renderer:
    return lambda value: format_html('<a href="mailto:{}">{}</a>', value, shorten(value))


@renderer_for.register
def show_files(field: models.FileField) -> Renderer:
    return lambda file: format_html('<a href="{}">{}</a>', file.url, file_name(file)) if file else EMPTY


@renderer_for.register
def show_images(field: models.ImageField) -> Renderer:
    picture = '<a href="{0}"><img class="thumbnail" src="{0}" alt="{1}" loading="lazy"></a>'
    return lambda file: format_html(picture, file.url, file_name(file)) if file else EMPTY


def file_name(file: Any) -> str:
    """Return the name of a stored file without its folder, shortened."""
    return shorten(str(file.name).rpartition("/")[2])


@renderer_for.register
def show_json(field: models.JSONField) -> Renderer:
    encoder = (field.encoder or json.JSONEncoder)(ensure_ascii=False)

    def render(value: Any) -> str:
        text = ""
        # Piece by piece, as a value may be far longer than what is shown.
        for piece in encoder.iterencode(value):
            text += piece
            if len(text) > MAX_TEXT:
                break
        return format_html("<code>{}</code>", shorten(text))

    return render


def shorten(value: Any) -> str:
    """Return the beginning of a text, on one line."""
    text = str(value)
    if len(text) <= MAX_TEXT and "\n" not in text:
        return text
    line = " ".join(text[: FETCHED_TEXT + 1].split())
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1].rstrip() + "…"


def words_for(field: models.Field, value: Any) -> str:
    """Return a value as plain text for a sentence."""
    if value is None or value == "":
        return str(_("nothing"))
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, datetime):
        return show_moment(value)
    labels = {str(key): str(label) for key, label in choices_of(field)}
    if isinstance(value, list) and labels:
        return ", ".join(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), str(value))
