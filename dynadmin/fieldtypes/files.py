"""Types of uploaded files."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.fields.files import DANGEROUS
from dynadmin.fieldtypes.option_fields import TextListField
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import TextualOptions
from dynadmin.options import OptionsForm

MEGABYTE = 1024 * 1024


class UploadOptions(OptionsForm):
    # No null: a row without a file has an empty name, as in all of Django.
    blank = TextualOptions.base_fields["blank"]
    help_text = TextualOptions.base_fields["help_text"]
    max_size = forms.IntegerField(
        label=_("Largest file"), min_value=1, max_value=1024, initial=10, help_text=_("In megabytes.")
    )


class FileOptions(UploadOptions):
    extensions = TextListField(
        label=_("Extensions"),
        required=False,
        item_title=_("Extension"),
        help_text=_("Such as pdf. None: all but those that a browser would run as a page."),
    )

    def clean_extensions(self) -> list[str]:
        extensions = [extension.lower().lstrip(".") for extension in self.cleaned_data["extensions"]]
        for extension in extensions:
            if extension in DANGEROUS:
                message = _("“%(extension)s” is not possible: a browser would run such files.")
                raise ValidationError(message, code="dangerous", params={"extension": extension})
            if not re.fullmatch(r"[a-z0-9]{1,10}", extension):
                message = _("“%(extension)s” is not a file extension such as pdf.")
                raise ValidationError(message, code="extension", params={"extension": extension[:50]})
        return list(dict.fromkeys(extensions))


class ImageOptions(UploadOptions):
    max_pixels = forms.IntegerField(
        label=_("Largest side"),
        min_value=1,
        max_value=10_000,
        initial=5000,
        help_text=_("Most pixels in width or height. PNG, JPEG, GIF and WebP are accepted."),
    )


class Upload(FieldType):
    """Base of types of files."""

    family = "files"
    kind = "file"
    options_for_new_values: ClassVar[frozenset[str]] = frozenset({"extensions", "max_size", "max_pixels"})

    def column(self, options: Options) -> dict[str, Any]:
        column = {**super().column(options), "null": False, "unique": False, "db_index": False}
        return {**column, "db_default": "", "max_size": options["max_size"] * MEGABYTE}


@field_types.register
class File(Upload):
    slug = "file"
    label = _("File")
    options_form = FileOptions

    def model_field(self, options: Options) -> models.Field:
        return fields.FileField(extensions=options.get("extensions", ()), **self.column(options))


@field_types.register
class Picture(Upload):
    slug = "image"
    label = _("Image")
    options_form = ImageOptions

    def model_field(self, options: Options) -> models.Field:
        return fields.ImageField(max_pixels=options["max_pixels"], **self.column(options))
