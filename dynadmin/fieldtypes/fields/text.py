"""Model fields of text."""

from decimal import Decimal
from typing import Any

from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.doors import (
    EmailFormField,
    SlugFormField,
    TextFormField,
    URLFormField,
    refuse,
)
from dynadmin.options import refuse_unstorable


class TextMixin(models.Field):
    """Reads texts: drops white space around, makes line ends ``\\n``, refuses what no database stores.

    The empty value is ``""``, or None where the column allows NULL.
    """

    form_class: Any = TextFormField

    def to_python(self, value: Any) -> str | None:
        text = "" if value is None else self._text_of(value)
        if "\r" in text:
            # Browsers send \r\n, files hold \n: one text must not become two.
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = text.strip()
        refuse_unstorable(text)
        if not text and self.null:
            return None
        return self.check_text(text)

    def _text_of(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return str(value)
        raise refuse(_("“%(value)s” is not a text."), value=value)

    def check_text(self, text: str) -> str:
        """Return the text, or raise ValidationError when it cannot be one of this field."""
        return text

    def get_default(self) -> Any:
        # Without this a new instance would hold a DatabaseDefault, which no validation looks at.
        if self.has_default():
            return super().get_default()
        return None if self.null else ""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        # One empty value in the column, also for those who do not clean.
        if value is None or value == "":
            value = None if self.null else ""
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Any:
        door = {"form_class": self.form_class, "model_field": self}
        return super().formfield(**{**kwargs, **door})


class SingleLineMixin(TextMixin):
    def check_text(self, text: str) -> str:
        # A browser's one-line box would drop the break without a word.
        if "\n" in text:
            raise refuse(_("Line breaks are not allowed here; the type “Text, several lines” takes them."))
        return text


class CharField(SingleLineMixin, models.CharField):
    """A text of one line."""


class TextField(TextMixin, models.TextField):
    """A text of several lines. Unlike Django's it enforces ``max_length`` outside forms as well."""

    # The column is the same for every length.
    non_db_attrs = (*models.TextField.non_db_attrs, "max_length")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(validators.MaxLengthValidator(self.max_length))


class EmailField(SingleLineMixin, models.EmailField):
    """An e-mail address."""

    form_class = EmailFormField


class URLField(SingleLineMixin, models.URLField):
    """A web address. Only http and https: a link with another scheme could run a script in the browser."""

    form_class = URLFormField
    default_validators = [validators.URLValidator(schemes=["http", "https"])]


class SlugField(SingleLineMixin, models.SlugField):
    """A short text of letters, digits, hyphens and underscores."""

    form_class = SlugFormField
