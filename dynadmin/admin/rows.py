"""The pages of a table in the admin, made from its model class: a list, forms, history and deletion."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db import connection, models
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from dynadmin.admin.columns import EMPTY, make_column
from dynadmin.admin.relations.forms import RelationFormMixin
from dynadmin.admin.relations.referring import find_referring
from dynadmin.admin.rowdeletion import RowDeletionMixin
from dynadmin.admin.rowforms import OPENED, RowForm
from dynadmin.admin.rowhistory import RowHistoryMixin
from dynadmin.admin.rowlist import RowListMixin
from dynadmin.admin.rowraces import REFUSED, RowRacesMixin
from dynadmin.admin.transfer import TransferAdminMixin
from dynadmin.computed import may_see
from dynadmin.factory import Row
from dynadmin.related import fields_of, is_relation

CONFLICT = 409
SHOWN_FIELDS = "_dynadmin_shown_fields"


class RowAdmin(
    RowRacesMixin,
    TransferAdminMixin,
    RowDeletionMixin,
    RowHistoryMixin,
    RowListMixin,
    RelationFormMixin,
    admin.ModelAdmin,
):
    """The admin of one table. Everything on its pages follows from the model's fields."""

    actions = ("export_selected", "delete_selected")
    form = RowForm
    change_form_template = "dynadmin/rows/change_form.html"
    save_on_top = False

    class Media:
        css = {"all": ["dynadmin/rows.css"]}

    # --- Forms ---

    def get_fields(self, request, obj=None):
        """All fields in the person's order; those the program fills in only once they are filled."""
        if key := getattr(obj, "pk", None):
            # Made once a request: the form tells those that are only shown apart by identity.
            made = request.__dict__.setdefault(SHOWN_FIELDS, {})
            return made.get((self.model, key)) or made.setdefault((self.model, key), self._made(request, obj))
        return [f.name for f in fields_of(self.model) if f.editable and self._is_input(request, f, None)]

    def _made(self, request, row):
        may_change = self.has_change_permission(request, row)
        return [
            field.name
            if field.editable and may_change and self._is_input(request, field, row)
            else self._shown_only(request, field)
            for field in fields_of(self.model)
            if may_see(request.user, field)
        ]

    def _is_input(self, request, field, row):
        return not field.many_to_many or self.may_edit_links(request, field, row)

    def _shown_only(self, request, field):
        return shown_only(field, partial(self.draw_relation, request, field) if is_relation(field) else None)

    def get_readonly_fields(self, request, obj=None):
        return [name for name in self.get_fields(request, obj) if callable(name)]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        form_field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.JSONField) and form_field and not form_field.widget.is_hidden:
            form_field.widget.attrs.setdefault("class", "vLargeTextField code")
        return form_field

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, REFUSED, "")  # a class of this request's own
        form.words_of_targets = staticmethod(partial(self.words_of_targets, request))
        return form

    def get_object(self, request, object_id, from_field=None):
        """Return the row, nobody else's to change while this one is being saved; None if there is none."""
        row = super().get_object(request, object_id, from_field)
        if row is not None and request.method == "POST" and connection.in_atomic_block:
            return self.model._base_manager.select_for_update().filter(pk=row.pk).first()
        return row

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if self._was_deleted(request, object_id):
            # The form says so, and offers to add the row again.
            object_id = None
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _was_deleted(self, request, object_id):
        """Whether a form comes back for a row that somebody has deleted meanwhile."""
        if object_id is None or request.method != "POST" or OPENED not in request.POST:
            return False
        may = self.has_change_permission(request) and self.has_add_permission(request)
        return may and self.get_object(request, unquote(object_id)) is None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.merged:
            labels = [str(form.model_fields[name].verbose_name) for name in form.merged]
            words = {"fields": get_text_list(labels, _("and"))}
            message = _("Somebody else changed %(fields)s meanwhile; theirs was kept.") % words
            self.message_user(request, message, messages.INFO)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["title"] = _("Row %(id)s") % {"id": obj.pk} if change and obj else _("Add a row")
        if obj and context.get("subtitle") == f"#{obj.pk}":
            context["subtitle"] = None
        if obj and request.method == "GET" and not context.get("is_popup"):
            context["referring"] = find_referring(request, self.admin_site, obj)
        response = super().render_change_form(request, context, add, change, form_url, obj)
        if context["adminform"].form.is_overtaken:
            response.status_code = CONFLICT
        return response


def shown_only(field: models.Field, draw=None):
    """Return what shows a field's value in a form without letting anybody change it; ``draw`` may do it."""
    column = make_column(field)

    @admin.display(description=str(field.verbose_name))
    def show(row):
        if draw is not None:
            return draw(row)
        value = getattr(row, field.attname)
        return EMPTY if value is None or value == "" else column.render_whole(value)

    show.__name__ = field.name
    return show


def rowadmin_factory(model: type[Row]) -> type[RowAdmin]:
    """Return the admin class of a table's model class."""
    name = f"{model.__name__}Admin"
    attrs = {"__module__": __name__, "__qualname__": name, "__doc__": f"The pages of {model._meta.label}."}
    return type(name, (RowAdmin,), attrs)
