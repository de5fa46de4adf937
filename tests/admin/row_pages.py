"""Opening and sending the pages of rows as a browser does: what is sent is what stands in the HTML."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from dynadmin.models import DynamicModel


def url(table: DynamicModel, page: str = "changelist", *args: Any) -> str:
    """Return the address of a page of a table: changelist, add, change, delete, history."""
    return reverse(f"admin:tables_t{table.pk}_{page}", args=args)


def listed(response: Any) -> list[int]:
    """Return the keys of the rows on a list page, in their order."""
    return [row.pk for row in response.context["cl"].result_list]


def errors_of(response: Any) -> str:
    """Return what a row's form complains about, as one text."""
    form = response.context["adminform"].form
    return " ".join(message for messages in form.errors.values() for message in messages)


class RowPage:
    """A form of a row as one person has it open: ``opened["carrier"] = "UA"``, then ``save()``."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address
        response = client.get(address)
        assert response.status_code == 200, response
        self.data = sent_by(response.content.decode())

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.data[name] = value

    def save(self, **more: Any) -> Any:
        """Send the form. If it comes back with errors, what stands in it then is what is sent next."""
        response = self.client.post(self.address, {**self.data, "_save": "Save", **more})
        if response.status_code in (200, 409):
            self.data = sent_by(response.content.decode())
        return response


def sent_by(html: str) -> dict[str, Any]:
    """Return what the browser sends for the form of a row's page."""
    reader = FormReader()
    reader.feed(html)
    return reader.data


class FormReader(HTMLParser):
    """Collects the inputs of the form whose id ends with ``_form``, but for buttons and files."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, Any] = {}
        self._is_inside = False
        self._text: str | None = None
        self._select: str | None = None
        self._is_multiple = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = values.get("id", "").endswith("_form")
        elif self._is_inside and tag in ("input", "textarea", "select", "option"):
            getattr(self, f"_read_{tag}")(values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            # A browser drops the line break that the template writes first, and sends CR LF.
            lines = data.replace("\r\n", "\n").removeprefix("\n")
            self.data[self._text] += lines.replace("\n", "\r\n")

    def _read_input(self, values: dict[str, str]) -> None:
        kind = values.get("type", "text")
        if kind in ("submit", "button", "file", "reset") or (
            kind in ("checkbox", "radio") and "checked" not in values
        ):
            return
        name, value = values.get("name", ""), values.get("value", "on" if kind == "checkbox" else "")
        if kind == "checkbox" and name in self.data:
            value = [*([d] if isinstance(d := self.data[name], str) else d), value]
        self.data[name] = value

    def _read_textarea(self, values: dict[str, str]) -> None:
        self._text = values["name"]
        self.data[self._text] = ""

    def _read_select(self, values: dict[str, str]) -> None:
        self._select, self._is_multiple = values["name"], "multiple" in values

    def _read_option(self, values: dict[str, str]) -> None:
        if not self._select or "selected" not in values:
            return
        if self._is_multiple:
            self.data.setdefault(self._select, []).append(values["value"])
        else:
            self.data[self._select] = values["value"]
