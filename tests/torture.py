"""One process of the torture test: threads that use tables while others change them.

Run by tests/test_workers.py as ``python -m tests.torture ROLE --seconds S --seed N``; prints one JSON object:
how many operations there were, every error, and the tokens of the rows whose writing was acknowledged.
"""

import argparse
import json
import os
import random
import sys
import threading
import time
import traceback
from collections import Counter
from html.parser import HTMLParser

import django

from tests.changing import Mind

LEDGER = "ledger"  # always there, though its fields come and go


class FormFields(HTMLParser):
    """What a browser would send of a page's form that nobody has touched."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    @classmethod
    def of(cls, html: str) -> dict[str, str]:
        parser = cls()
        parser.feed(html)
        return parser.values

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if not name or kind in {"submit", "file", "checkbox", "radio", "search"}:
            return
        if tag in {"input", "textarea", "select"}:
            self.values[name] = given.get("value") or ""


class Worker:
    """Does one random operation after another until the time is up."""

    operations: tuple[str, ...] = ()

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.done: Counter[str] = Counter()
        self.errors: list[str] = []
        self.tokens: list[str] = []
        self.changes: Counter[str] = Counter()

    def run(self, until: float) -> None:
        from django.db import connection

        try:
            while time.monotonic() < until:
                self._one(self.random.choice(self.operations))
        finally:
            connection.close()

    def _one(self, operation: str) -> None:
        try:
            getattr(self, operation)()
            self.done[operation] += 1
        except Exception:  # noqa: BLE001 -- whatever it is, it is what the test is about
            self.errors.append(f"{type(self).__name__}.{operation}: {traceback.format_exc(limit=-6)}")

    def token(self) -> str:
        return f"{os.getpid()}-{self.seed}-{time.monotonic_ns()}"


class Writer(Worker):
    """A command or task: rows by the ORM, within one pinned snapshot an operation."""

    operations = ("create", "change", "read")

    def create(self) -> None:
        token = self.token()

        row = self._again_if_changed(lambda model: model.objects.create(token=token))
        self.tokens.append(token)
        assert self._again_if_changed(lambda model: model.objects.get(pk=row.pk)).token == token

    def change(self) -> None:
        if not self.tokens:
            return
        token = self.random.choice(self.tokens)

        def write(model) -> None:
            row = model.objects.get(token=token)
            row.kept = row.kept + 1
            row.save()
            self.changes[token] += 1

        self._again_if_changed(write)

    def _again_if_changed(self, write) -> None:
        """Write to the ledger; once more where the table was changed meanwhile, as every request does."""
        from django.db import DatabaseError

        from dynadmin.registry import registry, schema_moved_on
        from dynadmin.revisions import latest_revision_id

        for _attempt in range(20):
            committed = latest_revision_id()
            with registry.in_use() as snapshot:
                assert snapshot.revision >= committed, "a stale snapshot was served"
                try:
                    return write(snapshot.model_named(LEDGER))
                except DatabaseError as error:
                    if not schema_moved_on(error):
                        raise
        raise AssertionError("the table never stood still")

    def read(self) -> None:
        from dynadmin.registry import registry

        with registry.in_use() as snapshot:
            model = self.random.choice(list(snapshot.models.values()))
            assert model.table_schema == snapshot.schema.tables[model.table_schema.id]
            for row in model.objects.order_by("-pk")[:20]:
                assert str(row)


class Browser(Worker):
    """A person in the admin, and a program at the API."""

    operations = ("home", "list_rows", "add_row", "list_api", "post_api")

    def __init__(self, seed: int) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        super().__init__(seed)
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(User.objects.get(username="torturer"))

    def home(self) -> None:
        self._get("/admin/")

    def list_rows(self) -> None:
        self._get(f"/admin/tables/{self._some_name()}/", may_be_gone=True)

    def add_row(self) -> None:
        path = f"/admin/tables/{LEDGER}/add/"
        fields = FormFields.of(self._get(path).content.decode())
        token = self.token()
        response = self.client.post(path, fields | {"token": token, "kept": "1"})
        assert response.status_code in {200, 302, 409}, response.content[-2000:]
        if response.status_code == 302:
            self.tokens.append(token)

    def list_api(self) -> None:
        self._get(f"/api/tables/{self._some_name()}/", may_be_gone=True)

    def post_api(self) -> None:
        token = self.token()
        response = self.client.post(f"/api/tables/{LEDGER}/", {"token": token}, "application/json")
        assert response.status_code in {201, 409}, (response.status_code, response.content[-2000:])
        if response.status_code == 201:
            self.tokens.append(token)

    def _get(self, path: str, *, may_be_gone: bool = False):
        response = self.client.get(path)
        allowed = {200, 302, 404, 410} if may_be_gone else {200}
        assert response.status_code in allowed, (path, response.status_code, response.content[-2000:])
        return response

    def _some_name(self) -> str:
        from dynadmin.registry import registry

        return self.random.choice([table.name for table in registry.newest.schema.live_tables])


class Changer(Worker):
    """An analyst who keeps changing their mind."""

    operations = Mind.changes

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.mind = Mind(seed)

    def _one(self, operation: str) -> None:
        try:
            self.mind.change(operation)
        except Exception:  # noqa: BLE001 -- whatever it is, it is what the test is about
            self.errors.append(f"{type(self).__name__}.{operation}: {traceback.format_exc(limit=-6)}")
        self.done = self.mind.done
        time.sleep(0.05)


class Definer(Worker):
    """Defines one table, fills it, and leaves."""

    def run(self, until: float) -> None:
        self._one("define")

    def define(self) -> None:
        from dynadmin.models import DynamicField, DynamicModel

        event = DynamicModel.objects.create(name="event", label="Event")
        DynamicField.objects.create(model=event, name="country", type="char")
        event.sync()
        event.django_model.objects.create(country="PL")


ROLES = {
    "define": [Definer],
    "write": [Writer, Writer, Writer],
    "browse": [Browser, Browser, Browser],
    "mixed": [Writer, Browser, Browser],
    "change": [Changer, Writer],
}


def parsed(roles) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=roles)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def worked(roles, arguments: argparse.Namespace) -> list[Worker]:
    """Have a thread do each part of a role, and return what each has noted."""
    workers = [role(arguments.seed * 10 + number) for number, role in enumerate(roles[arguments.role])]
    until = time.monotonic() + arguments.seconds
    threads = [threading.Thread(target=worker.run, args=[until]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return workers


def told(workers: list[Worker]) -> dict:
    """Return what they did, and every error."""
    return {
        "done": dict(sum((worker.done for worker in workers), Counter())),
        "errors": [error for worker in workers for error in worker.errors],
    }


def main() -> None:
    arguments = parsed(ROLES)
    django.setup()
    workers = worked(ROLES, arguments)
    json.dump(
        told(workers)
        | {
            "tokens": [token for worker in workers for token in worker.tokens],
            "changes": dict(sum((worker.changes for worker in workers), Counter())),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
