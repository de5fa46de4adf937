"""Run in the shell of the project, when the table has become a model: it is what it was."""

import json
from pathlib import Path

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.test import Client
from shop.models import Flight

from dynadmin.models import DynamicModel, SchemaRevision
from dynadmin.registry import registry


def refused(**values):
    """Return what validation says of a row with these values."""
    try:
        Flight(**({"a_int": 3, "a_bigint": 4, "a_char": "XY"} | values)).full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


# --- Rows ---
values = list(Flight.objects.order_by("pk").values())
assert json.loads(json.dumps(values, cls=DjangoJSONEncoder)) == json.loads(Path("values.json").read_text())
first, second = Flight.objects.order_by("pk")
assert (str(first), first.turned, second.turned) == ("UA'1", "7", "8")
assert Flight.objects.filter(a_multichoice__has="x", a_int__gte=2).get() == second
with first.a_file.open() as file:
    assert file.read() == b"hello"

# --- What is new ---
new = Flight.objects.create(a_char="DL", a_int=7, a_bigint=8)
new.refresh_from_db()
assert new.pk == 3
assert (new.a_choice, new.a_multichoice, new.a_json, new.a_bool) == ("a", ["y"], [{"a": 1}], True)
assert new.a_text == 'It\'s "so"\n\\'
assert new.a_datetime
assert new.a_uuid
assert new.get_a_choice_display() == "A's"
assert Flight._meta.get_field("a_choice").choice_colors == {"a": "#ff0000"}
new.full_clean()

# --- What is refused ---
assert refused() == {}
assert refused(a_char="bad") == {"a_char": ["100% wrong"]}
for name, value in {
    "a_char": "X",
    "a_int": -1,
    "a_decimal": 100,
    "a_choice": "c",
    "a_multichoice": ["z"],
    "a_date": "2019-12-31",
    "a_duration": "4 00:00:00",
    "a_ip": "::1",
    "a_slug": "one",
    "a_url": "javascript:alert(1)",
}.items():
    assert name in refused(**{name: value}), name
assert refused(a_int=9, a_bigint=2) == {"__all__": ["“Rule”"]}
assert refused(a_int=7, a_bigint=8, a_char="DL") == {"__all__": ["“Rule”"]}
for values in ({"a_int": 9, "a_bigint": 2}, {"a_int": 7, "a_bigint": 8, "a_char": "DL"}):
    try:
        with transaction.atomic():
            Flight.objects.create(**values)
    except IntegrityError:
        continue
    raise AssertionError(values)

# --- Grants and history ---
bob = User.objects.get(username="bob")
assert bob.has_perm("shop.view_flight")
assert not bob.has_perm("shop.change_flight")
assert Group.objects.get().permissions.get().codename == "view_flight"
content_type = ContentType.objects.get_for_model(Flight)
assert LogEntry.objects.get().content_type == content_type
assert Permission.objects.filter(content_type=content_type).count() == 4
assert not ContentType.objects.filter(app_label="tables").exists()

# --- What dynadmin has of it ---
registry.refresh()
(tombstone,) = registry.newest.schema.tables.values()
assert (tombstone.released, tombstone.retired, tombstone.fields) == ("shop.Flight", True, ())
assert not DynamicModel.objects.exists()
newest = SchemaRevision.objects.first()
assert newest.operations == ["Hand table “Flights” over to the model shop.Flight, with its rows and grants"]
columns = {c.name for c in connection.introspection.get_table_description(connection.cursor(), "dyn_t1")}
assert len(columns) == 1 + len(Flight._meta.local_fields) + 1

try:
    call_command("graduate", "flights", app="shop")
    said = ""
except CommandError as error:
    said = str(error)
assert "handed over to shop.Flight" in said

# --- Pages ---
client = Client(headers={"host": "localhost"})
client.force_login(User.objects.get(username="ada"))
assert client.get("/admin/").status_code == 200
assert client.get("/admin/tables/flights/").status_code == 404
assert client.get(f"/admin/dynadmin/schemarevision/{newest.pk}/change/").status_code == 200
assert b"".join(client.get(first.a_file.url).streaming_content) == b"hello"
client.force_login(bob)
assert b"".join(client.get(first.a_file.url).streaming_content) == b"hello"
bob.user_permissions.clear()
assert client.get(first.a_file.url).status_code == 403
