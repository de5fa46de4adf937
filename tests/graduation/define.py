"""Run in the shell of the project: a table with a field of every type, rules, rows, grants and a past."""

import json
from pathlib import Path

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder

from dynadmin.fieldtypes import field_types
from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel

OPTIONS = {
    "char": {"max_length": 9, "min_length": 2, "regex": "[A-Z]{2}'?[0-9]*", "regex_message": "100% wrong"},
    "text": {"default": 'It\'s "so"\n\\ '},
    "int": {"null": False, "blank": False, "min_value": 0, "db_index": True},
    "decimal": {"max_digits": 7, "decimal_places": 3, "max_value": 99.5, "default": 1.5},
    "bool": {"default": True},
    "choice": {"choices": [{"value": "a", "label": "A's", "color": "#ff0000"}, "b"], "default": "a"},
    "multichoice": {"choices": [{"value": "x", "color": "#00ff00"}, "y"], "default": ["y"]},
    "date": {"min_value": "2020-01-01", "default": "today"},
    "time": {"default": "now"},
    "datetime": {"auto_now_add": True},
    "duration": {"max_value": "3 00:00:00"},
    "uuid": {"unique": True, "default": "random"},
    "ip": {"protocol": "IPv4"},
    "json": {"default": '[{"a": 1}]'},
    "slug": {"unique": True},
    "file": {"extensions": ["txt"]},
}

table = DynamicModel.objects.create(
    name="flights", label="Flights", description='All "flights" of\nNew York.'
)


def add(name, type, **options):
    position = table.fields.count()
    return DynamicField.objects.create(model=table, name=name, type=type, options=options, position=position)


for field_type in (each for each in field_types if each.family != "relations"):
    add(f"a_{field_type.slug}", field_type.slug, **OPTIONS.get(field_type.slug, {}))
gone, turned = add("gone", "char"), add("turned", "int")
ids = {field.name: field.pk for field in table.fields.all()}
for kind, fields, rule in [
    ("unique", ["a_char", "a_int"], {}),
    ("check", ["a_int"], {"operator": "<=", "other": ids["a_bigint"]}),
    ("index", ["a_bool", "a_int"], {}),
]:
    numbers = [ids[name] for name in fields]
    DynamicConstraint.objects.create(model=table, kind=kind, fields=numbers, rule=rule, label="“Rule”")
table.sync()

rows = table.django_model.objects
first = rows.create(a_char="UA'1", a_int=1, a_bigint=5, a_slug="one", gone="lost", turned=7)
first.a_file.save("a.txt", ContentFile(b"hello"))
rows.create(a_char="AA", a_int=2, a_bigint=2, a_choice="b", a_multichoice=["x"], a_slug="two", turned=8)
gone.delete()
DynamicField.objects.filter(pk=turned.pk).update(type="char")
table.sync(allow_destructive=True)

content_type = ContentType.objects.get(app_label="tables", model=f"t{table.pk}")
view = Permission.objects.get(content_type=content_type, codename=f"view_t{table.pk}")
bob = User.objects.create_user("bob", is_staff=True)
bob.user_permissions.add(view)
Group.objects.create(name="readers").permissions.add(view)
User.objects.create_superuser("ada", "ada@example.com", "secret")
LogEntry.objects.create(
    user=bob, content_type=content_type, object_id=first.pk, object_repr="UA", action_flag=CHANGE
)
values = list(table.django_model.objects.order_by("pk").values())
Path("values.json").write_text(json.dumps(values, cls=DjangoJSONEncoder))
