"""Run in the shell of the host project: changes the table on its pages, and takes that back."""

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from dynadmin import executor
from dynadmin.models import DynamicField, DynamicModel, SchemaRevision, trash, undo_plan

client = Client(headers={"host": "localhost"})
client.force_login(User.objects.get(username="ada"))


def shown(name, *args):
    """Return the page of the admin; it has to be there."""
    page = client.get(reverse(f"admin:dynadmin_{name}", args=args))
    assert page.status_code == 200, (name, page.status_code)
    return page.content.decode()


event = DynamicModel.objects.get(name="event")
size = DynamicField.objects.create(model=event, name="size", type="char")
event.sync()
event.django_model.objects.update(size="1,200.00")

# --- Another type, decided on the page of the plan ---
size.type, size.options = "int", {}
size.save()
page = shown("dynamicmodel_plan", event.pk)
assert "1,200.00" in page
assert "1200" in page
digest = executor.preview(event.plan()).digest
client.post(reverse("admin:dynadmin_dynamicmodel_plan", args=[event.pk]), {"shown": digest})
assert event.django_model.objects.get().size == 1200

# --- Undone from the page of its revision ---
newest = SchemaRevision.objects.latest("pk").pk
assert "Whole number" in shown("schemarevision_change", newest)
assert "exactly" in shown("schemarevision_undo", newest)
digest = executor.preview(undo_plan(SchemaRevision.objects.get(pk=newest))).digest
client.post(reverse("admin:dynadmin_schemarevision_undo", args=[newest]), {"shown": digest})
assert event.django_model.objects.get().size == "1,200.00"

# --- The trash, and changes in the background ---
event.fields.get(name="size").delete()
event.sync(allow_destructive=True)
assert "size" in [item.field.name for item in trash() if item.kind == "field"]
assert "Size" in shown("trash")
shown("schemachange_changelist")
