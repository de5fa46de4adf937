"""Going through the screens of an import as a browser does."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dynadmin.models import DynamicModel
from tests.admin.row_pages import url


def upload(client: Client, table: DynamicModel, content: str | bytes, name: str = "rows.csv", **data):
    """Choose a file; what comes back is its preview, or the form with what is wrong."""
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, raw)
    return client.post(url(table, "import"), {"import_file": file, "format": "", **data})


def text_of(response) -> str:
    """Return the page without its tags."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)


def again(client: Client, table: DynamicModel, preview, **changes):
    """Send the settings of a preview again, with changes."""
    form = preview.context["form"]
    data = {name: form[name].value() for name in form.fields}
    for column in preview.context["columns"]:
        data[f"column-{column.position}"] = column.field
    data["key"] = [column.position for column in preview.context["columns"] if column.is_key]
    return client.post(url(table, "import"), {**data, "choices": preview.context["choices"], **changes})


def confirm(client: Client, table: DynamicModel, preview, **data):
    """Import what a preview has shown."""
    choices = {"choices": preview.context["choices"]}
    return client.post(url(table, "process_import"), {**choices, **data}, follow=True)


def rows_of(table: DynamicModel) -> list[tuple]:
    return list(table.django_model.objects.order_by("pk").values_list("carrier", "number"))
