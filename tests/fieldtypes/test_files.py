"""Uploaded files: what is accepted, and under which name it is stored."""

import io
import re
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from PIL import Image

from dynadmin.fieldtypes import field_types, get_field
from dynadmin.fieldtypes.cells import from_text, to_text


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(name: str, content: bytes = b"x") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def picture(kind: str = "PNG", size: tuple[int, int] = (2, 3)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, kind)
    return buffer.getvalue()


def bomb() -> bytes:
    """Return a PNG of a few bytes that says it is 100,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", ["page.html", "a.SVG", "a.b.js", "x.xhtml"])
def test_files_that_a_browser_would_run_are_refused(name):
    with pytest.raises(ValidationError, match="browser would run"):
        get_field("file").clean(upload(name), None)


def test_only_the_extensions_of_the_options_are_accepted():
    field = get_field("file", {"extensions": [".PDF", "txt"]})

    field.clean(upload("a.pdf"), None)
    field.clean(upload("a.TXT"), None)
    for name in ("a.doc", "pdf", "a.pdf.exe"):
        with pytest.raises(ValidationError, match="not allowed"):
            field.clean(upload(name), None)


@pytest.mark.parametrize(
    "options",
    [{"extensions": ["html"]}, {"extensions": ["a/b"]}, {"extensions": "pdf"}, {"extensions": [[1]]}],
)
def test_extensions_are_checked(options):
    with pytest.raises(ValidationError) as refusal:
        field_types["file"].clean_options(options)

    assert list(refusal.value.message_dict) == ["extensions"]


def test_a_file_that_is_too_large_is_refused():
    field = get_field("file", {"max_size": 1})

    field.clean(upload("a.txt", b"x" * 1024 * 1024), None)
    with pytest.raises(ValidationError, match=r"at most 1\.0"):
        field.clean(upload("a.txt", b"x" * (1024 * 1024 + 1)), None)


@pytest.mark.parametrize("value", [5, True, ["a"], {"a": 1}])
def test_what_is_no_file_is_refused(value):
    with pytest.raises(ValidationError, match="not a file"):
        get_field("file").clean(value, None)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", picture()),
        ("a.JPG", picture("JPEG")),
        ("a.gif", picture("GIF")),
        ("a.webp", picture("WEBP")),
    ],
)
def test_pictures_are_accepted(name, content):
    value = get_field("image").clean(upload(name, content), None)

    assert value.read() == content, "the file is ready to be read from its start"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.png", b"", "not a picture"),
        ("a.png", b"<svg/>", "not a picture"),
        ("a.png", picture()[:40], "not a picture"),
        ("a.png", picture("JPEG"), "named .png but is a picture of the kind JPEG"),
        ("a.bmp", picture("BMP"), "not allowed"),
        ("a.svg", picture(), "browser would run"),
        ("a.png", picture(size=(11, 1)), "at most 10"),
        ("a.png", bomb(), "not a picture|at most 10"),
    ],
)
def test_what_is_no_small_picture_is_refused(name, content, message):
    with pytest.raises(ValidationError, match=message):
        get_field("image", {"max_pixels": 10}).clean(upload(name, content), None)


@pytest.fixture
def model(tables):
    fields = {"document": "file", "photo": "image", "note": "char"}
    return tables.make("papers", **fields).django_model


def content_of(stored) -> bytes:
    with stored.open() as file:
        return file.read()


def save(model, instance=None, **files):
    """Send a form with files, as the admin does; return the row."""
    form_class = modelform_factory(model, fields=["document", "photo", "note"])
    form = form_class({"note": "x"}, files, instance=instance)
    assert form.is_valid(), form.errors
    return form.save()


def test_a_file_is_stored_under_a_name_that_the_server_makes(model):
    row = save(model, document=upload("../../etc/pass wd.TXT"), photo=upload("x.png", picture()))

    column = model._meta.get_field("document").column
    assert re.fullmatch(rf"tables/{column}/[0-9a-f]{{32}}\.txt", row.document.name)
    assert content_of(model.objects.get().document) == b"x"
    assert model.objects.get().photo.name.endswith(".png")


@pytest.mark.parametrize("name", ["a.ä", "a.", "noextension", "a.x" + "x" * 30])
def test_a_strange_extension_is_left_out(model, name):
    row = save(model, document=upload(name))

    assert re.fullmatch(r"tables/c\d+/[0-9a-f]{32}", row.document.name)


def test_a_long_name_is_no_hindrance(model):
    assert save(model, document=upload("x" * 200 + ".txt")).document.name.endswith(".txt")


def test_a_form_refuses_what_the_field_refuses(model):
    form = modelform_factory(model, fields=["photo"])({}, {"photo": upload("a.png", b"nothing")})

    assert "not a picture" in form.errors["photo"][0]


def test_saving_a_row_again_keeps_its_file_even_one_that_is_gone(model):
    row = save(model, document=upload("a.txt"))
    default_storage.delete(row.document.name)

    again = save(model, instance=model.objects.get())

    assert again.document.name == row.document.name


def test_a_stored_file_is_named_in_a_file_of_rows_and_found_again(model):
    row = save(model, document=upload("a.txt"))
    field = model._meta.get_field("document")

    text = to_text(field, model.objects.get().document)

    assert text == row.document.name
    assert from_text(field, text) == text
    assert content_of(model.objects.create(document=from_text(field, text)).document) == b"x"


def test_a_row_cannot_take_files_from_elsewhere(model):
    field = model._meta.get_field("document")
    photo = save(model, photo=upload("x.png", picture())).photo.name
    default_storage.save("secret.txt", ContentFile(b"x"))

    for name in ("secret.txt", "../secret.txt", "/etc/passwd", photo, f"tables/{field.column}/missing.txt"):
        with pytest.raises(ValidationError, match="no file"):
            field.clean(name, None)
