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
    return client.post(url(table, "import"), {"import_file": file, "format": "", **data}, follow=True)


def text_of(response) -> str:
    """Return the page without its tags."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)


def again(client: Client, table: DynamicModel, preview, **changes):
    """Send the settings of a preview again, with changes."""
    form = preview.context["form"]
    data = {name: value for name in form.fields if (value := form[name].value()) is not None}
    for column in preview.context["columns"]:
        data[f"column-{column.position}"] = column.field
    data["key"] = [column.position for column in preview.context["columns"] if column.is_key]
    for constant in preview.context["constants"]:
        data[f"constant-{constant.name}"] = constant.text
    return client.post(page_of(table, preview), {**data, **changes}, follow=True)


def page_of(table: DynamicModel, preview) -> str:
    """Return the address of the page of an import."""
    return url(table, "import_page", preview.context["job"].pk)


def confirmation(preview) -> dict:
    """Return what the button that imports sends."""
    job = preview.context["job"]
    return {"import": job.pk, "seen": job.checks}


def confirm(client: Client, table: DynamicModel, preview, **data):
    """Import what a preview has shown."""
    return client.post(url(table, "process_import"), {**confirmation(preview), **data}, follow=True)


def rows_of(table: DynamicModel) -> list[tuple]:
    return list(table.django_model.objects.order_by("pk").values_list("carrier", "number"))
