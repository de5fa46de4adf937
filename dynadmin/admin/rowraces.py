"""What becomes of a request for rows when the table changes under it.

A request keeps to one revision of the tables. A change that takes something away, committed meanwhile by
another process, shows itself as an error of the database. Then the request is put once more, to the table as
it is now.
"""

from functools import update_wrapper

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db import DatabaseError, IntegrityError, connection
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dynadmin.changes import is_of_a_change
from dynadmin.factory import Row
from dynadmin.registry import registry, schema_moved_on

# Views that do all or nothing, so that a failed call may be made again.
REPEATABLE = ("changelist", "add", "change", "delete", "history")
REPEATED = "_dynadmin_repeated"

# Why the database has refused the row, where no form can find that out by itself.
REFUSED = "_dynadmin_refused"

# A table may change again while a request is repeated; one that never stands still is no table to work on.
MOST_REPETITIONS = 5


class RowRacesMixin(ModelAdmin):
    """Lets every page of a table withstand a change of the table."""

    def get_urls(self):
        urls = super().get_urls()
        for pattern in urls:
            pattern.callback = self._withstanding(pattern.callback, (pattern.name or "").rpartition("_")[2])
        return urls

    def _withstanding(self, view, kind):
        def wrapper(request, *args, **kwargs):
            try:
                response = view(request, *args, **kwargs)
                # Drawing a page may ask the database too.
                return response.render() if hasattr(response, "render") else response
            except DatabaseError as error:
                if not self._may_repeat(request, error):
                    raise
                if is_of_a_change(error):
                    setattr(request, REFUSED, self._refusal())
                return self._repeat(request, kind, args, kwargs)

        return update_wrapper(wrapper, view)

    def _may_repeat(self, request, error):
        if getattr(request, REPEATED, 0) >= MOST_REPETITIONS or connection.in_atomic_block:
            return False
        # A value that has to be unique may be taken while a form is checked; the form then says so.
        return isinstance(error, IntegrityError) or schema_moved_on(error)

    def _refusal(self):
        return _(
            "The table is just being changed: you entered a value that no two rows may share from now on, or "
            "that breaks another rule which is coming. Nothing was saved; your input is kept."
        )

    def _repeat(self, request, kind, args, kwargs):
        """Put the request to the table as it is now."""
        setattr(request, REPEATED, getattr(request, REPEATED, 0) + 1)
        model = self._newest_model()
        if model is None:
            return self.table_gone(request)
        if request.method == "POST" and (kind not in REPEATABLE or self._has_no_form(request, kind)):
            self.message_user(request, _("The table changed meanwhile. Please try again."), messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())
        for files in request.FILES.lists() if request.method == "POST" else ():
            for file in files[1]:
                file.seek(0)
        names = {pattern.name: pattern.callback for pattern in self._admin_of(model).get_urls()}
        view = names[f"{model._meta.app_label}_{model._meta.model_name}_{kind}"]
        return view(request, *args, **kwargs)

    def _has_no_form(self, request, kind):
        """Whether a refusal cannot be told in a form."""
        return hasattr(request, REFUSED) and kind not in {"add", "change"}

    def _newest_model(self):
        """Return the table's class in the newest revision; None if the table was retired."""
        if not issubclass(self.model, Row):
            return self.model
        return registry.latest().models.get(self.model.table_schema.id)

    def _admin_of(self, model):
        return self if model is self.model else self.admin_site.get_model_admin(model)

    def table_gone(self, request):
        """Say that the table was retired, with what the person had entered, for it to be copied."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("This table was retired"),
            "subtitle": None,
            "opts": self.opts,
            "entered": self._entered(request),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "dynadmin/rows/gone.html", context, status=410).render()

    def _entered(self, request):
        """Return what a form sent, by the labels of the fields."""
        labels = {field.name: field.verbose_name for field in self.opts.concrete_fields}
        return [(labels[name], value) for name, value in request.POST.items() if name in labels and value]
