"""Model fields of uploaded files."""

import re
import struct
import uuid
import zlib
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.core.files import File
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models.fields.files import FieldFile, ImageFieldFile
from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from PIL import Image

from dynadmin.fieldtypes.fields.doors import refuse

FOLDER = "tables"
STORED_NAME = re.compile(rf"{FOLDER}/[a-z0-9_]+/[0-9a-f]{{32}}(?:\.[a-z0-9]{{1,10}})?")
EXTENSION = re.compile(r"\.[a-z0-9]{1,10}")

# A browser runs these as pages or scripts of the site that serves them.
DANGEROUS = frozenset(
    {"css", "hta", "htm", "html", "js", "mht", "mhtml", "mjs", "shtml", "svg", "svgz", "swf", "wasm"}
    | {"xht", "xhtml", "xml", "xsl", "xslt"}
)
IMAGE_FORMATS = {"PNG": ("png",), "JPEG": ("jpg", "jpeg"), "GIF": ("gif",), "WEBP": ("webp",)}
IMAGE_EXTENSIONS = [extension for extensions in IMAGE_FORMATS.values() for extension in extensions]

# What Pillow raises on files that are broken or made to break it.
BROKEN_IMAGE = (
    *(OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, EOFError),
    *(zlib.error, struct.error, Image.DecompressionBombError, Image.DecompressionBombWarning),
)


class GuardedFileMixin(FieldFile):
    """A stored file whose address is that of a view which asks for the table's permission."""

    @property
    def url(self) -> str:
        # Raises where there is no file.
        address: str = super().url
        try:
            return reverse("dynadmin-api:file", args=[self.name])
        except NoReverseMatch:
            # The host project does not mount the API, and serves its uploads by itself.
            return address


class GuardedFile(GuardedFileMixin):
    pass


class GuardedImage(GuardedFileMixin, ImageFieldFile):
    pass


class UploadMixin(models.Field):
    """A file under a name that the server makes: ``tables/<column>/<random>.<extension>``.

    A text is the name of a file stored already, as files of rows have it; nothing else can be named. The
    empty value is ``""``. Sizes are in bytes.
    """

    non_db_attrs = (*models.FileField.non_db_attrs, "upload_to", "storage", "extensions", "max_size")

    def __init__(self, *args: Any, extensions: Any = (), max_size: int | None = None, **kwargs: Any) -> None:
        self.extensions = list(extensions)
        self.max_size = max_size
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "extensions": self.extensions, "max_size": self.max_size}

    # --- Names ---

    def generate_filename(self, instance: Any, filename: str) -> str:
        extension = PurePosixPath(filename).suffix.lower()
        extension = extension if EXTENSION.fullmatch(extension) else ""
        return self.storage.generate_filename(f"{FOLDER}/{self.column}/{uuid.uuid4().hex}{extension}")

    # --- Values ---

    def to_python(self, value: Any) -> Any:
        if value is None or (isinstance(value, str | FieldFile) and not value):
            return ""
        if isinstance(value, str):
            return self._stored_name(value.strip())
        if not isinstance(value, File):
            raise refuse(_("“%(value)s” is not a file."), value=value)
        # A file of a row that is stored already was looked at when it came.
        if not (isinstance(value, FieldFile) and value._committed):
            self.check_upload(value)
        return value

    def _stored_name(self, name: str) -> str:
        folder = f"{FOLDER}/{self.column}/" if self.column else f"{FOLDER}/"
        if not (name.startswith(folder) and STORED_NAME.fullmatch(name) and self.storage.exists(name)):
            raise refuse(_("There is no file “%(name)s” in this field."), "missing", name=name)
        return name

    def check_upload(self, upload: File) -> None:
        """Raise ValidationError when the file is too large or not of a kind that is allowed."""
        if self.max_size is not None and upload.size > self.max_size:
            sizes = {"size": filesizeformat(upload.size), "most": filesizeformat(self.max_size)}
            raise refuse(_("The file has %(size)s; at most %(most)s are allowed."), "max_size", **sizes)
        extension = PurePosixPath(upload.name or "").suffix.lower().lstrip(".")
        if extension in DANGEROUS:
            message = _("Files “.%(extension)s” are not allowed: a browser would run them.")
            raise refuse(message, "dangerous", extension=extension)
        if self.extensions:
            FileExtensionValidator(self.extensions)(upload)

    def get_default(self) -> Any:
        return super().get_default() if self.has_default() else ""

    def formfield(self, **kwargs: Any) -> Any:
        # The stored name is ours, so the length of the person's does not matter.
        form_field = super().formfield(**{**kwargs, "max_length": None})
        if self.extensions:
            form_field.widget.attrs["accept"] = ",".join(f".{extension}" for extension in self.extensions)
        return form_field


class FileField(UploadMixin, models.FileField):
    """A file of any kind that no browser would run."""

    attr_class = GuardedFile


class ImageField(UploadMixin, models.ImageField):
    """A picture: PNG, JPEG, GIF or WebP, of at most ``max_pixels`` on either side."""

    attr_class = GuardedImage

    non_db_attrs = (*UploadMixin.non_db_attrs, "max_pixels")

    def __init__(self, *args: Any, max_pixels: int | None = None, **kwargs: Any) -> None:
        self.max_pixels = max_pixels
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "max_pixels": self.max_pixels}

    def check_upload(self, upload: File) -> None:
        super().check_upload(upload)
        FileExtensionValidator(IMAGE_EXTENSIONS)(upload)
        try:
            self._check_picture(upload)
        except BROKEN_IMAGE as error:
            raise refuse(_("The file is not a picture, or it is damaged."), "invalid_image") from error
        finally:
            upload.seek(0)

    def _check_picture(self, upload: File) -> None:
        upload.seek(0)
        # Only the head of the file is read here, so a picture made to fill the memory is refused before.
        with Image.open(upload, formats=list(IMAGE_FORMATS)) as picture:
            self._check_size(*picture.size)
            extension = PurePosixPath(upload.name or "").suffix.lower().lstrip(".")
            if extension not in IMAGE_FORMATS[picture.format or ""]:
                message = _("The file is named .%(extension)s but is a picture of the kind %(format)s.")
                raise refuse(message, "wrong_format", extension=extension, format=picture.format)
            picture.verify()

    def _check_size(self, width: int, height: int) -> None:
        if self.max_pixels is not None and max(width, height) > self.max_pixels:
            message = _("The picture is %(width)d × %(height)d; at most %(most)d on a side are allowed.")
            raise refuse(message, "max_pixels", width=width, height=height, most=self.max_pixels)

    def formfield(self, **kwargs: Any) -> Any:
        # Past Django's ImageField, whose form field opens the picture before its size is known to be small.
        form_field = super().formfield(**{**kwargs, "form_class": forms.FileField})
        form_field.widget.attrs["accept"] = "image/png,image/jpeg,image/gif,image/webp"
        return form_field
